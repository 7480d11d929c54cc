"""Which documents can be answers: the rules, their order and their bounds."""

from pydantic import Field

from tasks.core.base import OPERATIONAL, Config


class FilterConfig(Config):
    """Which documents can be answers. Bounds are inclusive."""

    languages: tuple[str, ...] = ("en",)
    min_language_probability: float = Field(0.8, ge=0.0, le=1.0)
    min_chars: int = Field(400, ge=1, description="Humpback's band starts at 600 characters")
    max_chars: int = Field(24_000, ge=1, description="draft and rewrite must fit the context (method.md, 7)")
    rules: tuple[str, ...] = Field(
        (), description="order of the rules; empty means the order of tasks/filters/rules.py"
    )
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)
