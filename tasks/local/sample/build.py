"""Packs the sample pages into WARC files, in the order of pages.yaml. The same pages give the same bytes."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from tasks.extract.pack import PageSource, pack_pages
from tasks.local.sample.rawbytes import RAW

HERE = Path(__file__).parent
PAGES = HERE / "pages"
SHARDS = (1, 2, 3, 4)
FIRST_DATE = datetime(2026, 1, 1, 6, tzinfo=UTC)
# All pages were "fetched" within January 2026, which is the demo's partition.
STEP = timedelta(hours=7)


@dataclass(frozen=True, slots=True)
class SamplePage:
    """One entry of pages.yaml.

    `fate` is what the corpus half (extract, filter, dedup) does with the page: "kept" or a reason code.
    `model_fate` is what the model half is expected to do with a kept page: "published" or a reason code.
    `file` is None for bytes that have no readable source; `damaged` says that the record is broken after packing.
    """

    url: str
    purpose: str
    shard: int
    fate: str
    model_fate: str | None = None
    file: str | None = None
    raw: str | None = None
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    damaged: bool = False

    def body(self) -> bytes:
        """Return the bytes of the response."""
        source = (PAGES / self.file).read_text(encoding="utf-8") if self.file else ""
        return RAW[self.raw](source) if self.raw else source.encode()


def load_pages() -> list[SamplePage]:
    """Return the entries of pages.yaml in their order."""
    entries: list[dict[str, Any]] = yaml.safe_load((HERE / "pages.yaml").read_text(encoding="utf-8"))
    return [SamplePage(**entry) for entry in entries]


def build(out_dir: Path) -> list[Path]:
    """Write part-00001.warc.gz to part-00004.warc.gz into `out_dir` and return their paths."""
    out_dir.mkdir(parents=True, exist_ok=True)
    dated = [(page, FIRST_DATE + index * STEP) for index, page in enumerate(load_pages())]
    paths = []
    for shard in SHARDS:
        path = out_dir / f"part-{shard:05d}.warc.gz"
        pages = [(page, date) for page, date in dated if page.shard == shard]
        pack_pages((_source(page, date) for page, date in pages), path)
        # Member 0 is the file's own warcinfo record.
        _damage(path, [index for index, (page, _) in enumerate(pages, 1) if page.damaged])
        paths.append(path)
    return paths


def _source(page: SamplePage, date: datetime) -> PageSource:
    return PageSource(
        url=page.url,
        body=page.body(),
        content_type=page.content_type,
        status=page.status,
        date=date.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _damage(path: Path, indexes: list[int]) -> None:
    """Flip all bits of a few bytes in the middle of the gzip members with these numbers."""
    if not indexes:
        return
    data = bytearray(path.read_bytes())
    bounds = _member_bounds(bytes(data))
    for index in indexes:
        start, end = bounds[index]
        middle = (start + end) // 2
        data[middle : middle + 8] = bytes(byte ^ 0xFF for byte in data[middle : middle + 8])
    path.write_bytes(data)


def _member_bounds(data: bytes) -> list[tuple[int, int]]:
    bounds, start = [], 0
    while start < len(data):
        member = zlib.decompressobj(wbits=31)
        member.decompress(data[start:])
        end = len(data) - len(member.unused_data)
        bounds.append((start, end))
        start = end
    return bounds
