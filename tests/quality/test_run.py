"""The quality gate: each check goes red on a made violation, and what was found is recorded once."""

import os
import re
from dataclasses import replace

import pyarrow as pa
import pytest

from tasks.core.errors import FatalError
from tasks.core.ids import content_id, sha256_bytes
from tasks.publish import assemble
from tasks.quality.findings import evaluate
from tasks.quality.frame import flatten, funnel_gap, read_candidate
from tasks.quality.run import QualityResult, require, run
from tasks.quality.suite import COLUMNS, STANDIN_MODEL, checks, suite_sha256
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects
from tests.publish.made_pairs import MODEL, make_row, make_runtime, make_snapshot, make_spec

LONG = "The lid keeps the steam in, and the steam keeps the heat in, so the water gets hot sooner. " * 5


def checked(rows, *, spec=None, unparseable=1, rt=None):
    """Assemble `rows` and run the gate over them; return the runtime and the result."""
    spec = spec or make_spec()
    rt = rt or make_runtime()
    snapshot = make_snapshot(rt.objects, [rows], spec, unparseable=unparseable)
    return rt, run(assemble.run(snapshot, spec, rt), spec, rt)


def outcome(rt, assertion):
    """The stored outcome of one check."""
    (row,) = [row for row in rt.lineage.tables["quality_check"] if row["assertion"] == assertion]
    return row


def test_good_rows_pass_every_check():
    """Rows without a fault pass, and every check of the suite is stored with the run in one go."""
    rt, result = checked([make_row(n) for n in range(20)])
    assert (result.success, result.failed) == (True, [])
    stored = rt.lineage.tables["quality_check"]
    assert [row["assertion"] for row in stored] == [check.name for check in checks(make_spec())]
    assert [row["assertion"] for row in stored if not row["success"]] == []
    (head,) = rt.lineage.tables["quality_run"]
    assert (head["complete"], head["success"], head["expected_count"]) == (True, True, len(stored))
    assert head["snapshot_id"] == content_id("snapshot", content_id("dataset", "handmade", "release"), _sha(rt))


def _sha(rt):
    return rt.lineage.tables["snapshot"][0]["manifest_sha256"]


TINY = {"connection": "m", "name": STANDIN_MODEL, "revision": "1"}
STANDINS = {"backward": TINY, "judge": MODEL, "rewriter": MODEL}

# (assertion, severity, rows, changes to the specification, unparseable judgements): one violation each.
VIOLATIONS = [
    ("enough_rows", "critical", [make_row(1)], {"quality": {"min_rows": 2}}, 1),
    ("id_is_unique", "critical", [make_row(1), make_row(2, pair_id=make_row(1)["pair_id"])], {}, 1),
    ("instruction_is_long_enough", "critical", [make_row(1, instruction="Why?")], {}, 1),
    ("response_is_long_enough", "critical", [make_row(1, response="Steam.")], {}, 1),
    ("response_is_not_too_long", "critical", [make_row(1, response="x" * 24_001)], {}, 1),
    ("pair_is_unique", "critical", [make_row(1), {**make_row(1), "pair_id": content_id("pair", 2)}], {}, 1),
    ("instruction_is_unique", "warning", [make_row(1), make_row(2, instruction=make_row(1)["instruction"])], {}, 1),
    ("response_has_no_residue", "warning", [make_row(1, response=f"{LONG} Click here for more.")], {}, 1),
    ("instruction_has_no_residue", "warning", [make_row(1, instruction="Why is [DOC] in this question?")], {}, 1),
    ("language_is_wanted", "critical", [make_row(1, language="fr")], {}, 1),
    ("score_is_on_the_scale", "critical", [make_row(1, score=6)], {}, 1),
    ("score_reaches_the_threshold", "critical", [make_row(1, score=4)], {}, 1),
    ("instruction_model_is_no_stand_in", "critical", [make_row(1)], {"models": STANDINS}, 1),
    (
        "judge_model_is_no_stand_in",
        "critical",
        [make_row(1)],
        {"models": {**STANDINS, "backward": MODEL, "judge": TINY}},
        1,
    ),
    (
        "response_model_is_no_stand_in",
        "critical",
        [make_row(1)],
        {"models": {**STANDINS, "backward": MODEL, "rewriter": TINY}},
        1,
    ),
    ("judgements_are_parseable", "critical", [make_row(1)], {}, 9),
    ("responses_are_long_on_average", "warning", [make_row(1, response=LONG[:150])], {}, 1),
]
ABSENT = [
    ("source_url", "target_uri"),
    ("document_id", "document_id"),
    ("score", "score"),
    ("language", "language"),
    ("grounding", "grounding"),
    ("extractor", "extractor"),
    ("instruction", "instruction"),
    ("response", "response"),
    ("id", "pair_id"),
]
VIOLATIONS += [
    (f"{column}_is_there", "critical", [make_row(1), make_row(2, **{source: None})], {}, 1) for column, source in ABSENT
]


@pytest.mark.parametrize(
    ("assertion", "severity", "rows", "changes", "unparseable"), VIOLATIONS, ids=[v[0] for v in VIOLATIONS]
)
def test_a_violation_turns_its_check_red(assertion, severity, rows, changes, unparseable):
    """The check named for a fault fails on that fault, and stops the release exactly when it is critical."""
    # One more good row than bad ones keeps the share of unparseable judgements under its bound.
    filler = [] if assertion in {"enough_rows", "judgements_are_parseable"} else [make_row(n) for n in range(10, 16)]
    if assertion == "responses_are_long_on_average":
        filler = []
    spec = make_spec(**({"quality": {"max_unparseable_rate": 0.5}} | changes))
    rt, result = checked(rows + filler, spec=spec, unparseable=unparseable)
    row = outcome(rt, assertion)
    assert (row["success"], row["severity"]) == (False, severity)
    assert result.success is (severity != "critical")
    assert any(line.startswith(f"{assertion}:") for line in result.failed) is (severity == "critical")


def test_a_failed_run_is_stored_as_failed():
    """The lineage store gets the verdict with the checks: complete, and not good."""
    rt, _ = checked([make_row(1, score=4)])
    (head,) = rt.lineage.tables["quality_run"]
    assert (head["complete"], head["success"]) == (True, False)


def test_messages_in_another_order_are_refused():
    """An answer before its question is no chat, whatever the two texts are."""
    spec, rt = make_spec(), make_runtime()
    ref = assemble.run(make_snapshot(rt.objects, [[make_row(n) for n in range(6)]], spec), spec, rt)
    whole = read_candidate(rt.objects, ref)
    messages = [[{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}], None]
    frame = flatten(pa.table({"messages": messages}))
    assert frame["messages"].tolist() == ["assistant user", ""]
    assert frame["response"].isna().all()
    findings, _ = evaluate(replace(whole, rows=whole.rows.assign(messages="assistant user")), spec)
    assert [f.check.name for f in findings if not f.success] == ["messages_are_user_then_assistant"]


def funnel_line(stage, read, kept, **reasons):
    return {"stage": stage, "read": read, "kept": kept, "reasons": reasons, "facts": {}}


@pytest.mark.parametrize(
    ("funnel", "row_count", "gap"),
    [
        ([funnel_line("extract", 9, 7, empty_text=2), funnel_line("verify", 7, 6, new_numbers=1)], 6, 0),
        ([funnel_line("extract", 9, 7, empty_text=1)], 7, 1),
        ([funnel_line("extract", 9, 9), funnel_line("verify", 7, 7)], 7, 2),
        ([funnel_line("extract", 9, 9)], 6, 3),
        ([], 4, 4),
    ],
    ids=["adds up", "no reason", "lost between stages", "lost at the end", "no funnel"],
)
def test_rows_without_an_outcome_are_counted(funnel, row_count, gap):
    """Every row in is a row out or has a reason, in each stage, between stages and at the end."""
    assert funnel_gap(funnel, row_count) == gap


def test_a_manifest_that_miscounts_the_rows_is_refused():
    """The rows in the files are counted against the manifest and against the funnel."""
    spec, rt = make_spec(), make_runtime()
    ref = assemble.run(make_snapshot(rt.objects, [[make_row(n) for n in range(6)]], spec), spec, rt)
    data = rt.objects.get(ref.key).replace(b'"row_count":6,"seed', b'"row_count":5,"seed')
    rt.objects.put(ref.key, data)
    result = run(ref.model_copy(update={"sha256": sha256_bytes(data)}), spec, rt)
    assert [line.split(":")[0] for line in result.failed] == ["funnel_adds_up", "manifest_counts_the_rows"]


def test_the_message_names_the_check_and_the_rows():
    """A person reads which check failed, on how many rows, and up to ten of their ids."""
    rows = [make_row(n, score=4) for n in range(12)] + [make_row(20)]
    _, result = checked(rows)
    with pytest.raises(FatalError) as caught:
        require(result)
    message = str(caught.value)
    assert "score_reaches_the_threshold: 12 of 13 rows" in message
    assert rows[9]["pair_id"] in message
    assert rows[10]["pair_id"] not in message
    assert result.data_docs_key in message


def test_a_good_result_is_handed_on():
    """`require` returns what passed, for the task that publishes."""
    good = QualityResult(
        quality_run_id="q", snapshot_id="s", suite_sha256="x", success=True, failed=[], data_docs_key="k"
    )
    assert require(good) is good


def test_a_candidate_without_rows_is_refused_without_a_crash():
    """An empty partition fails on the number of rows, not on an error inside the suite."""
    rt, result = checked([], unparseable=0)
    assert [line.split(":")[0] for line in result.failed] == ["enough_rows"]
    assert [row["observed"] for row in rt.lineage.tables["quality_check"] if "error" in row["observed"]] == []


def test_a_demo_may_hold_what_a_stand_in_said():
    """A specification that is marked demo has no check against the stand-in, any other has three."""
    _, result = checked([make_row(n) for n in range(6)], spec=make_spec(demo=True, models=STANDINS))
    assert result.success


def test_a_candidate_whose_file_was_changed_is_not_checked():
    """One changed byte of a shard stops the gate before it looks at rows."""
    spec, rt = make_spec(), make_runtime()
    ref = assemble.run(make_snapshot(rt.objects, [[make_row(1)]], spec), spec, rt)
    (key,) = [key for key in rt.objects.list("candidates/") if key.endswith(".parquet")]
    rt.objects.content[key] = rt.objects.content[key][:-1] + b"x"
    with pytest.raises(FatalError, match="changed after its commit"):
        run(ref, spec, rt)
    assert "quality_run" not in rt.lineage.tables


def test_a_passed_run_is_not_repeated():
    """A complete and good run of the same snapshot and suite is returned, and nothing is read or written."""
    spec, objects = make_spec(), MemoryObjects()
    ref = assemble.run(make_snapshot(objects, [[make_row(n) for n in range(6)]], spec), spec, make_runtime(objects))
    lineage = RecordingLineage({"passed_quality_run": [{"quality_run_id": "earlier"}]})
    objects.gets.clear()
    result = run(ref, spec, make_runtime(objects, lineage))
    assert (result.quality_run_id, result.success) == ("earlier", True)
    assert "quality_run" not in lineage.tables
    assert objects.gets == []


def test_each_try_has_a_quality_run_of_its_own():
    """A repaired gate is a new run, so that an old failure does not stand in its way."""
    rows = [make_row(n) for n in range(6)]
    _, first = checked(rows)
    _, second = checked(rows, rt=make_runtime(run_id=content_id("run", 2)))
    assert first.quality_run_id != second.quality_run_id
    assert first.snapshot_id == second.snapshot_id


def test_data_docs_show_ids_and_no_web_text():
    """The page names the failing rows by id; text from the web, hostile or not, never reaches it."""
    hostile = "<script>alert('x')</script>"
    rows = [make_row(n) for n in range(6)] + [make_row(9, instruction=hostile, language=hostile, response="short")]
    rt, result = checked(rows)
    page = rt.objects.get(result.data_docs_key).decode()
    assert "alert(" not in page
    assert not re.search(r"<(script|link|img|iframe)\b", page)
    assert make_row(9)["pair_id"] in page
    assert result.data_docs_key.startswith("data_docs/handmade/2026-10/")


def test_stored_findings_hold_no_web_text():
    """The lineage store gets figures and ids; unexpected values stay in the shards."""
    rt, _ = checked([make_row(n) for n in range(6)] + [make_row(9, instruction="Wy?", language="xx-secret")])
    assert "xx-secret" not in str(rt.lineage.tables["quality_check"])
    assert outcome(rt, "language_is_wanted")["observed"]["ids"] == [make_row(9)["pair_id"]]


def test_a_broken_schema_is_one_finding_among_others():
    """A column that is not there fails its checks by name; the gate itself goes on to the end."""
    spec, rt = make_spec(), make_runtime()
    ref = assemble.run(make_snapshot(rt.objects, [[make_row(n) for n in range(6)]], spec), spec, rt)
    whole = read_candidate(rt.objects, ref)
    findings, _ = evaluate(replace(whole, rows=whole.rows.drop(columns=["language"])), spec)
    red = [str(finding) for finding in findings if not finding.success]
    assert [line.split(":")[0] for line in red] == [
        "columns_are_the_published_ones",
        "language_is_there",
        "language_is_wanted",
    ]
    assert "could not be evaluated" in red[1]
    assert len(findings) == len(checks(spec))


def test_the_suite_digest_follows_the_bounds_alone():
    """Another bound is another suite; another name, source or schedule is not."""
    plain = suite_sha256(make_spec())
    assert suite_sha256(make_spec()) == plain
    assert suite_sha256(make_spec(description="other", schedule={"cron": "5 4 * * *"})) == plain
    assert suite_sha256(make_spec(quality={"min_rows": 3})) != plain
    assert suite_sha256(make_spec(curate={"min_score": 4})) != plain
    assert suite_sha256(make_spec(demo=True)) != plain


def test_check_names_are_unique():
    """A finding is stored under its check's name, so no two checks may share one."""
    names = [check.name for check in checks(make_spec())]
    assert len(names) == len(set(names))
    assert {f"{column}_is_there" for column in COLUMNS} <= set(names)


def test_nothing_is_sent_to_the_makers_of_the_library(monkeypatch):
    """Great Expectations' usage statistics are off while the gate runs."""
    monkeypatch.delenv("GX_ANALYTICS_ENABLED", raising=False)
    checked([make_row(1)])
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


@pytest.mark.parametrize(
    ("variant", "absent"),
    [
        ("filter+rewrite", set()),
        ("rewrite", {"score", "judge_model", "judge_prompt"}),
        ("filter", {"grounding", "response_model", "response_prompt"}),
        ("humpback", {"grounding", "response_model", "response_prompt"}),
        ("filter+distil", {"grounding"}),
    ],
)
def test_columns_are_there_or_absent_as_the_variant_says(variant, absent):
    """What a variant does not make is null in every row, and nothing else may be."""
    spec = make_spec(variant=variant, **({"score": {"rounds": ["judge"]}} if variant == "humpback" else {}))
    names = {check.name for check in checks(spec)}
    for column in COLUMNS:
        assert (f"{column}_is_absent" in names) == (column in absent)
        assert (f"{column}_is_there" in names) == (column not in absent)
    assert ("score_reaches_the_threshold" in names) == ("score" not in absent)
    assert ("response_model_is_no_stand_in" in names) == ("response_model" not in absent)


def test_a_row_of_a_table_may_have_no_address():
    """A page has one; a corpus of JSON lines or Parquet is published without, and the report says so."""
    spec = make_spec(source={"kind": "jsonl", "uri": "s3://corpus"})
    rt, result = checked([make_row(1), make_row(2, target_uri=None)], spec=spec)
    assert result.success
    row = outcome(rt, "source_url_is_there")
    assert (row["success"], row["severity"]) == (False, "warning")


def test_rows_of_another_variant_are_refused():
    """Pairs that were rewritten are no release of a specification that rewrites nothing."""
    rows = [make_row(n) for n in range(3)]
    _, result = checked(rows, spec=make_spec(variant="filter"))
    assert [line.split(":")[0] for line in result.failed] == [
        "grounding_is_absent",
        "response_model_is_absent",
        "response_prompt_is_absent",
    ]


def test_a_request_without_its_tag_is_refused():
    """Where tags are on, the gate reads them in every row."""
    plain, tagged = make_spec(), make_spec(release={"tags": True})
    rt = make_runtime()
    snapshot = make_snapshot(rt.objects, [[make_row(n) for n in range(3)]], plain)
    assert run(assemble.run(snapshot, tagged, rt), tagged, rt).success
    result = run(assemble.run(snapshot, plain, rt), tagged, rt)
    assert [line.split(":")[0] for line in result.failed] == ["instruction_ends_with_the_tag"]
