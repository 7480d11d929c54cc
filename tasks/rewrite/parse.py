"""Takes the response out of a rewriter's answer: what stands between [RES] and [/RES]."""

from tasks.core.text.response import marked


def parse(text: str, finish_reason: str) -> str:
    """Return the last complete block between the markers; raise DataError with the reason when there is none."""
    return marked(text, finish_reason)
