"""What a rule is: a name, which is also its reason code, and a question asked of a document."""

from collections.abc import Callable
from dataclasses import dataclass

from tasks.core.config import FilterConfig
from tasks.filters.document import DocumentText


@dataclass(frozen=True, slots=True)
class Rule:
    """`fault` returns what is wrong with the document, for people, or None when it passes."""

    name: str
    fault: Callable[[DocumentText, FilterConfig], str | None]
