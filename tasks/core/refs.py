"""Small references that travel between tasks (through XCom); the data itself stays in the object store."""

from pydantic import BaseModel, ConfigDict


class Ref(BaseModel):
    """Base of the references: frozen, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRef(Ref):
    """One file of a web corpus. `uri` is relative to `root`, so that ids do not depend on where it lies."""

    kind: str
    root: str
    uri: str
    byte_count: int


class ShardRef(Ref):
    """One committed shard of one stage: the key and digest of its shard manifest."""

    key: str
    sha256: str
    row_count: int
    rejected_count: int


class ManifestRef(Ref):
    """One committed snapshot: an ordered list of shards of one dataset and partition."""

    key: str
    sha256: str
    row_count: int
    dataset: str
    partition_key: str


class ReleaseRef(Ref):
    """One version of one dataset. `manifest_sha256` is the digest of the release."""

    dataset: str
    version: str
    partition_key: str
    snapshot_id: str
    manifest_key: str
    manifest_sha256: str
    row_count: int
