"""The files that `backforth extract` is given: which they are, and of what kind."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from tasks.core.errors import ConfigError
from tasks.core.refs import SourceRef, shown
from tasks.core.runtime import ObjectStore
from tasks.extract.decompressed import compression_of
from tasks.extract.pack import CONTENT_TYPES
from tasks.storage.folder import FolderObjects
from tasks.storage.http import HttpObjects
from tasks.storage.lists import split_uri

# Ends of names, and the kinds that they may stand for: the first where neither --kind nor the specification says.
_KINDS = {
    ".warc": ("warc",),
    ".arc": ("warc",),
    ".wet": ("wet",),
    ".jsonl": ("jsonl", "dolma"),
    ".json": ("jsonl", "dolma"),
    ".ndjson": ("jsonl", "dolma"),
    ".parquet": ("parquet",),
}
SOURCE_KINDS = sorted({kind for kinds in _KINDS.values() for kind in kinds})
_ENDS = {stem + end: kinds for stem, kinds in _KINDS.items() for end in ("", ".gz", ".zst")}
# A reader of these can begin in the middle of a file, compressed or not.
_CUT = {"warc", "wet", "parquet"}


def open_store(root: str) -> ObjectStore:
    """Return the store over a folder of this machine or an http(s) address."""
    if root.startswith(("http://", "https://")):
        return HttpObjects(root)
    if "://" in root and not root.startswith("file://"):
        raise ConfigError(f"{root}: only files of this machine and http(s):// are read here; copy it, or run the Dag")
    return FolderObjects(root.removeprefix("file://"))


def local_sources(names: Sequence[str], *, kind: str | None, preferred: str | None) -> list[SourceRef]:
    """Return the files that `names` (paths, folders, patterns, http(s) addresses) stand for, in their order.

    `preferred` is the kind that a specification names. Raises ConfigError for a name that stands for nothing, a file
    whose kind nobody knows, or one that cannot be read.
    """
    if kind and kind not in SOURCE_KINDS:
        raise ConfigError(f"--kind {kind}: there is no such kind; there are {', '.join(SOURCE_KINDS)}")
    if preferred not in SOURCE_KINDS:
        preferred = None
    sources = []
    for root, uri in _named(_found(names)):
        place = f"{shown(root)}/{uri}"
        try:
            place.encode()
        except UnicodeEncodeError:
            raise ConfigError(f"{place!r}: is no path in UTF-8, as ids and summaries need; rename it") from None
        its_kind = kind or _kind_of(uri, preferred)
        try:
            size = open_store(root).size(uri)
        except KeyError:
            raise ConfigError(f"{place}: is not there; check the name") from None
        except OSError as error:
            raise ConfigError(f"{place}: cannot be read ({error})") from error
        sources.append(SourceRef(kind=its_kind, root=root, uri=uri, byte_count=size))
    return sources


def uncut(sources: Sequence[SourceRef]) -> frozenset[str]:
    """Return the uris of the files that must be read in one piece: compressed lines, and what is far away."""
    return frozenset(
        source.uri
        for source in sources
        if "://" in source.root
        or (source.kind not in _CUT and source.byte_count and compression_of(_head(source)) != "none")
    )


def _head(source: SourceRef) -> bytes:
    return open_store(source.root).get_range(source.uri, 0, 4)


def _found(names: Sequence[str]) -> list[str]:
    """Return absolute paths and addresses, each once."""
    found: dict[str, None] = {}
    for name in names:
        if "://" in name:
            found[name] = None
            continue
        here = _below(Path(name)) if Path(name).exists() else sorted(map(Path, glob.glob(name, recursive=True)))
        files = [path for path in here if path.is_file()]
        if not files:
            raise ConfigError(f"{name}: no such file{_hint(Path(name))}")
        found.update(dict.fromkeys(os.path.abspath(path) for path in files))
    return list(found)


def _below(path: Path) -> list[Path]:
    """Return the file, or the files of known kinds below the folder in the order of their names."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and _kinds_of(file.name))


def _named(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return (root, name below it) of each: a file's name, or its path where two files have the same name."""
    split = [split_uri(path, where="FILES") for path in paths]
    if len({name for _, name in split}) == len(paths):
        return split
    if any("://" in path for path in paths):
        raise ConfigError("FILES: two have the same name, and not all are of this machine; extract them one by one")
    root = os.path.commonpath([root for root, _ in split])
    return [(root, os.path.relpath(path, root)) for path in paths]


def _hint(path: Path) -> str:
    if not path.is_dir():
        return "; give a path, a folder, or a pattern in quotes"
    if any(file.suffix.lower() in CONTENT_TYPES for file in path.rglob("*")):
        return f" of a known kind in it; make one of its pages: backforth corpus from-html {path} --out pages.warc.gz"
    return f" of a known kind in it; names end in {', '.join(_KINDS)}, perhaps with .gz or .zst"


def _kinds_of(name: str) -> tuple[str, ...]:
    return next((kinds for end, kinds in _ENDS.items() if name.lower().endswith(end)), ())


def _kind_of(name: str, preferred: str | None) -> str:
    kinds = _kinds_of(name)
    if preferred and (preferred in kinds or not kinds):
        return preferred
    if not kinds:
        if Path(name).suffix.lower() in CONTENT_TYPES:
            raise ConfigError(
                f"{name}: is a page, no collection of them; "
                "pack its folder first: backforth corpus from-html FOLDER --out pages.warc.gz"
            )
        raise ConfigError(f"{name}: its name does not say what it is; give --kind, as in --kind warc")
    return kinds[0]
