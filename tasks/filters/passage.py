"""Some text and figures of it, each computed once however many rules ask."""

import re
from collections import Counter
from functools import cached_property

# A full stop inside a line ends a sentence where a space follows, and nothing that is written in small letters.
_INNER_END = re.compile(r"[.!?][\"'”’»)\]]{0,3}\s+(?![a-z\s])|[。！？]")
_FULL_STOPS = re.compile(r"[.!?。！？](?<=[^\s.!?。！？].)[.!?。！？]*[\"'”’»)\]*]{0,5}(?:\s|$)")
_ABBREVIATION = re.compile(r"\b(?:Mrs?|Ms|Dr|Prof|St|Jr|Sr|vs|etc|e\.g|i\.e|cf|al|No|Fig|Vol|[A-Z])\.\s$")
# Longer lines are paragraphs.
MAX_LABEL_CHARS = 160
_LEADING = " \t|*•·-–—»>▸▪●◦#_~+=[(\"'“‘:"
_PUNCTUATION = ".,;:!?\"'“”‘’()[]{}«»…-–—*_`#|"


class Passage:
    """Some text. `lines` and `paragraphs` are without blank ones and surrounding spaces."""

    def __init__(self, text: str, lines: list[str] | None = None) -> None:
        self.text = text
        if lines is not None:
            self.lines = lines

    @cached_property
    def lines(self) -> list[str]:
        """The lines that are not blank, without surrounding spaces."""
        return [line for line in map(str.strip, self.text.split("\n")) if line]

    @cached_property
    def labels(self) -> list[str]:
        """The short lines in small letters, without signs before their first word: what marks and buttons look like."""
        short = (line.lower() for line in self.lines if len(line) <= MAX_LABEL_CHARS)
        return [line if line[0].isalnum() else line.lstrip(_LEADING) for line in short]

    @cached_property
    def paragraphs(self) -> list[str]:
        """What blank lines part, without surrounding spaces."""
        if "\n\n" not in self.text and "\n \n" not in self.text:
            return ["\n".join(self.lines)] if self.lines else []
        found: list[list[str]] = [[]]
        for line in map(str.strip, self.text.split("\n")):
            if line:
                found[-1].append(line)
            elif found[-1]:
                found.append([])
        return ["\n".join(lines) for lines in found if lines]

    @cached_property
    def words(self) -> list[str]:
        """The words as Gopher counts them: split at white space, punctuation included."""
        return self.text.split()

    @cached_property
    def word_characters(self) -> int:
        """How many characters the words have together."""
        return len("".join(self.words))

    @cached_property
    def line_characters(self) -> int:
        """How many characters the lines have together."""
        return len("".join(self.lines))

    @cached_property
    def plain_words(self) -> list[str]:
        """The words in small letters, without punctuation around them; what was punctuation alone is left out."""
        words = self.text.lower().split()
        plain = {word: word.strip(_PUNCTUATION) for word in set(words)}
        return [word for word in map(plain.__getitem__, words) if word]

    @cached_property
    def plain_counts(self) -> Counter[str]:
        """How often each plain word occurs."""
        return Counter(self.plain_words)

    @cached_property
    def plain_characters(self) -> int:
        """How many characters the plain words have together."""
        return len("".join(self.plain_words))

    @cached_property
    def full_stop_count(self) -> int:
        """How many words end in a full stop or its kin: the sentences that end."""
        return len(_FULL_STOPS.findall(self.text))


def sentence_count(line: str) -> int:
    """Return how many sentences a line holds; the end of the line ends one too."""
    inner = 0
    for found in _INNER_END.finditer(line, 0, max(len(line) - 1, 0)):
        if not _ABBREVIATION.search(line[max(0, found.start() - 6) : found.start() + 1] + " "):
            inner += 1
    return inner + 1
