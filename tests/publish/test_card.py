"""The dataset card: counts that agree with the manifest, and plain words about who made it."""

import pytest
import yaml

from tasks.llm.standin import protocol
from tasks.publish import assemble
from tasks.publish.candidate import RELEASE, load_candidate
from tasks.publish.card import COLUMN_MEANINGS, STANDIN_MODEL, render_card
from tasks.quality import suite
from tests.publish.made_pairs import MODEL, make_row, make_runtime, make_snapshot, make_spec

STANDIN = {"connection": "m", "name": STANDIN_MODEL, "revision": "1"}


def card_of(*, version="2026.10.0", **changes):
    spec, rt = make_spec(**changes), make_runtime()
    snapshot = make_snapshot(rt.objects, [[make_row(1), make_row(2)], [make_row(3)]], spec)
    manifest = load_candidate(rt.objects, assemble.run(snapshot, spec, rt))
    return render_card(manifest, version), manifest


def header_of(card):
    return yaml.safe_load(card.split("---\n")[1])


def test_the_header_is_what_the_hub_reads():
    """Licence, language, size and the Parquet files stand in the YAML header."""
    header = header_of(card_of()[0])
    assert header["license"] == "cc-by-4.0"
    assert header["language"] == ["en"]
    assert header["size_categories"] == ["n<1K"]
    assert header["task_categories"] == ["text-generation"]
    assert header["configs"][0]["data_files"] == [{"split": "train", "path": "data/*.parquet"}]


def test_the_funnel_on_the_card_is_the_funnel_of_the_manifest():
    """Every stage's line, every reason and the sum stand on the card as the manifest counts them."""
    card, manifest = card_of()
    for line in manifest.funnel:
        assert f"| {line.stage} | {line.read} | {line.kept} | {line.read - line.kept} |" in card
        for reason, count in line.reasons.items():
            assert f"| {line.stage} | `{reason}` | {count} |" in card
    assert f"{manifest.funnel[0].read} in = 3 published + {manifest.funnel[0].read - 3} rejected" in card


def test_the_score_histogram_counts_every_judgement():
    """The scores and the judgements without one add up to what the judge was asked."""
    card, manifest = card_of()
    (score,) = [line for line in manifest.funnel if line.stage == "score"]
    assert "| 5 | 7 |\n| 4 | 2 |\n| 3 | 0 |\n| 2 | 0 |\n| 1 | 0 |\n| no score could be read | 2 |" in card
    assert score.read == 7 + 2 + 2


def test_a_card_of_a_stand_in_says_so_before_anything_else():
    """Whoever opens the card of a demo reads first that no language model wrote it."""
    card, _ = card_of(demo=True, models={"backward": STANDIN, "judge": STANDIN, "rewriter": STANDIN})
    body = card.split("---\n", 2)[2]
    assert "Made by a stand-in, not by a language model" in body.split("\n\n")[1]
    assert "The instructions, scores and responses below" in card
    assert "demo" in header_of(card)["tags"]


def test_a_card_names_the_one_part_a_stand_in_made():
    """Where only the judge was a stand-in, the card says that the scores are, and no more."""
    card, _ = card_of(demo=True, models={"backward": MODEL, "judge": STANDIN, "rewriter": MODEL})
    assert "The scores below come from" in card


def test_a_card_of_real_models_does_not_speak_of_a_stand_in():
    """The notice is for stand-ins alone."""
    card, _ = card_of()
    assert "stand-in" not in card
    assert "demo" not in header_of(card)["tags"]


def test_models_prompts_and_thresholds_are_named():
    """A reader finds each model with its revision, each prompt with its version, sampling and thresholds."""
    card, _ = card_of(curate={"min_score": 4})
    assert "| score | `judge-7b@0123abcd` | `score@1` | 1.0 | 0.9 | 512 | 1 | 20240811 |" in card
    assert "| curate | min_score | `4.0` |" in card


def test_a_value_cannot_leave_its_table_cell():
    """A licence text with pipes, line ends or markup stays text in its line."""
    card, _ = card_of(source={"uri": "file:///x", "licence": "a | b\n# <b>c</b>"})
    assert "a \\| b # &lt;b>c&lt;/b>." in card


@pytest.mark.parametrize(
    ("row_count", "size"), [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (20_000_000, "10M<n<100M")]
)
def test_size_categories_follow_the_row_count(row_count, size):
    """The hub's size class is taken from the count, at its borders too."""
    _, manifest = card_of()
    assert header_of(render_card(manifest.model_copy(update={"row_count": row_count}), "1.0.0"))["size_categories"] == [
        size
    ]


def test_every_column_is_explained():
    """A column cannot be published without a line on the card, nor a line without a column."""
    assert list(COLUMN_MEANINGS) == RELEASE.names


def test_card_and_gate_mean_the_stand_in_that_there_is():
    """The name is written in both places, as stages do not import one another: it is the one the server uses."""
    assert STANDIN_MODEL == suite.STANDIN_MODEL == protocol.MODEL
