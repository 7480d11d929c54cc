"""Pages as segments: one document below each heading."""

import pytest

from tasks.core.config import ExtractConfig
from tasks.core.errors import DataError
from tasks.core.ids import sha256_text
from tasks.core.records import SOURCE_RECORD
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import RunContext, Runtime
from tasks.extract.html import extract
from tasks.extract.rederive import rederive
from tasks.extract.run import run
from tasks.extract.segments import segments
from tasks.storage.manifest import open_shard
from tasks.storage.shards import read_rows
from tests.extract.warc_bytes import http, member
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

CONFIG = ExtractConfig(unit="segments", min_segment_chars=40, max_segment_chars=400)
FLOUR = "Weigh the flour before you begin, as a cup holds more when it is pressed down."
WATER = "Warm water wakes the yeast sooner than cold water straight from the tap does."
OVEN = "Heat the oven for half an hour so that the stone in it is hot all through."


def found(html: str, config: ExtractConfig = CONFIG) -> list[tuple[str | None, str, str]]:
    """(heading, text, reason) of each segment of a page."""
    page = extract(f"<html><body><main>{html}</main></body></html>".encode(), with_headings=True)
    return [(s.page.title, s.page.text, s.fault.reason if s.fault else "") for s in segments(page, config)]


def test_a_segment_holds_its_lower_level_subtrees() -> None:
    """A chapter holds its sections, and each section is a segment too; the next chapter is none of it."""
    html = f"<h2>Dough</h2><p>{FLOUR}</p><h3>Liquid</h3><p>{WATER}</p><h2>Heat</h2><p>{OVEN}</p>"
    assert found(html) == [
        ("Dough", f"{FLOUR}\n\nLiquid\n\n{WATER}", ""),
        ("Liquid", WATER, ""),
        ("Heat", OVEN, ""),
    ]


def test_what_stands_before_the_first_heading_is_in_no_segment() -> None:
    """It has no heading that says what it is about."""
    assert found(f"<p>{WATER}</p><h2>Flour</h2><p>{FLOUR}</p>") == [("Flour", FLOUR, "")]


def test_headings_with_markup_inside() -> None:
    """The text of a heading is its words, and lists below it keep their form."""
    html = f"<h2><a href='#x'>The <b>flour</b></a> &amp; more</h2><p>{FLOUR}</p><ul><li>one</li><li>two</li></ul>"
    assert found(html) == [("The flour & more", f"{FLOUR}\n\n- one\n- two", "")]


@pytest.mark.parametrize(
    ("heading", "reason"),
    [
        ("", "heading_empty"),
        ("  ", "heading_empty"),
        ("<img src=x>", "heading_empty"),
        ("ALL ABOUT FLOUR", "heading_all_capitals"),
        ("Advertisement", "heading_of_navigation"),
        ("Quick links", "heading_of_navigation"),
        ("Free Newsletter", "heading_of_navigation"),
        ("Forum", "heading_of_navigation"),
        ("Related articles:", "heading_of_navigation"),
        ("You may also like", "heading_of_navigation"),
        ("12 Comments", "heading_of_navigation"),
        ("Leave a reply", "heading_of_navigation"),
        ("Search trees in depth", ""),
        ("Recommended dosage", ""),
        ("How to write a comment", ""),
        ("Related rates in calculus", ""),
        ("Cookies", ""),
        ("Menu planning", ""),
        ("Über Mehl", ""),
        ("小麦粉について", ""),
    ],
)
def test_headings_that_name_no_content(heading: str, reason: str) -> None:
    """Empty, all capitals, or a part of the page around the content."""
    assert [item[2] for item in found(f"<h2>{heading}</h2><p>{FLOUR}</p>")] == [reason]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x" * 39, "segment_too_short"),
        ("x" * 40, ""),
        ("x" * 400, ""),
        ("x" * 401, "segment_too_long"),
        ("", "segment_too_short"),
    ],
)
def test_the_band_is_inclusive(text: str, reason: str) -> None:
    """Shorter and longer segments are counted, each with its reason."""
    assert [item[2] for item in found(f"<h2>Flour</h2><p>{text}</p>")] == [reason]


def test_the_default_band_is_humpbacks() -> None:
    """600 to 3,000 characters."""
    config = ExtractConfig(unit="segments")
    assert [found(f"<h2>Flour</h2><p>{'x' * n}</p>", config)[0][2] for n in (599, 600, 3_000, 3_001)] == [
        "segment_too_short",
        "",
        "",
        "segment_too_long",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{FLOUR} {WATER} {FLOUR}", "segment_repeats_sentences"),
        (f"{FLOUR} {WATER} Then {FLOUR[0].lower()}{FLOUR[1:]}", "segment_repeats_sentences"),
        (f"{FLOUR} {WATER} {OVEN}", ""),
        (f"{FLOUR} Stir well. {WATER} Stir well.", ""),
    ],
)
def test_sentences_that_repeat_one_another(text: str, reason: str) -> None:
    """The same sentence, or nearly; short ones may come back."""
    assert [item[2] for item in found(f"<h2>Flour</h2><p>{text}</p>")] == [reason]


def test_equal_segments_of_a_page_are_one() -> None:
    """The second is a reject: it would have the id of the first."""
    html = f"<h2>One</h2><p>{FLOUR}</p><h2>Two</h2><p>{FLOUR}</p>"
    assert [item[2] for item in found(html)] == ["", "segment_repeated"]


def test_a_page_without_headings_has_no_segment() -> None:
    """One reason for the page."""
    with pytest.raises(DataError) as caught:
        found(f"<p>{FLOUR}</p>")
    assert caught.value.reason == "no_headings"


def test_a_page_of_headings_is_refused() -> None:
    """Before time is lost on it."""
    with pytest.raises(DataError) as caught:
        found("<h2>x</h2>" * 1_001)
    assert caught.value.reason == "too_many_headings"


@pytest.mark.parametrize(
    "mark",
    [
        "\ue0002\ue001",
        "&#xE000;2&#xE001;",
        "&#57344;2&#057345;",
        "&#xe0002&#Xe001 ",
        "&#xE000;",
        "\ue001",
        "\ue000" * 9,
    ],
)
def test_a_page_that_holds_our_marks(mark: str) -> None:
    """They are in no text and no title, and begin no segment."""
    one, *others = found(f"<h2>Flour{mark}</h2><p>{FLOUR}</p><p>{mark}{WATER}</p>")
    assert others == []
    shown = "".join(str(part) for part in one)
    assert "\ue000" not in shown and "\ue001" not in shown and one[1].startswith(FLOUR)


def test_documents_are_as_ever() -> None:
    """Without the unit `segments` nothing is marked."""
    html = f"<html><body><main><h2>Flour</h2><p>{FLOUR}</p></main></body></html>".encode()
    assert extract(html).text == f"Flour\n\n{FLOUR}"


PAGE = http(
    f"<html><body><main><h1>Bread</h1><h2>Flour</h2><p>{FLOUR}</p><h2>Water</h2><p>{WATER}</p>"
    f"<h2>Forum</h2><p>{OVEN}</p></main></body></html>".encode()
)


@pytest.fixture
def rt() -> Runtime:
    context = RunContext(run_id="r1", job="web_corpus.extract", dataset="demo", partition_key="2026-01")
    corpus = MemoryObjects({"a.warc.gz": member(PAGE, uri="https://bread.example/")})
    return Runtime(objects=MemoryObjects(), lineage=RecordingLineage(), run=context, source_store=lambda root: corpus)


def test_the_stage_writes_a_row_for_each_segment(rt: Runtime) -> None:
    """Documents of one record with ids of their own, rejects beside them, and each is found again by its digest."""
    source = SourceRef(kind="warc", root="s3://corpus", uri="a.warc.gz", byte_count=0)
    config = CONFIG.model_copy(update={"max_segment_chars": 100})
    manifest = open_shard(rt.objects, run(SourceShard(pieces=(source,)), config, rt))
    assert manifest.reasons == {"heading_of_navigation": 1, "segment_too_long": 1}
    assert manifest.read_count == 4
    kept = list(read_rows(rt.objects, manifest.kept.key))
    assert [(row["title"], row["text"]) for row in kept] == [("Flour", FLOUR), ("Water", WATER)]
    assert len({row["document_id"] for row in kept}) == 2
    assert len({row["source_record_id"] for row in kept}) == 1
    (long, forum) = read_rows(rt.objects, manifest.rejected.key)
    assert "'Bread'" in long["detail"] and forum["source_record_id"] == kept[0]["source_record_id"]
    assert set(forum) == {*SOURCE_RECORD.names, "reason", "detail"}
    raw = member(PAGE, uri="https://bread.example/")
    for row in kept:
        assert rederive(raw, config, row["text_sha256"]).text == row["text"]
    for missing in (sha256_text(OVEN), sha256_text("other")):
        with pytest.raises(DataError, match="segment_missing"):
            rederive(raw, config, missing)
