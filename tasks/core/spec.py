"""Finds dataset specifications, reads them from YAML and says exactly what is wrong with a bad one.

They lie in `dags/datasets/` and in the folder that BACKFORTH_DATASETS names, where it is set, such as a folder that is
a checkout of its own. All processes of Airflow need the variable, and an absolute path in it.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.composer import ComposerError

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError

DATASETS = Path(__file__).parents[2] / "dags" / "datasets"
FOLDER_VARIABLE = "BACKFORTH_DATASETS"


def spec_folders() -> tuple[Path, ...]:
    """Return the folders of specifications. Raises ConfigError where the one of the environment is none."""
    named = os.environ.get(FOLDER_VARIABLE)
    if not named:
        return (DATASETS,)
    folder = Path(named)
    if not folder.is_absolute() or not folder.is_dir():
        raise ConfigError(f"{FOLDER_VARIABLE}: {named!r} is no absolute path of a folder; mend it, or unset it")
    return (DATASETS,) if folder.samefile(DATASETS) else (DATASETS, folder)


def spec_names(folders: Sequence[Path]) -> list[str]:
    """Return the names of the datasets that have a file in one of `folders`, in order."""
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def spec_file(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of a dataset. Raises ConfigError where there is none, or one in two folders."""
    found = [path for folder in folders if (path := folder / f"{name}.yaml").is_file()]
    if not found:
        there = ", ".join(spec_names(folders))
        raise ConfigError(
            f"no dataset {name!r}; there are {there}. To add it, copy one of them to {folders[-1] / f'{name}.yaml'}"
        )
    if len(found) > 1:
        raise ConfigError(f"{found[1]}: dataset {name} has a specification in {found[0].parent} too: rename one")
    return found[0]


# Keys of a stage that are copied from elsewhere in the specification.
_FILLED_IN = {("model",), ("seed",), ("fields",)}


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice: YAML readers take the last one, and say nothing."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise ComposerError(None, None, f"{key.value!r} is given twice", key.start_mark)
                seen.add(key.value)
        return node


def load_spec(path: str | Path) -> DatasetSpec:
    """Read and validate one specification.

    Raises ConfigError whose message names the file, each wrong key and what is allowed there.
    """
    path = Path(path)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 a SafeLoader
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is no UTF-8, or a date such as 2026-13-45
        raise ConfigError(f"{path}: is no valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: must be a mapping of keys to values, found {type(data).__name__}")
    try:
        spec = DatasetSpec.model_validate(data)
    except ValidationError as error:
        # What is copied into the stages: its mistakes are told once, where they were written.
        told = [item for item in error.errors() if item["loc"][1:2] not in _FILLED_IN] or error.errors()
        raise ConfigError("\n".join(_line(path, item) for item in told)) from error
    if spec.name != path.stem:
        raise ConfigError(f"{path}: name: is {spec.name!r}, must be the file's stem {path.stem!r}")
    return spec


def _line(path: Path, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "(top level)"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = f"unknown key; allowed here: {', '.join(_allowed(error['loc'][:-1]))}"
    elif error["type"] == "missing":
        message = "is required"
    given = error.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    return f"{path}: {key}: {message}{shown}"


def _allowed(loc: tuple[Any, ...]) -> list[str]:
    """Return the keys that the part of the specification at `loc` takes."""
    schema: dict[str, Any] = DatasetSpec.model_json_schema()
    node: dict[str, Any] = schema
    for part in loc:
        child = node.get("properties", {}).get(part) or node.get("additionalProperties") or node.get("items") or {}
        if tagged := node.get("discriminator", {}).get("mapping", {}).get(part):
            child = {"$ref": tagged}
        options = [child, *child.get("anyOf", []), *child.get("allOf", [])]
        names = [option["$ref"].rsplit("/", 1)[1] for option in options if "$ref" in option]
        node = schema["$defs"][names[0]] if names else child
    allowed = set(node.get("properties", {}))
    return sorted(allowed - {"seed", "fields"} if loc else allowed)  # they are filled in


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a specification, for editors."""
    schema = DatasetSpec.model_json_schema()
    schema["title"] = "backforth dataset specification"
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for stage in ("BacktranslateConfig", "ScoreConfig", "RewriteConfig", "DistilConfig", "FaithfulnessConfig"):
        part = schema["$defs"][stage]["properties"]
        part["model"] = {"type": "string", "description": "a role named under `models`"}
        part.pop("seed", None)
    schema["$defs"]["ExtractConfig"]["properties"].pop("fields")
    return schema
