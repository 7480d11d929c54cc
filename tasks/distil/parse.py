"""Takes the response out of an answer given without a document, and refuses one that is wrapped in chat."""

from tasks.core.errors import DataError
from tasks.core.text.response import marked, wrapper_phrases


def parse(text: str, finish_reason: str) -> str:
    """Return the last complete block between the markers.

    Raises DataError: what `marked` raises, or `wrapper_phrase`.
    """
    response = marked(text, finish_reason)
    if found := wrapper_phrases(response):
        raise DataError("wrapper_phrase", found[0])
    return response
