"""Which documents can be answers: one rule per file, each with one reason; specifications put them in order.

`check` asks one text, without Airflow or any store.
"""

from functools import cache

from tasks.core.filter_config import FilterConfig
from tasks.filters.chain import Chain, Verdict

__all__ = ["Chain", "Verdict", "check"]


def check(
    text: str, *, url: str | None = None, preset: str = "backforth", config: FilterConfig | None = None
) -> Verdict:
    """Return whether the rules of a preset, or of `config`, let a document pass; its reason and its figures.

    For many documents of one configuration make a `Chain` once. Raises ConfigError for a list that cannot be read, and
    pydantic's ValidationError, a ValueError, for a preset that does not exist.
    """
    return (_chain_of(preset) if config is None else Chain(config)).check(text, url=url)


@cache
def _chain_of(preset: str) -> Chain:
    return Chain(FilterConfig.model_validate({"preset": preset}))
