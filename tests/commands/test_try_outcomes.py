"""One prompt over some rows: checked as the Dag would, its answers in files and nowhere else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tasks.commands.try_answers import TriedAnswers
from tasks.commands.try_outcomes import Version, run_version
from tasks.commands.try_stages import STAGES
from tasks.core.errors import RetriableError
from tasks.core.runtime import Row
from tasks.llm.prompts import load_prompt
from tests.fakes.lineage import RecordingLineage
from tests.llm.answering import Model, document
from tests.llm.test_budget import make_spec

TEXT = "Rinse the jar with warm water. Dry it with a clean towel. Write the date on a label and stick it on the jar."
ROW: Row = {**document(1, TEXT), "instruction": "How do I label a jar?", "instruction_generation_id": "i"}


def tried(
    folder: Path, model: Any, stage: str = "rewrite", stored: RecordingLineage | None = None, row: Row = ROW
) -> Version:
    spec = make_spec({}, name="tiny")
    return run_version(
        "new",
        [row],
        STAGES[stage],
        load_prompt(stage, 1),
        spec,
        answers=TriedAnswers(folder / "answers", stored or RecordingLineage()),
        scratch=folder / "scratch",
        open_client=model,
        advance=lambda: None,
    )


def test_a_grounded_response_is_kept(tmp_path: Path) -> None:
    """With its length and tokens."""
    found = tried(tmp_path, Model(lambda request: f"[RES]{TEXT}[/RES]"))
    (one,) = found.tried
    assert (one.reason, one.text, one.made_chars) == ("", TEXT, len(TEXT))
    assert (one.prompt_tokens, one.output_tokens) == (7, 3)
    assert (found.sent, found.reused, found.kept) == (1, 0, 1)


def test_an_invention_is_rejected_by_the_rules_of_verification(tmp_path: Path) -> None:
    """Though it parses: a number that the document does not hold."""
    (one,) = tried(tmp_path, Model(lambda request: f"[RES]{TEXT} It takes 45 minutes.[/RES]")).tried
    assert one.reason == "new_numbers" and "45" in one.detail and one.text.endswith("45 minutes.")


def test_an_answer_that_does_not_parse_is_shown_as_it_is(tmp_path: Path) -> None:
    """All attempts count."""
    (one,) = tried(tmp_path, Model(lambda request: "no markers")).tried
    assert (one.text, one.reason) == ("no markers", "response_markers_missing")
    assert one.output_tokens == 3 * 3


def test_an_instruction_is_checked_by_the_rules_of_cleaning(tmp_path: Path) -> None:
    """An echo of the prompt that is tried counts as one."""
    echo = load_prompt("backtranslate", 1).template.split("\n\n")[2][:200]
    (one,) = tried(tmp_path, Model(lambda request: echo), "backtranslate").tried
    assert one.reason


def test_what_the_page_is_called_may_be_asked(tmp_path: Path) -> None:
    """A figure that stands in the title alone is no invention: `clean` looks there, and so does a try of it."""
    asked = "How do I label 2457 jars of marmalade with the date?"
    for title, reason in (("Labels for 2457 jars", ""), ("Jars", "instruction_new_numbers")):
        row = {**ROW, "title": title}
        (one,) = tried(tmp_path / title, Model(lambda request: asked), "backtranslate", row=row).tried
        assert one.reason == reason


@pytest.mark.parametrize(("said", "reason"), [("Good.\nScore: 5", ""), ("Poor.\nScore: 2", "score_below_threshold")])
def test_a_score_is_held_against_the_threshold(tmp_path: Path, said: str, reason: str) -> None:
    """Its judgement is what is shown."""
    (one,) = tried(tmp_path, Model(lambda request: said), "score").tried
    assert (one.reason, one.text, one.score) == (reason, said, float(said[-1]))


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    """Answers lie in files by request, also when the server went away before the end."""
    first, second = Model(lambda request: f"[RES]{TEXT}[/RES]"), Model(lambda request: RetriableError("away"))
    tried(tmp_path, first)
    found = tried(tmp_path, second)
    assert (found.sent, found.reused, second.asked) == (0, 1, [])
    assert found.tried[0].text == TEXT
    (file,) = (tmp_path / "answers").rglob("*.json")
    assert json.loads(file.read_text("utf-8"))["output_text"] == f"[RES]{TEXT}[/RES]"


def test_a_stored_answer_of_a_real_run_comes_first(tmp_path: Path) -> None:
    """It is what the present prompt made."""

    def stored(ids: list[str]) -> list[dict[str, Any]]:
        text = f"[RES]{TEXT} Done.[/RES]"
        told = {"finish_reason": "stop", "prompt_tokens": 1, "output_tokens": 1, "output_text": text, "facts": {}}
        return [{"generation_id": key, **told} for key in ids]

    model = Model()
    lineage = RecordingLineage({"answered_generations": stored})
    found = tried(tmp_path, model, stored=lineage)
    assert (found.sent, model.asked) == (0, [])
    assert found.tried[0].text.endswith("Done.")
    assert not lineage.tables, "a try wrote to the lineage store"
