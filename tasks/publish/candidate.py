"""What a release is made of: the columns of a published row, and the manifest that names its files.

A candidate is a release without a version. Both manifests are functions of the data and of the parts of the
specification that shape it: no time, run, host, endpoint or cost stands in them.
"""

from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from tasks.core.config import DatasetSpec
from tasks.core.errors import FatalError
from tasks.core.ids import canonical_json, sha256_bytes
from tasks.core.refs import ManifestRef
from tasks.core.runtime import ObjectStore
from tasks.storage.manifest import StageCounts

# The chat form that `datasets.load_dataset` and trainers for chat models read as it is: one `messages` column.
RELEASE = pa.schema(
    [
        ("id", pa.string()),  # = pair_id
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("source_url", pa.string()),
        ("document_id", pa.string()),
        ("score", pa.int64()),
        ("language", pa.string()),
        ("grounding", pa.string()),  # JSON text: the figures of the verify stage
        ("instruction_model", pa.string()),  # name@revision, as the two below
        ("judge_model", pa.string()),
        ("response_model", pa.string()),
        ("instruction_prompt", pa.string()),  # stage@version, as the two below
        ("judge_prompt", pa.string()),
        ("response_prompt", pa.string()),
        ("extractor", pa.string()),  # name@version
    ]
)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReleaseFile(_Frozen):
    """One file of a release; `path` is relative to the manifest, `row_count` is null for the card."""

    path: str
    sha256: str
    byte_count: int
    row_count: int | None = None


class StageConfig(_Frozen):
    """The configuration that one stage really ran with, as its shards say, not as the specification says now."""

    stage: str
    stage_version: int
    config_sha256: str
    config: dict[str, Any]


class CandidateManifest(_Frozen):
    """Everything that can be said about a candidate without knowing when, where or by whom it was made."""

    format_version: Literal[1] = 1
    kind: Literal["release"] = "release"
    dataset: str
    partition_key: str
    demo: bool
    spec: dict[str, Any] = Field(description="see `presentation`")
    snapshot_sha256: str = Field(description="of the pairs this was made from")
    row_count: int
    columns: list[str]
    files: list[ReleaseFile]
    funnel: list[StageCounts]
    stages: list[StageConfig]
    models: dict[str, list[str]] = Field(description="role -> name@revision, in the order of first use")
    prompts: dict[str, list[str]] = Field(description="role -> stage@version, in the order of first use")

    def to_bytes(self) -> bytes:
        """Canonical JSON and a line end."""
        return (canonical_json(self.model_dump(mode="json")) + "\n").encode()


class ReleaseManifest(CandidateManifest):
    """A candidate with a version and a card; its own digest is the digest of the release."""

    version: str


def presentation(spec: DatasetSpec) -> dict[str, Any]:
    """Return the parts of `spec` that a release shows and that no stage's configuration holds.

    Left out: the schedule, the approval and the quality bounds, which judge a release and do not change it, and
    the root of the source, which differs between two hosts that hold the same corpus.
    """
    return {
        "name": spec.name,
        "description": spec.description,
        "seed": spec.seed,
        "source": {"kind": spec.source.kind, "pattern": spec.source.pattern, "licence": spec.source.licence},
        "release": {"title": spec.release.title, "licence": spec.release.licence},
    }


def load_candidate(objects: ObjectStore, ref: ManifestRef) -> CandidateManifest:
    """Read the manifest behind `ref`; raise FatalError when its bytes are not those that were referred to."""
    data = objects.get(ref.key)
    found = sha256_bytes(data)
    if found != ref.sha256:
        raise FatalError(f"{ref.key}: digest {found}, expected {ref.sha256}; the object was changed after its commit")
    return CandidateManifest.model_validate_json(data)
