"""Changes to the text of a page after extraction: the edits that a specification lists, then personal data.

Each is a function of the text and its parameters alone, so that verification repeats them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tasks.core.errors import DataError
from tasks.core.extract_config import ExtractConfig
from tasks.extract.edits import (
    c4_lines,
    personal_data,
    ratio_lines,
    remove_citations,
    remove_urls,
    repeated,
    shape_lines,
    substring_lines,
)
from tasks.extract.html import Page

_EDITS: dict[str, Callable[[str, Any], str]] = {
    "c4_lines": c4_lines.edit,
    "substring_lines": substring_lines.edit,
    "line_length": shape_lines.edit_length,
    "punctuation_lines": shape_lines.edit_punctuation,
    "uppercase_ratio_lines": ratio_lines.edit_uppercase,
    "numeric_ratio_lines": ratio_lines.edit_numeric,
    "counter_lines": shape_lines.edit_counters,
    "symbol_lines": shape_lines.edit_symbols,
    "remove_citations": remove_citations.edit,
    "remove_urls": remove_urls.edit,
    "within_page_dedup": repeated.edit_repeated,
    "max_newlines": repeated.edit_newlines,
}


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after its edits. `facts` counts placeholders by kind and texts by the edits that changed them."""

    text: str
    facts: Counter[str] = field(default_factory=Counter)


def apply(text: str, config: ExtractConfig) -> Edited:
    """Return `text` after the edits of `config`, in their order, and with its personal data replaced.

    Facts are named `personal_data:<kind>` and `edited:<edit>`. Raises DataError: `edited_away` when nothing is left,
    `personal_data` when there is some and the configuration rejects it.
    """
    facts: Counter[str] = Counter()
    for params in config.edits:
        edited = _EDITS[params.edit](text, params)
        if edited != text:
            facts[f"edited:{params.edit}"] += 1
            text = edited
    if config.edits and not text.strip():
        raise DataError("edited_away", f"no text is left after {', '.join(params.edit for params in config.edits)}")
    text, counts = personal_data.apply(text, config.personal_data)
    facts.update({f"personal_data:{kind}": count for kind, count in counts.items()})
    return Edited(text, facts)


def edit_page(page: Page, config: ExtractConfig, facts: Counter[str] | None = None) -> Page:
    """Return `page` after its edits, its title without personal data; count into `facts`. Raises as `apply` does."""
    edited = apply(page.text, config)
    title, counts = personal_data.apply(page.title or "", config.personal_data)
    if facts is not None:
        facts.update(edited.facts)
        facts.update({f"personal_data:{kind}": count for kind, count in counts.items()})
    return replace(page, text=edited.text, title=title or None)
