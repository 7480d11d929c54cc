"""Which files of the web corpus belong to a partition, and the shards they become."""

import glob
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from io import BytesIO

from tasks.core.config import SourceConfig
from tasks.core.errors import ConfigError
from tasks.core.ids import digest_of
from tasks.core.refs import SourceRef, SourceShard, shown
from tasks.core.runtime import ObjectStore, Runtime
from tasks.core.source_config import PARTITION
from tasks.extract.crawls import crawls_of, listed_paths, paths_of
from tasks.extract.decompressed import compression_of
from tasks.extract.members import archive_of
from tasks.extract.plan import plan
from tasks.extract.readers import WARC_TYPES
from tasks.extract.window import Window
from tasks.storage.folder import FolderObjects
from tasks.storage.http import HttpObjects
from tasks.storage.lists import split_uri

OpenSource = Callable[[str], ObjectStore]
# What is looked at of a WARC file for its second member; the first one says who wrote the file, and is short.
HEAD_BYTES = 1 << 18
_WILDCARD = re.compile(r"[*?\[]")


def run(source: SourceConfig, rt: Runtime, *, seed: int = 0) -> list[SourceShard]:
    """Return the shards of this run's partition; an empty list means that it has no data.

    `seed` is the dataset's: with `sample_files` it says which files are read.
    """
    files = list_sources(source, rt.run.partition_key, rt.source_store, seed=seed)
    shards = plan(
        files,
        shard_bytes=source.shard_bytes,
        max_shards=source.max_shards,
        uncut=_uncut(files, source.shard_bytes, rt.source_store(source.root(rt.run.partition_key))),
        keep_source=source.keep_source,
    )
    rt.set_metrics({"kept": len(shards), "files": len(files), "bytes": sum(file.byte_count for file in files)})
    return shards


def list_sources(
    source: SourceConfig, partition_key: str, open_source: OpenSource, *, seed: int = 0
) -> list[SourceRef]:
    """Return the files of `partition_key`, whole and in the order of their names.

    An empty list means that the partition has no data. Raises ConfigError where a source cannot be listed.
    """
    root = source.root(partition_key)
    store = open_source(root)
    kind: str = source.kind
    sizes: dict[str, int] = {}
    if source.kind == "common_crawl":
        kind = source.subset
        keys = _crawled(source, partition_key, store, open_source)
    elif source.paths is not None:
        keys = _listed(source.paths.replace(PARTITION, partition_key), root, open_source)
    elif _lacks_folder(source, store, open_source):
        keys = []
    else:
        sizes = _matching(source, partition_key, store)
        keys = [*sizes]
    chosen = sorted(_sample(set(keys), source.sample_files, seed))
    return [
        SourceRef(kind=kind, root=root, uri=key, byte_count=sizes[key] if key in sizes else _size(store, root, key))
        for key in chosen
    ]


def _lacks_folder(source: SourceConfig, store: ObjectStore, open_source: OpenSource) -> bool:
    """Whether the partition's own folder is not there, and the one that holds those of all partitions is."""
    if not isinstance(store, FolderObjects) or store.is_there or PARTITION not in source.uri:
        return False
    above = open_source(source.uri.partition(PARTITION)[0].rpartition("/")[0])
    return isinstance(above, FolderObjects) and above.is_there


def _matching(source: SourceConfig, partition_key: str, store: ObjectStore) -> dict[str, int]:
    """Return the keys that the pattern names, with their sizes where these cost nothing.

    The pattern is that of a shell, against the whole relative key; `*` matches a slash.
    """
    plain = source.pattern.replace(PARTITION, partition_key)
    if isinstance(store, HttpObjects) or not _WILDCARD.search(plain):
        if isinstance(store, HttpObjects) and any(sign in plain for sign in "*["):
            store.list(plain)
        return {plain: store.size(plain)} if store.exists(plain) else {}
    pattern = source.pattern.replace(PARTITION, glob.escape(partition_key))
    wildcard = _WILDCARD.search(pattern)
    prefix = pattern[: wildcard.start()] if wildcard else pattern
    return {key: size for key, size in store.sizes(prefix) if fnmatchcase(key, pattern)}


def _listed(uri: str, root: str, open_source: OpenSource) -> list[str]:
    """Return the keys in a list of paths; an address in it must lie below the root. No list: no data."""
    folder, name = split_uri(uri, where="source.paths")
    try:
        found = listed_paths(open_source(folder), name)
    except KeyError:
        return []
    prefix = shown(root).rstrip("/") + "/"
    keys = [path.removeprefix(prefix) for path in found]
    for key in keys:
        if "://" in key or key.startswith("/"):
            raise ConfigError(
                f"{shown(uri)}: {shown(key)!r} does not lie below source.uri {shown(root)}; "
                "paths in the list are below it"
            )
    return keys


def _crawled(source: SourceConfig, partition_key: str, store: ObjectStore, open_source: OpenSource) -> list[str]:
    folder, name = split_uri(source.index_uri, where="source.index_uri")
    crawls = crawls_of(source, partition_key, open_source(folder), name)
    return [path for crawl in crawls for path in paths_of(source, crawl, store)]


def _sample(keys: Iterable[str], count: int | None, seed: int) -> list[str]:
    """Return `count` of the keys. A larger count adds to a smaller one, and the order of the keys does not matter."""
    if count is None:
        return list(keys)
    return sorted(keys, key=lambda key: digest_of([seed, key]))[:count]


def _size(store: ObjectStore, root: str, key: str) -> int:
    try:
        return store.size(key)
    except KeyError:
        raise ConfigError(
            f"{shown(root)}: {key} was listed and is not there; take it off the list, or put it back"
        ) from None


def _uncut(files: Iterable[SourceRef], shard_bytes: int, store: ObjectStore) -> frozenset[str]:
    """Return the uris of the files that must be read in one piece, of those that are too large for one shard."""
    large = [file for file in files if file.byte_count > shard_bytes]
    if large and isinstance(store, HttpObjects) and not store.takes_ranges(large[0].uri):
        return frozenset(file.uri for file in large)
    return frozenset(file.uri for file in large if not _can_be_cut(file, store))


def _can_be_cut(file: SourceRef, store: ObjectStore) -> bool:
    """Whether a reader can begin in the middle: of a compressed stream of lines, or of one gzip member, it cannot."""
    if file.kind == "parquet":
        return True
    head = store.get_range(file.uri, 0, HEAD_BYTES if file.kind in WARC_TYPES else 4)
    if file.kind not in WARC_TYPES:
        return compression_of(head) == "none"
    archive = archive_of(Window(BytesIO(head)), max_bytes=HEAD_BYTES)
    return not isinstance(archive, str) and archive.next_begin(1) < len(head)
