"""What a rule of the instruction hygiene is: a reason, and a function that finds the fault it names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tasks.clean.content_words import Vocabulary
from tasks.core.config import CleanConfig
from tasks.core.text.words import words

# What stands in double quotation marks or in code is mentioned, not used.
_QUOTED = re.compile(r'"[^"\n]{1,200}"|“[^”\n]{1,200}”|`[^`\n]{1,200}`')


@dataclass(frozen=True)
class Case:
    """One instruction with all that a rule may compare it to.

    `document` is the text it was made from, `prompt_text` the template of the prompt that asked for it, `language`
    the document's ISO 639-1 code, or None where it is not known. `title` is the page's, which may name what its text
    takes for granted.
    """

    instruction: str
    document: str
    prompt_text: str
    language: str | None
    config: CleanConfig
    title: str = ""

    @cached_property
    def words(self) -> list[str]:
        """The instruction's words, see `tasks/core/text/words.py`."""
        return words(self.instruction)

    @cached_property
    def unquoted(self) -> str:
        """The instruction with a space for each quotation and each piece of code."""
        return _QUOTED.sub(" ", self.instruction)

    @cached_property
    def document_words(self) -> list[str]:
        return words(self.document)

    @cached_property
    def told(self) -> str:
        """All that the page tells: its title and its text."""
        return f"{self.title}\n{self.document}"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all that the page tells."""
        return Vocabulary([*words(self.title), *self.document_words])

    @cached_property
    def prompt_words(self) -> list[str]:
        return words(self.prompt_text)


@dataclass(frozen=True)
class Rule:
    """One rule. `fault` returns what is wrong in words for people, or None. It raises nothing, whatever the text."""

    reason: str
    fault: Callable[[Case], str | None]
