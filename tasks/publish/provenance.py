"""Which models, prompts and settings made a pair shard: read from the manifests behind it.

The specification may have been edited since the pairs were made, so it is never asked.
"""

from dataclasses import dataclass
from typing import Any

from tasks.core.errors import FatalError
from tasks.core.ids import digest_of
from tasks.core.refs import ShardRef
from tasks.core.runtime import ObjectStore
from tasks.core.variants import FLOWS, variant_of
from tasks.publish.candidate import StageConfig
from tasks.storage.manifest import ShardManifest, chain

# The role of a model in a published row, by the stage that asks it.
ROLES = {"backtranslate": "instruction", "score": "judge", "rewrite": "response", "distil": "response"}
ROLE_NAMES = tuple(dict.fromkeys(ROLES.values()))


@dataclass(frozen=True)
class Provenance:
    """What made the rows of one shard. `models` and `prompts` may have the keys instruction, judge and response."""

    variant: str
    models: dict[str, str]
    prompts: dict[str, str]
    stages: tuple[StageConfig, ...]

    def columns(self) -> dict[str, str | None]:
        """Return the columns that are the same for every row of the shard; null for roles that nobody had."""
        named = {f"{role}_model": self.models.get(role) for role in ROLE_NAMES}
        return named | {f"{role}_prompt": self.prompts.get(role) for role in ROLE_NAMES}


def provenance(objects: ObjectStore, shard: ShardRef) -> Provenance:
    """Read the manifests of `shard` and of its ancestors, in the order the data went through them.

    Raises FatalError when they are not the stages of a variant.
    """
    manifests = [*chain(objects, shard)][::-1]
    models: dict[str, str] = {}
    prompts: dict[str, str] = {}
    for manifest in manifests:
        if role := ROLES.get(manifest.stage):
            models[role], prompts[role] = _model(manifest), f"{manifest.stage}@{manifest.config.get('prompt')}"
    variant = _variant(shard, manifests)
    return Provenance(variant, models, prompts, tuple(_stage(manifest) for manifest in manifests))


def _variant(shard: ShardRef, manifests: list[ShardManifest]) -> str:
    stages = {manifest.stage: manifest for manifest in manifests}
    in_rounds = "score" in stages and bool(stages["score"].config.get("rounds"))
    try:
        variant = variant_of(stages, in_rounds=in_rounds)
    except ValueError as error:
        raise FatalError(f"{shard.key}: {error}; was it made by another pipeline?") from error
    if missing := [stage for stage in FLOWS[variant] if stage in ROLES and stage not in stages]:
        raise FatalError(
            f"{shard.key}: no manifest of {', '.join(missing)} lies behind it; was it made by another pipeline?"
        )
    return variant


def _model(manifest: ShardManifest) -> str:
    model: dict[str, Any] = manifest.config.get("model") or {}
    if not model.get("name") or not model.get("revision"):
        raise FatalError(
            f"{manifest.kept.key}: its manifest does not say which model and revision {manifest.stage} asked"
        )
    return f"{model['name']}@{model['revision']}"


def _stage(manifest: ShardManifest) -> StageConfig:
    return StageConfig(
        stage=manifest.stage,
        stage_version=manifest.stage_version,
        config_sha256=digest_of(manifest.config),
        config=manifest.config,
    )
