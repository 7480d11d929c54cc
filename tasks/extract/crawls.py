"""The files of Common Crawl: which crawls belong to a partition, and the paths that a crawl lists.

A crawl `CC-MAIN-2026-30` lies at `crawl-data/<id>/` below the base address; `warc.paths.gz` and `wet.paths.gz` there
name its files, from the base address on. `collinfo.json` lists all crawls with the times they began and ended.
"""

import gzip
import io
import json
import zlib

from tasks.core.config import SourceConfig
from tasks.core.errors import ConfigError
from tasks.core.refs import shown
from tasks.core.runtime import ObjectStore

MAX_PATHS_BYTES = 256 << 20


def crawls_of(source: SourceConfig, partition_key: str, index: ObjectStore, name: str) -> list[str]:
    """Return the ids of the crawls to read, in order: those named, or those that ended in the partition.

    `name` is the list of crawls in the store `index`. Raises ConfigError when it cannot be read.
    """
    if source.crawls != "partition":
        return sorted(set(source.crawls))
    try:
        found = [
            str(crawl["id"])
            for crawl in json.loads(index.get(name))
            # A month, or a day where partitions are days: 2026-07 holds what ended at 2026-07-31T20:04:11.
            if str(crawl["to"]).startswith(partition_key)
        ]
    except KeyError as error:
        raise ConfigError(f"{shown(source.index_uri)}: is not there, or a crawl in it has no {error}") from error
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{shown(source.index_uri)}: is no list of crawls with `id` and `to` ({error})") from error
    return sorted(found)


def paths_of(source: SourceConfig, crawl: str, store: ObjectStore) -> list[str]:
    """Return the paths of a crawl's files, as it lists them. Raises ConfigError when there is no such crawl."""
    key = f"crawl-data/{crawl}/{source.subset}.paths.gz"
    try:
        return listed_paths(store, key)
    except KeyError:
        raise ConfigError(
            f"{shown(source.base_uri)}/{key}: there is no such crawl, or no list of its {source.subset} files; "
            "see source.crawls and source.base_uri"
        ) from None


def listed_paths(store: ObjectStore, key: str) -> list[str]:
    """Return the lines of a list of paths, plain or gzip, without blank ones and comments.

    Raises KeyError when it is missing, ConfigError when it is broken.
    """
    with store.open(key) as file:
        data = file.read(MAX_PATHS_BYTES + 1)
    try:
        if data.startswith(b"\x1f\x8b"):
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_PATHS_BYTES + 1)
        if len(data) > MAX_PATHS_BYTES:
            raise ConfigError(f"{key}: more than {MAX_PATHS_BYTES} bytes of paths; split the list")
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{key}: cannot be read as a list of paths ({error})") from error
    return [line for line in lines if line and not line.startswith("#")]
