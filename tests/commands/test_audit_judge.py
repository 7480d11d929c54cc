"""`backforth audit-judge`: a judge beside people, and beside the length of the response."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from scipy import stats
from typer.testing import CliRunner

from tasks.cli import app
from tasks.commands import audit_judge
from tasks.commands.judge_figures import figures, kappa, nearest, spearman
from tasks.commands.judge_labels import Labelled, Labels, read_labels
from tasks.core.errors import ConfigError, RetriableError
from tests.llm.answering import Model

DEMO = Path(__file__).parents[2] / "dags" / "datasets" / "demo.yaml"


def _run(*arguments: Any, home: Path | None = None) -> tuple[int, str]:
    env = {"COLUMNS": "200", **({"BACKFORTH_HOME": str(home)} if home else {})}
    done = CliRunner().invoke(app, ["audit-judge", *map(str, arguments)], env=env)
    return done.exit_code, done.stdout if done.exit_code == 0 else done.output


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


JUDGED = [
    {"score": 5, "judgement": "Fine.\nScore: 5", "response": "a" * 10},
    {"score": 5, "judgement": "Fine.\nScore: 4", "response": "b" * 40},
    {"score": 4, "judgement": "Fine.\nScore: 5", "response": "c" * 30},
    {"score": 3, "judgement": "I would rather not say.", "response": "d" * 20},
    {"score": 1, "judgement": "Poor.\nScore: 1", "response": "e" * 50},
    {"score": 5, "judgement": "Fine.\nScore: 5", "response": "f" * 60},
]


@pytest.mark.parametrize("name", ["judged.jsonl", "judged.csv"])
def test_the_figures_of_a_small_file(tmp_path: Path, name: str) -> None:
    """Counted by hand: three good ones, the judge keeps three and is right about two; so for both forms of file."""
    code, output = _run("--labels", _write(tmp_path / name, JUDGED), "--json")
    assert code == 0, output
    found = json.loads(output)
    assert (found["rows"], found["positives"], found["threshold"]) == (6, 3, 5.0)
    assert found["parse_rate"] == pytest.approx(5 / 6)
    assert found["reasons"] == {"score_missing": 1}
    judge, length = found["judge"], found["length"]
    assert (judge["kept"], judge["precision"], judge["recall"]) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert judge["f1"] == pytest.approx(2 / 3)
    assert judge["spearman"] == pytest.approx(stats.spearmanr([5, 5, 4, 1, 5], [5, 4, 5, 1, 5]).statistic)
    # The three longest are f, e and b: two of them are good.
    assert (length["kept"], length["precision"], length["recall"]) == (3, pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert length["spearman"] == pytest.approx(stats.spearmanr([5, 5, 4, 3, 1, 5], [10, 40, 30, 20, 50, 60]).statistic)
    assert found["agreement"] == pytest.approx(3 / 5)
    assert found["confusion"] == [[1, 0, 0, 0, 0], [0] * 5, [0] * 5, [0, 0, 0, 0, 1], [0, 0, 0, 1, 2]]


def test_tables_for_people(tmp_path: Path) -> None:
    """Both lines of the comparison, agreement, and the scale in both directions."""
    code, output = _run("--labels", _write(tmp_path / "judged.jsonl", JUDGED), "--threshold", "4")
    assert code == 0, output
    lines = [line.split() for line in output.splitlines()]
    assert "6 pairs, 4 of them good; the judge's words held a score in 83.3%" in output
    assert ["judge", "4", "1.000", "1.000", "1.000"] in [line[:5] for line in lines]
    assert ["length", "of", "the", "response", "4", "0.750", "0.750", "0.750"] in [line[:8] for line in lines]
    assert "exact agreement 0.600" in output
    assert ["5", "0", "0", "0", "1", "2"] in lines


def test_yes_and_no_are_labels_too(tmp_path: Path) -> None:
    """Without a scale there is no agreement on it, and the rest is as before; the judge's scores may be fractions."""
    rows = [{"label": 1, "judge_score": 4.75}, {"label": 0, "judge_score": 4.2}, {"label": 0, "judge_score": 1}]
    code, output = _run("--labels", _write(tmp_path / "l.jsonl", rows), "--threshold", "4.5", "--json")
    assert code == 0, output
    found = json.loads(output)
    assert (found["positives"], found["judge"]["precision"], found["judge"]["recall"]) == (1, 1.0, 1.0)
    assert found["confusion"] is found["agreement"] is found["kappa"] is found["length"] is None
    code, output = _run("--labels", tmp_path / "l.jsonl")
    assert "no baseline" in output
    assert "agreement" not in output


def test_the_formulas_agree_with_those_of_others() -> None:
    """Ranks with ties against scipy, kappa against a table worked out by hand."""
    first, second = [5, 3, 3, 1, 2, 5, 4], [10.0, 3.5, 2.0, 2.0, 2.0, 9.0, 9.0]
    assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)
    assert spearman([1, 1], [1, 2]) is None
    # 20 of 50 both say 1, 15 both say 2, 5 and 10 differ: 0.7 agreed, 0.5 by chance.
    table = [(1, 1)] * 20 + [(1, 2)] * 5 + [(2, 1)] * 10 + [(2, 2)] * 15
    assert kappa(table) == pytest.approx(0.4)
    assert kappa([(3, 3)]) is None
    assert [nearest(score) for score in (1.0, 3.4, 3.5, 3.51, 5.0)] == [1, 3, 3, 4, 5]


def test_nothing_to_divide_by_is_no_figure() -> None:
    """A judge that keeps nothing has no precision, and no error either."""
    pairs = [Labelled(1, 2, None, "score_missing", None, None), Labelled(2, 5, None, "score_missing", None, "x")]
    found = figures(Labels(pairs, is_binary=False), 5.0)
    assert (found.parse_rate, found.judge.precision, found.judge.recall, found.judge.f1) == (0.0, None, 0.0, 0.0)
    assert (found.agreement, found.kappa, found.judge.spearman) == (None, None, None)
    assert found.confusion == [[0] * 5] * 5


BAD = [
    ("not json\n", r"labels\.jsonl:1: no JSON"),
    ('{"score": 5, "judge_score": 5}\n\n[4]\n', r"labels\.jsonl:3: a list"),
    ("", "holds no rows"),
    ('{"judge_score": 5}\n', r":1: needs what a person said"),
    ('{"score": 5, "label": 1, "judge_score": 5}\n', r":1: needs what a person said"),
    ('{"score": 5, "judge_score": 5}\n{"label": 1, "judge_score": 5}\n', "some rows have `score`, others `label`"),
    ('{"score": 6, "judge_score": 5}\n', r":1: score '6' is no whole number from 1 to 5"),
    ('{"score": 4.5, "judge_score": 5}\n', r":1: score '4.5'"),
    ('{"score": true, "judge_score": 5}\n', r":1: score 'True'"),
    ('{"score": NaN, "judge_score": 5}\n', r":1: score 'nan'"),
    ('{"label": 2, "judge_score": 5}\n', r":1: label '2' is neither 0 nor 1"),
    ('{"score": 5}\n', r":1: needs what the judge said"),
    ('{"score": 5, "judge_score": 5, "judgement": "Score: 5"}\n', r":1: needs what the judge said"),
    ('{"score": 5, "judge_score": 0.5}\n', r":1: judge_score '0\.5' is no number from 1 to 5"),
    ('{"score": 5, "judge_score": "high"}\n', r":1: judge_score 'high'"),
    ('{"score": 5, "judgement": 5}\n', r":1: judgement is no text"),
    ("[" * 100_000, r":1: no JSON"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_file_is_told_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    """What is wrong, where, and what was expected."""
    path = tmp_path / "labels.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_labels(path, is_judged=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("score,judge_score\n5,4,3\n", r"labels\.csv:2: another number of fields"),
        ("score,judge_score\n5,4\n5\n", r"labels\.csv:3: another number of fields"),
        ('score,judgement\n5,"Score: 4\n', r"labels\.csv:2: no CSV"),
        ("score,judge_score\n", "holds no rows"),
        ("score,judge_score\n5,\n", r":2: needs what the judge said"),
    ],
)
def test_a_bad_csv_is_told_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    """The same for the other form."""
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_labels(path, is_judged=True)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """The command says so, without a traceback."""
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b"\xff\xfe\x00")
    code, output = _run("--labels", path)
    assert code == 1
    assert "cannot be read as UTF-8 text" in output
    assert "Traceback" not in output


TO_ASK = [
    {"score": 5, "instruction": "How do I brew tea?", "response": "Warm the pot."},
    {"score": 2, "instruction": "How do I prune a rose?", "response": "Buy now!"},
    {"score": 4, "instruction": "How do I boil an egg?", "response": "Six minutes."},
]


def _say(request: Any) -> Any:
    if "egg" in request.text:
        return "I would rather not say."
    return "Score: 5" if "brew tea" in request.text else "Score: 1"


def test_the_judge_of_a_specification_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its prompt and sampling, about each pair once: a second audit takes the answers of the first."""
    model = Model(_say)
    monkeypatch.setattr(audit_judge, "open_model", lambda spec, asked, settings, endpoint: model)
    path = _write(tmp_path / "pairs.jsonl", TO_ASK)
    for _ in range(2):
        code, output = _run("--labels", path, "--spec", DEMO, "--json", home=tmp_path / "home")
        assert code == 0, output
        found = json.loads(output)
        assert found["confusion"] == [[0] * 5, [1, 0, 0, 0, 0], [0] * 5, [0] * 5, [0, 0, 0, 0, 1]]
        assert found["reasons"] == {"score_missing": 1}
        assert found["judge"] | {"spearman": 0} == {
            "kept": 1,
            "precision": 1.0,
            "recall": 1.0,
            "f1": 1.0,
            "spearman": 0,
        }
    assert len(model.asked) == 3
    assert all("on a scale from 1 to 5" in request.text for request in model.asked)


def test_the_judge_needs_texts(tmp_path: Path) -> None:
    """A row without an instruction cannot be asked about."""
    path = _write(tmp_path / "pairs.jsonl", [TO_ASK[0], {"score": 3, "response": "Stir."}])
    code, output = _run("--labels", path, "--spec", DEMO, home=tmp_path / "home")
    assert code == 1
    assert "pairs.jsonl:2: needs `instruction` and `response`" in output.replace("\n", "")


def test_a_server_that_is_away_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And that nothing is lost by trying again."""
    model = Model(lambda request: RetriableError("http://127.0.0.1:9 is away"))
    monkeypatch.setattr(audit_judge, "open_model", lambda spec, asked, settings, endpoint: model)
    code, output = _run("--labels", _write(tmp_path / "pairs.jsonl", TO_ASK), "--spec", DEMO, home=tmp_path / "home")
    assert code == 1
    assert "is away" in output
    assert "answers that arrived are kept" in output
    assert "Traceback" not in output
