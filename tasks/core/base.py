"""The base of every configuration: a frozen value with a digest of what can change the result."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from tasks.core.ids import digest_of

# A field that may change without changing what a stage makes.
OPERATIONAL: dict[str, Any] = {"operational": True}


class Config(BaseModel):
    """Base of every configuration: frozen, no unknown keys, with a digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def body(self) -> dict[str, Any]:
        """Return what the digest is taken over: every field that can change the result, as JSON values."""
        out: dict[str, Any] = {}
        for name, info in type(self).model_fields.items():
            extra = info.json_schema_extra
            if isinstance(extra, dict) and extra.get("operational"):
                continue
            value = getattr(self, name)
            out[name] = value.body() if isinstance(value, Config) else _plain(value)
        return out

    @property
    def sha256(self) -> str:
        """The digest of `body()`."""
        return digest_of(self.body())


def _plain(value: Any) -> Any:
    if isinstance(value, Config):
        return value.body()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value
