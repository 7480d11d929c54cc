"""The figures that say how well a response is grounded in its document. They travel with the published row."""

from dataclasses import asdict, dataclass
from typing import Any

from tasks.core.ids import canonical_json

# Findings of one kind that the row carries, and characters of each: enough to see what is going on, where a page of
# tables loses hundreds. The whole number of them is told beside.
MAX_LISTED = 10
MAX_SHOWN_CHARS = 120


@dataclass(frozen=True)
class Grounding:
    """All figures of one response. Ratios are rounded to four places, so that equal texts give equal JSON.

    Findings are as written, each once. None of them is a fault by itself: the rules compare their number to a bound.
    """

    length_ratio: float  # characters of the response / characters of the document
    copy_rate: float  # share of the response's 3-word runs that the document holds
    kept_numbers: float | None  # share of the document's numbers that the response repeats; None: it states none
    new_quotations: tuple[str, ...]  # neither document nor instruction holds them, and so for all that is new
    new_dates: tuple[str, ...]
    new_numbers: tuple[str, ...]
    new_names: tuple[str, ...]
    lost_numbers: tuple[str, ...]  # the document's, which the response does not repeat
    premise_names: tuple[str, ...]  # the instruction's, which the document does not hold
    wrapper_phrases: tuple[str, ...]
    source_mentions: tuple[str, ...]
    web_furniture: tuple[str, ...]

    def to_json(self) -> str:
        """Return the figures as canonical JSON; for each list also `<name>_count`, as the list is cut."""
        shown: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if isinstance(value, tuple):
                shown[name] = [text[:MAX_SHOWN_CHARS] for text in value[:MAX_LISTED]]
                shown[f"{name}_count"] = len(value)
            else:
                shown[name] = value
        return canonical_json(shown)
