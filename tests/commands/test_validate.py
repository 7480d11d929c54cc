"""`backforth validate` and `backforth schema`."""

import json
from pathlib import Path

import jsonschema
from typer.testing import CliRunner

from tasks.cli import app
from tasks.llm.tokenizer import tokenizer_sha256
from tests.llm.made_tokenizer import make_tokenizer

DATASETS = Path(__file__).parents[2] / "dags" / "datasets"


def _run(*arguments: str, columns: int = 300) -> tuple[int, str]:
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": str(columns)})
    return done.exit_code, done.output


def test_the_shipped_specifications_are_valid() -> None:
    """One line each."""
    code, output = _run("validate", *sorted(map(str, DATASETS.glob("*.yaml"))))
    assert code == 0
    assert output.count("valid") == 3 and "invalid" not in output
    assert "dataset demo, '0 0 1 * *', backward=backforth-standin" in output.replace("\n", " ")


def test_a_bad_one_is_an_error_and_the_others_are_still_checked(tmp_path: Path) -> None:
    """Each mistake has its line, and text in brackets stays text."""
    bad, worse = tmp_path / "bad.yaml", tmp_path / "worse.yaml"
    bad.write_text("name: bad\nsource: {urii: '[red]x[/]'}\n")
    worse.write_text("[")
    code, output = _run("validate", str(bad), str(DATASETS / "demo.yaml"), str(worse))
    assert code == 1
    assert output.count("invalid") == 2 and "dataset demo" in output
    flat = output.replace("\n", "")
    assert "source.urii: unknown key; allowed here: base_uri, crawls, date_field," in flat
    assert "url_field (given: '[red]x[/]')" in flat
    assert "models: is required" in flat
    assert "Traceback" not in output


def test_a_folder_in_brackets_is_a_folder(tmp_path: Path) -> None:
    """Its name is no markup, whether the specification in it is valid or not."""
    folder = tmp_path / "[/RES]"
    folder.mkdir(parents=True)
    good, bad = folder / "demo.yaml", folder / "bad.yaml"
    good.write_bytes((DATASETS / "demo.yaml").read_bytes())
    bad.write_text("[")
    code, output = _run("validate", str(good), str(bad))
    assert code == 1
    assert f"valid    {good}: dataset demo" in output and f"invalid  {bad}" in output


def test_what_a_preset_set_is_shown(tmp_path: Path) -> None:
    """Each value that is the preset's, none that the specification gave itself, and what a preset cannot give."""
    path = tmp_path / "made.yaml"
    text = (DATASETS / "demo.yaml").read_text().replace("name: demo", "name: made\npreset: paper")
    path.write_text(text + "  tags: false\nclean: {max_chars: 99}\n")
    code, output = _run("validate", str(path))
    assert code == 0
    assert "preset paper: clean.min_chars = 1\n" in output
    assert "preset paper: rewrite.max_attempts = 1\n" in output
    assert "release.tags" not in output and "clean.max_chars" not in output
    assert "seed pairs are expected; name them in release.seed_pairs" in output


def test_the_default_preset_sets_nothing() -> None:
    """So there is nothing to show."""
    assert "preset" not in _run("validate", str(DATASETS / "demo.yaml"))[1]


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    """It is named."""
    code, output = _run("validate", str(tmp_path / "none.yaml"))
    assert code == 1
    assert "cannot be read" in output.replace("\n", " ")


def test_the_schema_is_one() -> None:
    """What is printed is the file for editors, and a JSON Schema."""
    code, output = _run("schema")
    assert code == 0
    assert output == (DATASETS / "spec.schema.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator.check_schema(json.loads(output))


def test_lines_are_not_broken() -> None:
    """What is piped to another program has a line for each file."""
    lines = _run("validate", *sorted(map(str, DATASETS.glob("*.yaml"))), columns=40)[1].splitlines()
    assert [line.split()[0] for line in lines] == ["valid"] * 3


MODELS = """name: made
demo: true
source: {uri: "file:///{partition}"}
models:
"""


def _told(tmp_path: Path, models: str) -> str:
    path = tmp_path / "made.yaml"
    path.write_text(MODELS + models)
    code, output = _run("validate", str(path))
    assert code == 1 and output.startswith("invalid"), output
    return output


def test_models_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    """Before a run: two revisions behind one server, prices in two currencies."""
    served = "{name: m, revision: r%s, serve: {model_path: /m, gpus: 0}}"
    output = _told(
        tmp_path, "".join(f"  {role}: {served % n}\n" for n, role in enumerate(("backward", "judge", "rewriter"), 1))
    )
    assert "m is asked for in two revisions, r1 and r2" in output
    priced = "{connection: c, name: m, revision: a, price: {currency: %s}}"
    roles = zip(("backward", "judge", "rewriter"), ("EUR", "USD", "USD"), strict=True)
    output = _told(tmp_path, "".join(f"  {role}: {priced % currency}\n" for role, currency in roles))
    assert "the currencies EUR and USD cannot be added up" in output


def test_the_digest_of_a_tokenizer_is_told(tmp_path: Path) -> None:
    """As the key's description promises; once it stands in the specification, that is valid."""
    folder = make_tokenizer(tmp_path / "tokenizer")
    model = f"{{connection: c, name: m, revision: a, api: completions, tokenizer: {folder}%s}}"
    models = f"  backward: &m {model}\n  judge: *m\n  rewriter: *m\n"
    digest = tokenizer_sha256(folder)
    assert digest in _told(tmp_path, models % "")
    (tmp_path / "made.yaml").write_text(MODELS + models % f", tokenizer_sha256: {digest}")
    assert _run("validate", str(tmp_path / "made.yaml"))[0] == 0
