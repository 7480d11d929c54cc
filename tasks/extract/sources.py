"""Which files of the web corpus belong to a partition."""

import glob
import re
from fnmatch import fnmatchcase

from tasks.core.config import SourceConfig
from tasks.core.refs import SourceRef
from tasks.core.runtime import ObjectStore, Runtime

PARTITION = "{partition}"
_WILDCARD = re.compile(r"[*?\[]")


def source_root(source: SourceConfig, partition_key: str) -> str:
    """Return the root that the files of a partition lie under."""
    return source.uri.replace(PARTITION, partition_key)


def list_sources(source: SourceConfig, partition_key: str, store: ObjectStore) -> list[SourceRef]:
    """Return the files of `partition_key` in the order of their names; `store` is one over `source_root`.

    The pattern is that of a shell, against the whole relative key; `*` also matches a slash. An empty list
    means that the partition has no data.
    """
    pattern = source.pattern.replace(PARTITION, glob.escape(partition_key))
    wildcard = _WILDCARD.search(pattern)
    prefix = pattern[: wildcard.start()] if wildcard else pattern
    root = source_root(source, partition_key)
    return [
        SourceRef(kind=source.kind, root=root, uri=key, byte_count=store.size(key))
        for key in sorted(store.list(prefix))
        if fnmatchcase(key, pattern)
    ]


def run(source: SourceConfig, rt: Runtime) -> list[SourceRef]:
    """Return the files of this run's partition; an empty list means that it has no data."""
    root = source_root(source, rt.run.partition_key)
    found = list_sources(source, rt.run.partition_key, rt.source_store(root))
    rt.set_metrics({"kept": len(found)})
    return found
