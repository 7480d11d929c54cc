"""Reads a dataset specification from YAML and says exactly what is wrong with a bad one."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError


def load_spec(path: str | Path) -> DatasetSpec:
    """Read and validate one specification.

    Raises ConfigError whose message names the file, each wrong key and what is allowed there.
    """
    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is no valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: must be a mapping of keys to values, found {type(data).__name__}")
    try:
        spec = DatasetSpec.model_validate(data)
    except ValidationError as error:
        # A model's part is copied into the stages that use it: its mistakes are told once, where they were written.
        told = [item for item in error.errors() if item["loc"][1:2] != ("model",)] or error.errors()
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
        child = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
        options = [child, *child.get("anyOf", []), *child.get("allOf", [])]
        names = [option["$ref"].rsplit("/", 1)[1] for option in options if "$ref" in option]
        node = schema["$defs"][names[0]] if names else child
    return sorted(node.get("properties", {}))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a specification, for editors."""
    schema = DatasetSpec.model_json_schema()
    schema["title"] = "backforth dataset specification"
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for stage in ("BacktranslateConfig", "ScoreConfig", "RewriteConfig"):
        part = schema["$defs"][stage]["properties"]
        part["model"] = {"type": "string", "description": "a role named under `models`"}
        part.pop("seed", None)
    return schema
