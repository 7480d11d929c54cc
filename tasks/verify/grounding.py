"""The figures that say how well a response is grounded in its document. They travel with the published row."""

from dataclasses import asdict, dataclass

from tasks.core.ids import canonical_json

# Findings of one kind that are listed: enough to see what is going on, where a page of tables loses hundreds.
MAX_LISTED = 50


@dataclass(frozen=True)
class Grounding:
    """All figures of one response. Ratios are rounded to four places, so that equal texts give equal JSON."""

    length_ratio: float  # characters of the response / characters of the document
    copy_rate: float  # share of the response's 3-word runs that the document holds
    new_numbers: tuple[str, ...]  # as written in the response; neither document nor instruction holds them
    lost_numbers: tuple[str, ...]  # the document's, which the response does not repeat; a figure, no fault
    new_names: tuple[str, ...]  # as written in the response; neither document nor instruction holds them
    premise_names: tuple[str, ...]  # the instruction's, which the document does not hold; a figure, no fault
    wrapper_phrases: tuple[str, ...]
    source_mentions: tuple[str, ...]
    web_furniture: tuple[str, ...]

    def to_json(self) -> str:
        """Return the figures as canonical JSON."""
        return canonical_json(asdict(self))
