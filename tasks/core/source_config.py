"""Where a web corpus lies and how it is cut into shards."""

from typing import Literal

from pydantic import Field

from tasks.core.base import Config


class SourceConfig(Config):
    """Where the web corpus lies."""

    kind: Literal["warc"] = "warc"
    uri: str = Field(description="root of the corpus: s3://bucket/prefix, file:///folder or a folder's path")
    pattern: str = Field(
        "{partition}/*.warc.gz", description="files below the root, with {partition} for the partition key"
    )
    licence: str = Field("unknown", description="what is known of the rights in the source, for the card")
