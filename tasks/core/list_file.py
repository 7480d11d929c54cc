"""A list that the user keeps in a file: words, domains, addresses, evaluation sets. Its digest is its identity."""

from pydantic import Field

from tasks.core.base import OPERATIONAL, Config


class ListFile(Config):
    """One file of a specification, named by where it lies; `content_sha256` is of what it held when it was read.

    A specification may give `content_sha256` itself: then a file that holds something else is refused.
    """

    uri: str = Field(
        "", json_schema_extra=OPERATIONAL, description="s3://bucket/key, file:///path, http(s):// or a path"
    )
    content_sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$", description="filled in when the file is read")
