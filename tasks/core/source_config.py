"""Where a web corpus lies, in which form, and how it is cut into shards."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from tasks.core.base import OPERATIONAL, Config

PARTITION = "{partition}"
# What the names of files end in, by kind, for a source that gives no pattern.
_PATTERNS = {
    "warc": "*.warc.gz",
    "wet": "*.wet.gz",
    "dolma": "*.json*",
    "jsonl": "*.json*",
    "parquet": "*.parquet",
    "common_crawl": "",
}
# The kinds whose records say nothing of what their fields mean.
RECORD_KINDS = frozenset({"dolma", "jsonl", "parquet"})
_FILE = re.compile(r"[*?\[]|\.(?:warc|arc|wet|jsonl?|ndjson|parquet|gz|zst)$", re.IGNORECASE)


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


# One name or several, tried in order; a dot goes down into an object.
Names = Annotated[tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | list[str])]


class RecordFields(Config):
    """Which fields of a JSON line or a Parquet row are what: the first name that a record has is taken."""

    # The names are those of Dolma, FineWeb, RedPajama (raw_content, meta), OSCAR (content, warc_headers) and DCLM.
    text_field: Names = Field(("text", "content", "raw_content"), min_length=1)
    url_field: Names = (
        *("url", "metadata.url", "meta.url", "source_url", "uri"),
        *("warc_headers.warc-target-uri", "metadata.WARC-Target-URI", "id"),  # Dolma's id is an address, mostly
    )
    id_field: Names = ("id", "doc_id", "metadata.id", "meta.id", "warc_headers.warc-record-id")
    title_field: Names = ("title", "metadata.title", "meta.title")
    date_field: Names = Field(
        ("published", "date_published", "publish_date", "created", "date", "metadata.date", "meta.date"),
        description="of the document; FineWeb's `date` and Dolma's `created` are when it was crawled",
    )
    fetched_field: Names = Field(
        (
            *("metadata.date_download", "meta.date_download", "date", "timestamp", "added"),
            *("warc_headers.warc-date", "metadata.WARC-Date"),
        ),
        description="when the page was fetched",
    )


USUAL_FIELDS = RecordFields.model_validate({})


class SourceConfig(RecordFields):
    """Where the web corpus lies."""

    kind: Literal["warc", "wet", "dolma", "jsonl", "parquet", "common_crawl"] = Field(
        "warc", description="gzip, zstd and no compression are told apart by the first bytes of a file"
    )
    uri: str = Field(
        "",
        validate_default=True,
        description="root of the corpus: s3://bucket/prefix, http(s)://host/folder, file:///folder or a folder's path; "
        "without a pattern it may name a file or end in wildcards",
    )
    pattern: str = Field(
        "",
        validate_default=True,
        description="files below the root, with {partition} for the partition key; by default those whose names end "
        "as is usual for the kind, in {partition}/",
    )
    paths: str | None = Field(
        None,
        description="a list of files to read instead of the pattern, one path below `uri` a line, plain or gzip: "
        "what http(s):// needs for more than one file",
    )
    licence: str = Field("unknown", description="what is known of the rights in the source, for the card")
    sample_files: int | None = Field(
        None, ge=1, description="read so many of the files, chosen by the dataset's seed; a larger number adds files"
    )
    crawls: Literal["partition"] | tuple[str, ...] = Field(
        "partition", description="common_crawl: ids such as CC-MAIN-2026-30, or those that ended in the partition"
    )
    subset: Literal["warc", "wet"] = Field("warc", description="common_crawl: pages, or the text taken from them")
    base_uri: str = Field("https://data.commoncrawl.org", description="common_crawl: what its paths lie below")
    index_uri: str = Field(
        "https://index.commoncrawl.org/collinfo.json", description="common_crawl: the list of crawls and their dates"
    )
    shard_bytes: int = Field(
        256 << 20,
        ge=1,
        description="of a shard, about: small files are put together, and large ones cut where their form allows",
    )
    max_shards: int = Field(1_000, ge=1, le=1_024, description="of a partition; where it takes more they grow")
    keep_source: bool = Field(
        False,
        json_schema_extra=OPERATIONAL,
        description="copy each record that becomes a document, so that `verify` outlives the source",
    )

    @model_validator(mode="before")
    @classmethod
    def _split_uri(cls, data: Any) -> Any:
        """Make a root and a pattern of an address that names files."""
        if not isinstance(data, dict) or data.get("pattern") or data.get("paths"):
            return data
        uri = data.get("uri")
        if not isinstance(uri, str) or not (found := _first_file_part(uri)):
            return data
        return {**data, "uri": found[0], "pattern": found[1]}

    @field_validator("uri")
    @classmethod
    def _uri_is_given(cls, uri: str, info: ValidationInfo) -> str:
        if not uri and info.data.get("kind") != "common_crawl":
            raise PydanticCustomError("missing", "Field required")
        return uri

    @field_validator("pattern")
    @classmethod
    def _usual_pattern(cls, pattern: str, info: ValidationInfo) -> str:
        if pattern.startswith("/") or ".." in pattern.split("/"):
            raise ValueError("files lie below `uri`: no '..', and no '/' at the beginning")
        if pattern or "kind" not in info.data:
            return pattern
        folder = "" if PARTITION in info.data.get("uri", "") else f"{PARTITION}/"
        ending = _PATTERNS[info.data["kind"]]
        return folder + ending if ending else ""

    @property
    def fields(self) -> RecordFields | None:
        """What records are read by; None for the kinds that need no telling."""
        if self.kind not in RECORD_KINDS:
            return None
        return RecordFields(**{name: getattr(self, name) for name in RecordFields.model_fields})

    @property
    def names_partition(self) -> bool:
        """Whether another partition key means other files."""
        if self.kind == "common_crawl":
            return True
        return PARTITION in self.uri + (self.pattern if self.paths is None else self.paths)

    def root(self, partition_key: str) -> str:
        """Return what the files of a partition lie below."""
        root = self.base_uri if self.kind == "common_crawl" else self.uri
        return root.replace(PARTITION, partition_key)


def _first_file_part(uri: str) -> tuple[str, str] | None:
    """Return (root, pattern) of an address whose path has a wildcard, or ends like a file; None for a folder."""
    scheme, mark, path = uri.partition("://") if "://" in uri else ("", "", uri)
    is_web = scheme in {"http", "https"}  # an address has no wildcards, and may have a query, which goes with the root
    path, asks, query = path.partition("?") if is_web else (path, "", "")
    parts = path.split("/")
    fixed = 1 if mark and scheme != "file" else 0  # the host or the bucket
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        wild = not is_web and re.search(r"[*?\[]", part)
        if place >= fixed and (wild or (is_last and _FILE.search(part))):
            root = "/".join(parts[:place])
            if not root and path.startswith("/"):
                root = "/"
            return scheme + mark + (root or ".") + asks + query, "/".join(parts[place:])
    return None
