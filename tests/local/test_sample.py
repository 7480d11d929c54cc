"""The sample corpus is complete, is packed the same way every time, and each page has the fate it states."""

from collections import Counter
from pathlib import Path

import pytest

from tasks.core.config import ExtractConfig, FilterConfig
from tasks.core.errors import DataError
from tasks.dedup.keys import text_form
from tasks.dedup.minhash import fold
from tasks.extract.page import page_of
from tasks.extract.warc import RejectedRecord, SourceRecord, read
from tasks.filters import Chain
from tasks.local.sample.build import PAGES, SHARDS, SamplePage, build, load_pages
from tasks.local.sample.rawbytes import RAW

ENTRIES = load_pages()
EXTRACT = ExtractConfig()
FILTER = FilterConfig()
CHAIN = Chain(FILTER)


@pytest.fixture(scope="module")
def warcs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def records(warcs: list[Path]) -> list[SourceRecord | RejectedRecord]:
    return [record for path in warcs for record in read(path, max_record_bytes=EXTRACT.max_record_bytes)]


@pytest.fixture(scope="module")
def fates(records: list[SourceRecord | RejectedRecord]) -> dict[str, tuple[str, str]]:
    """Address -> (fate, detail), by the same steps as the stages take, in the order of the records."""
    seen: dict[str, str] = {}
    found = {}
    for record in records:
        if isinstance(record, SourceRecord):
            assert record.target_uri is not None
            found[record.target_uri] = _fate(record, seen)
    return found


def _fate(record: SourceRecord, seen: dict[str, str]) -> tuple[str, str]:
    try:
        page = page_of(record, EXTRACT)
    except DataError as error:
        return error.reason, str(error)
    verdict = CHAIN.check(page.text, url=record.target_uri)
    if verdict.reason is not None:
        return verdict.reason, verdict.detail
    first = seen.setdefault(text_form(fold(page.text)), str(record.target_uri))
    return ("kept", "") if first == record.target_uri else ("duplicate_text", f"same text as {first}")


def _name(page: SamplePage) -> str:
    return page.file or page.url


def test_every_page_file_is_listed_exactly_once() -> None:
    """A page that nobody packs, or that is packed twice, is a mistake."""
    listed = [page.file for page in ENTRIES if page.file]
    assert sorted(listed) == sorted(path.name for path in PAGES.iterdir())


def test_entries_are_complete() -> None:
    """Each entry says in one sentence why it is there, where it lies, and what becomes of it."""
    for page in ENTRIES:
        assert page.purpose.endswith("."), page
        assert page.shard in SHARDS, page
        assert page.file or page.raw, page
        assert page.raw is None or page.raw in RAW, page
        assert (page.model_fate is not None) == (page.fate == "kept"), page


def test_addresses_are_unique_and_reserved() -> None:
    """Two records never share an address, and none of them can belong to somebody (RFC 2606)."""
    urls = [page.url for page in ENTRIES]
    assert [url for url, count in Counter(urls).items() if count > 1] == []
    assert all(url.split("/")[2].endswith(".example") for url in urls)


def test_most_pages_are_kept_and_many_rules_have_a_page_that_breaks_them() -> None:
    """The demo shows filters at work and still publishes something worth reading."""
    fates = Counter(page.fate for page in ENTRIES)
    assert sum(page.model_fate == "published" for page in ENTRIES) >= 45
    assert len({rule.reason for rule in FILTER.rules} & set(fates)) >= 15


def test_building_twice_gives_the_same_bytes(warcs: list[Path], tmp_path: Path) -> None:
    """Record ids and digests of the demo are the same on every machine that packs the same pages."""
    again = build(tmp_path)
    assert [path.name for path in again] == [f"part-{shard:05d}.warc.gz" for shard in SHARDS]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in warcs]


def test_shards_are_balanced(warcs: list[Path]) -> None:
    """Mapped tasks of the demo get about the same amount of work."""
    counts = Counter(page.shard for page in ENTRIES)
    assert max(counts.values()) - min(counts.values()) <= 4
    sizes = [path.stat().st_size for path in warcs]
    assert max(sizes) <= 2 * min(sizes)


def test_records_come_in_the_order_of_the_list(records: list[SourceRecord | RejectedRecord]) -> None:
    """Deduplication keeps the first copy, so the order is part of the corpus."""
    found = [record.target_uri for record in records if isinstance(record, SourceRecord)]
    expected = [page.url for shard in SHARDS for page in ENTRIES if page.shard == shard and not page.damaged]
    assert found == expected


def test_the_damaged_record_costs_only_itself(records: list[SourceRecord | RejectedRecord]) -> None:
    """One broken gzip member is one rejected record; the file is read on after it."""
    reasons = [record.reason for record in records if isinstance(record, RejectedRecord)]
    assert reasons == [page.fate for page in ENTRIES if page.damaged] == ["broken_record"]
    damaged = next(page for page in ENTRIES if page.damaged)
    assert [page for page in ENTRIES if page.shard == damaged.shard][-1] is not damaged


INTACT = [page for page in ENTRIES if not page.damaged]


@pytest.mark.parametrize("page", INTACT, ids=_name)
def test_fate_in_the_corpus_half(page: SamplePage, fates: dict[str, tuple[str, str]]) -> None:
    """Extraction, filters and deduplication do with each page what its entry says."""
    fate, detail = fates[page.url]
    assert fate == page.fate, detail


def test_decoding_left_no_trace_in_kept_pages(records: list[SourceRecord | RejectedRecord]) -> None:
    """Wrong charsets, NUL bytes and direction overrides never reach the text of a kept page."""
    kept = {page.url for page in ENTRIES if page.fate == "kept"}
    texts = {
        r.target_uri: page_of(r, EXTRACT).text for r in records if isinstance(r, SourceRecord) and r.target_uri in kept
    }
    assert len(texts) == len(kept)
    for url, text in texts.items():
        assert not set(text) & set("\x00\ufffd\ufeff\u200b\u202e\u2066\x93\x94"), url
        assert not any(mark in text for mark in ("â€", "Ã©")), url
    assert any("Résumé is the clearest case" in text for text in texts.values())
    assert any("Use “curly” quotation marks" in text for text in texts.values())


def test_pages_in_odd_encodings_are_odd(records: list[SourceRecord | RejectedRecord]) -> None:
    """The byte-level cases really reach the extractor as what their purpose says."""
    raw = {page.raw: page.url for page in ENTRIES if page.raw}
    bodies = {r.target_uri: r for r in records if isinstance(r, SourceRecord)}
    charsets = {name: page_of(bodies[raw[name]], EXTRACT).charset for name in ("windows_1252", "latin_1", "utf_16")}
    assert charsets == {"windows_1252": "windows-1252", "latin_1": "windows-1252", "utf_16": "utf-16-le"}
    assert b"\x00" in bodies[raw["nul_bytes"]].payload
    assert b"charset=" not in bodies[raw["windows_1252"]].payload
    assert b'charset="utf-8"' in bodies[raw["latin_1"]].payload
    assert 50_000 < len(bodies[raw["number_entries"]].payload) < 90_000
