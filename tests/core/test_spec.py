"""Specifications are read from YAML, and everything that is wrong with one is said at once, where it is."""

import contextlib
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.spec import DATASETS, FOLDER_VARIABLE, json_schema, load_spec, spec_file, spec_folders, spec_names

SHIPPED = sorted(DATASETS.glob("*.yaml"))
GOOD = """
name: made
source: {uri: file:///somewhere}
models:
  backward: &m {connection: c, name: tiny, revision: r1}
  judge: *m
  rewriter: *m
"""


def load(folder: Path, text: str) -> DatasetSpec:
    path = folder / "made.yaml"
    path.write_text(text, encoding="utf-8")
    return load_spec(path)


def message(folder: Path, text: str) -> str:
    """What is said of a bad specification."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value)


def test_a_good_specification(tmp_path: Path) -> None:
    """What is not said has its default."""
    made = load(tmp_path, GOOD + "curate: {min_score: 4}\n")
    assert (made.name, made.curate.min_score, made.clean.min_chars) == ("made", 4, 12)
    assert made.score.served_by.name == "tiny"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("descripton: x", "descripton: unknown key; allowed here: backtranslate, budget, bundle_shards, clean,"),
        ("curate: {min_scor: 4}", "curate.min_scor: unknown key; allowed here: min_score"),
        ("dedup: {a: 1}", "dedup.a: unknown key; allowed here: earlier_partitions, key, near, url"),
        ("score: {temprature: 1}", "score.temprature: unknown key; allowed here: "),
        (
            "extract: {edits: [{edit: line_length, min: 3}]}",
            "extract.edits.0.line_length.min: unknown key; allowed here: edit, max_length, min_length",
        ),
        (
            "extract: {opt_out: {urls: [{file: a}]}}",
            "extract.opt_out.urls.0.file: unknown key; allowed here: content_sha256, uri",
        ),
        ("curate: {min_score: 6}", "curate.min_score: Input should be less than or equal to 5 (given: 6)"),
        ("curate: {min_score: many}", "curate.min_score: Input should be a valid number"),
        ("curate: 5", "curate: Input should be a valid dictionary"),
        ("extract: {extractor: other}", "extract.extractor: Input should be 'backforth' (given: 'other')"),
        ("schedule: {key_format: '%Y'}", "schedule.key_format: Input should be '%Y-%m' or '%Y-%m-%d' (given: '%Y')"),
        ("schedule: {start_date: 2026-13-45}", "month must be in 1..12"),
        ("score: {model: nobody}", "score.model: no role 'nobody' under models; there are"),
        ("source: {uri: a, pattern: '*.gz'}", "source.pattern: must contain {partition}"),
        ("source: {uri: a, paths: files.txt}", "source.pattern: must contain {partition}"),
        ("source: {kind: tar, uri: a}", "source.kind: Input should be 'warc', 'wet', 'dolma', 'jsonl', 'parquet' or"),
        ("source: {kind: jsonl}", "source.uri: is required"),
        ("source: {uri: a, max_shards: 5000}", "source.max_shards: Input should be less than or equal to 1024"),
        ("extract: {fields: {text_field: a}}", "extract.fields: the fields of a record are the source's"),
        ("1: 2", "1: "),
    ],
)
def test_each_mistake_is_named(tmp_path: Path, text: str, told: str) -> None:
    """The file, the key, what is wrong and what is allowed."""
    # The first of a key is that of GOOD: leave its line out where the mistake brings its own.
    kept = [line for line in GOOD.splitlines() if line.split(":")[0] != text.split(":")[0]]
    said = message(tmp_path, "\n".join([*kept, text]))
    assert told in said
    assert all(line.startswith(f"{tmp_path / 'made.yaml'}: ") for line in said.splitlines())


def test_a_mistake_in_a_model_is_told_once(tmp_path: Path) -> None:
    """Though three stages use the model."""
    said = message(tmp_path, GOOD.replace("revision: r1", "revision: main, concurency: 3"))
    assert said.count("models.judge.revision") == said.count("models.judge.concurency") == 1
    assert "unknown key; allowed here: api, concurrency, connection, context_tokens, name, price" in said
    assert "score.model" not in said


def test_a_bad_seed_is_told_once(tmp_path: Path) -> None:
    """Though three stages get it."""
    said = message(tmp_path, GOOD + "seed: many\n")
    assert said.count("many") == 1


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """One run of `backforth validate` is enough."""
    said = message(tmp_path, "name: Made\nsource: {}\nclean: {min_chars: 0, x: 1}\n")
    for key in (
        "name: ",
        "source.uri: is required",
        "models: is required",
        "clean.min_chars: ",
        "clean.x: unknown key",
    ):
        assert f"made.yaml: {key}" in said


@pytest.mark.parametrize("text", ["", "- a", "just text", "5"])
def test_what_is_no_mapping(tmp_path: Path, text: str) -> None:
    """It says what it found."""
    assert "must be a mapping" in message(tmp_path, text)


@pytest.mark.parametrize("text", ["a: [", "a: b: c", "a: *nothing", "\t- x", "a: !!python/object:os.system {}"])
def test_what_is_no_yaml(tmp_path: Path, text: str) -> None:
    """With the place of the mistake; no tag makes an object."""
    assert "no valid YAML" in message(tmp_path, text)


def test_what_is_no_text(tmp_path: Path) -> None:
    """Latin-1 is not UTF-8."""
    (tmp_path / "made.yaml").write_bytes(b"name: caf\xe9")
    with pytest.raises(ConfigError, match="no valid YAML"):
        load_spec(tmp_path / "made.yaml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Missing, or a folder."""
    for path in (tmp_path / "made.yaml", tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            load_spec(path)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (GOOD + "seed: 1\nseed: 2\n", "seed"),
        (GOOD + "curate: {min_score: 4, min_score: 5}\n", "min_score"),
        (GOOD + "name: made\n", "name"),
    ],
)
def test_a_key_that_is_given_twice_is_refused(tmp_path: Path, text: str, key: str) -> None:
    """YAML readers take the last one silently; the first was meant as well."""
    assert f"'{key}' is given twice" in message(tmp_path, text)


def test_merge_keys_may_be_overridden(tmp_path: Path) -> None:
    """`<<` with a changed key is no duplicate."""
    made = load(tmp_path, GOOD.replace("judge: *m", "judge: {<<: *m, name: judge}"))
    assert (made.models["judge"].name, made.models["judge"].revision) == ("judge", "r1")


@pytest.mark.parametrize("stage", ["backtranslate", "score", "rewrite"])
def test_a_seed_of_a_stage_is_refused(tmp_path: Path, stage: str) -> None:
    """There is one seed, the dataset's: one that is given to a stage would be ignored."""
    assert f"{stage}.seed" in message(tmp_path, f"{GOOD}{stage}: {{seed: 5}}\n")


def test_the_name_is_the_files(tmp_path: Path) -> None:
    """Dag ids and keys come from the one, humans look for the other."""
    assert "name: is 'other', must be the file's stem 'made'" in message(tmp_path, GOOD.replace("made", "other"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(max_size=40)
    | st.dictionaries(
        st.sampled_from([*DatasetSpec.model_fields, "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
            max_leaves=4,
        ),
    ).map(lambda body: yaml.safe_dump({**yaml.safe_load(GOOD), **body}))
)
def test_nothing_but_a_configuration_error(tmp_path: Path, text: str) -> None:
    """Whatever stands in the file: another exception would break the Dags of every other dataset too."""
    (tmp_path / "made.yaml").write_text(text, encoding="utf-8", errors="replace")
    with contextlib.suppress(ConfigError):
        load_spec(tmp_path / "made.yaml")


def test_the_schema_for_editors_is_current() -> None:
    """`backforth schema > dags/datasets/spec.schema.json` was run after the last change."""
    stored = (DATASETS / "spec.schema.json").read_text(encoding="utf-8")
    assert stored == json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_specifications_are_valid(path: Path) -> None:
    """For us and for an editor; each points the editor to the schema."""
    assert load_spec(path).name == path.stem
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=spec.schema.json\n")
    schema_check(yaml.safe_load(text))


def schema_check(body: Any) -> None:
    jsonschema.validate(body, json_schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "change",
    [{"descripton": ""}, {"curate": {"min_score": 6}}, {"score": {"seed": 1}}, {"score": {"model": {}}}, {"models": 1}],
)
def test_an_editor_marks_what_we_refuse(change: dict[str, Any]) -> None:
    """The schema is as strict as the reader."""
    body = yaml.safe_load((DATASETS / "demo.yaml").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        schema_check({**body, **change})


def test_there_are_three() -> None:
    """A demonstration, one's own pages, and a real dataset to copy."""
    assert [path.stem for path in SHIPPED] == ["demo", "my_pages", "web_instructions"]
    assert [load_spec(path).demo for path in SHIPPED] == [True, True, False]


def test_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Specifications of the folder that the environment names stand beside those of the repository."""
    (tmp_path / "made.yaml").write_text(GOOD, encoding="utf-8")
    assert spec_folders() == (DATASETS,)
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    folders = spec_folders()
    assert spec_names(folders) == sorted([*(path.stem for path in SHIPPED), "made"])
    assert load_spec(spec_file("made", folders)).name == "made"
    assert spec_file("demo", folders) == DATASETS / "demo.yaml"
    with pytest.raises(ConfigError, match=r"no dataset 'maid'; there are demo, made.*copy one of them to") as caught:
        spec_file("maid", folders)
    assert str(tmp_path / "maid.yaml") in str(caught.value)


def test_a_dataset_in_two_folders_is_refused(tmp_path: Path) -> None:
    """Two files of one name would make the same Dags: neither wins in silence."""
    (tmp_path / "demo.yaml").write_bytes((DATASETS / "demo.yaml").read_bytes())
    with pytest.raises(ConfigError, match="rename one"):
        spec_file("demo", [DATASETS, tmp_path])


def test_the_repositorys_own_folder_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the variable names it too, its datasets are not in two folders."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(DATASETS.parent / ".." / "dags" / "datasets"))
    assert spec_folders() == (DATASETS,)


@pytest.mark.parametrize("named", ["relative", "/no/such/folder"])
def test_a_wrong_folder_is_told(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped folder must not look like one without datasets."""
    monkeypatch.setenv(FOLDER_VARIABLE, named)
    with pytest.raises(ConfigError, match=f"{FOLDER_VARIABLE}.*{named}"):
        spec_folders()


def test_what_records_are_read_by_goes_to_the_stage_that_reads_them(tmp_path: Path) -> None:
    """It is part of its configuration, which is recorded: other fields are other documents. WARC has none."""
    text = GOOD.replace("{uri: file:///somewhere}", "{kind: jsonl, uri: a, text_field: body, url_field: [a, b.c]}")
    spec = load(tmp_path, text)
    assert spec.extract.fields == spec.source.fields
    assert spec.extract.fields is not None and spec.extract.fields.text_field == ("body",)
    assert spec.extract.fields.url_field == ("a", "b.c") and "title" in spec.extract.fields.title_field
    assert spec.extract.sha256 != load(tmp_path, text.replace("body", "other")).extract.sha256
    assert load(tmp_path, GOOD).extract.fields is None


def test_a_mistake_in_a_field_of_the_source_is_told_once(tmp_path: Path) -> None:
    """Though it is copied into the stage that reads by it."""
    said = message(tmp_path, GOOD.replace("{uri: file:///somewhere}", "{kind: jsonl, uri: a, text_field: 5}"))
    assert "source.text_field" in said and "extract" not in said


def test_common_crawl_needs_no_address(tmp_path: Path) -> None:
    """Crawls are those of the partition, or named; both stand for themselves."""
    for crawls in ("partition", "[CC-MAIN-2026-30]"):
        source = f"{{kind: common_crawl, crawls: {crawls}, sample_files: 10}}"
        spec = load(tmp_path, GOOD.replace("{uri: file:///somewhere}", source))
        assert spec.source.root("2026-07") == "https://data.commoncrawl.org"
