"""Small references that travel between tasks (through XCom); the data itself stays in the object store."""

from pydantic import BaseModel, ConfigDict


class Ref(BaseModel):
    """Base of the references: frozen, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def shown(address: str) -> str:
    """Return an address or path as messages show it: without a query, which may hold a signature."""
    return address.partition("?")[0] if address.startswith(("http://", "https://")) else address


class SourceRef(Ref):
    """A file of a web corpus, or a piece of one. `uri` is relative to `root`: ids do not depend on where that lies.

    The piece is the records that begin in the bytes [start, end) of the file; `byte_count` is of the whole file.
    """

    kind: str
    root: str
    uri: str
    byte_count: int
    start: int = 0
    end: int | None = None

    @property
    def place(self) -> str:
        """Where the file lies, for messages."""
        return f"{shown(self.root)}/{self.uri}"

    @property
    def is_whole(self) -> bool:
        """Whether it is all of its file."""
        return self.start == 0 and self.end is None

    @property
    def span(self) -> int:
        """The number of bytes of the file that are its own."""
        return max(0, (self.byte_count if self.end is None else self.end) - self.start)


class SourceShard(Ref):
    """What one task reads of a web corpus: files and pieces of files, in the order of their names and offsets."""

    pieces: tuple[SourceRef, ...]
    keep_source: bool = False

    @property
    def byte_count(self) -> int:
        """The number of bytes that are its own."""
        return sum(piece.span for piece in self.pieces)


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
