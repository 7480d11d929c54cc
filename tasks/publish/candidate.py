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
from tasks.core.variants import DEFAULT
from tasks.storage.manifest import StageCounts

# The chat form that `datasets.load_dataset` and trainers for chat models read as it is: one `messages` column.
RELEASE = pa.schema(
    [
        ("id", pa.string()),  # = pair_id
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("source_url", pa.string()),
        ("document_id", pa.string()),
        ("score", pa.float64()),  # null where nobody judged, as the two judge columns below
        ("language", pa.string()),
        ("grounding", pa.string()),  # JSON text: the figures of the verify stage; null where nothing was rewritten
        ("instruction_model", pa.string()),  # name@revision, as the two below
        ("judge_model", pa.string()),
        ("response_model", pa.string()),  # null where the document is the response
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


class SeedPairs(_Frozen):
    """The file of seed pairs that is published beside: `sha256` is of the file that was given."""

    sha256: str
    row_count: int


class CandidateManifest(_Frozen):
    """Everything that can be said about a candidate without knowing when, where or by whom it was made."""

    format_version: Literal[1] = 1
    kind: Literal["release"] = "release"
    dataset: str
    partition_key: str
    demo: bool
    variant: str = Field(DEFAULT, description="how the pairs were made; see tasks/core/variants.py")
    spec: dict[str, Any] = Field(description="see `presentation`")
    snapshot_sha256: str = Field(description="of the pairs this was made from")
    row_count: int
    columns: list[str]
    files: list[ReleaseFile]
    funnel: list[StageCounts]
    stages: list[StageConfig]
    models: dict[str, list[str]] = Field(description="role -> name@revision, in the order of first use")
    prompts: dict[str, list[str]] = Field(description="role -> stage@version, in the order of first use")
    seed: SeedPairs | None = None
    returned: int = Field(
        0, description="how often these rows came back after others", exclude_if=lambda number: number == 0
    )

    def to_bytes(self) -> bytes:
        """Canonical JSON and a line end."""
        return (canonical_json(self.model_dump(mode="json")) + "\n").encode()


class ReleaseManifest(CandidateManifest):
    """A candidate with a version and a card; its own digest is the digest of the release."""

    version: str


def presentation(spec: DatasetSpec) -> dict[str, Any]:
    """Return the parts of `spec` that a release shows and that no stage's configuration holds.

    Left out: the schedule, the approval and the quality bounds, which judge a release and do not change it, and
    the root of the source and the place of the seed pairs, which differ between two hosts that hold the same corpus.
    """
    release = {"title": spec.release.title, "licence": spec.release.licence}
    if spec.release.tags:
        release |= {"data_tag": spec.release.data_tag, "seed_tag": spec.release.seed_tag}
    return {
        "name": spec.name,
        "description": spec.description,
        "seed": spec.seed,
        "source": {"kind": spec.source.kind, "pattern": spec.source.pattern, "licence": spec.source.licence},
        "release": release,
    }


def chat(instruction: str, response: str, tag: str) -> list[dict[str, str]]:
    """Return a pair in the chat form. `tag` is the sentence that says where a row is from, "" for none.

    It is appended to the request after a blank line, as both papers append it (arXiv 2408.04614, A.3).
    """
    asked = f"{instruction}\n\n{tag}" if tag else instruction
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": response}]


def load_candidate(objects: ObjectStore, ref: ManifestRef) -> CandidateManifest:
    """Read the manifest behind `ref`; raise FatalError when its bytes are not those that were referred to."""
    data = objects.get(ref.key)
    found = sha256_bytes(data)
    if found != ref.sha256:
        raise FatalError(f"{ref.key}: digest {found}, expected {ref.sha256}; the object was changed after its commit")
    return CandidateManifest.model_validate_json(data)
