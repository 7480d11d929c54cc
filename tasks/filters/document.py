"""What the rules look at: the whole text, its prose, its language, and the figures that they found on the way."""

from functools import cached_property

from tasks.core.filter_rules import Part
from tasks.core.text.language import identify
from tasks.filters.code_lines import is_table_row, looks_like_code
from tasks.filters.passage import Passage

# Pieces spread over the text tell the language of a page in two languages better than its beginning does, and at an
# eighth of the time that 4,000 characters there take: of 1,539 manual pages, most of them translated in part, 55 were
# told otherwise than by the whole text; with 3 pieces of 400 characters 88.
LANGUAGE_PIECES = 12
LANGUAGE_PIECE_CHARS = 40


class DocumentText:
    """One document as the rules see it."""

    def __init__(self, text: str, *, url: str | None = None) -> None:
        self.text = text
        self.url = url or ""
        self.whole = Passage(text)
        self.figures: dict[str, float] = {}

    def of(self, part: Part) -> Passage:
        """Return the part of the document that a rule is asked of."""
        return self.prose if part == "prose" else self.whole

    def note(self, name: str, value: float) -> float:
        """Keep a figure behind a verdict, for people who tune the rules, and return it."""
        self.figures[name] = round(value, 4)
        return value

    @cached_property
    def lower(self) -> str:
        """The text in small letters."""
        return self.text.lower()

    @cached_property
    def prose(self) -> Passage:
        """The text without fenced code and lines that look like code."""
        blocks: list[list[str]] = [[]]
        fenced = has_code = False
        for line in self.text.split("\n"):
            if line.lstrip().startswith("```"):
                fenced = not fenced
                has_code = True
            elif not line.strip():
                if blocks[-1]:
                    blocks.append([])
            elif not fenced:
                blocks[-1].append(line)
        kept: list[list[str]] = []
        for lines in blocks:
            code = [looks_like_code(line) for line in lines]
            if not any(code):
                kept.append(lines)
                continue
            has_code = True
            # The odd line of a listing looks like prose: a block that is code by half is code.
            if sum(code) * 2 < len(lines):
                kept.append([line for line, is_code in zip(lines, code, strict=True) if not is_code])
        if not has_code:
            return self.whole
        lines = [line.strip() for block in kept for line in block]
        return Passage("\n\n".join("\n".join(map(str.strip, block)) for block in kept), lines)

    @cached_property
    def language(self) -> tuple[str, float]:
        """(ISO 639-1 code, probability) of the prose, or of the whole text where there is no prose."""
        text = self.prose.text
        if "|" in text:  # names and numbers in tables say little of the language around them
            text = "\n".join(line for line in self.prose.lines if not is_table_row(line))
        language, probability = identify(_sample(text.strip() or self.text))
        return language, round(probability, 4)

    @property
    def known_language(self) -> str | None:
        """The language code, None where no rule has asked for it yet."""
        found = self.__dict__.get("language")
        return found[0] if found else None


def _sample(text: str) -> str:
    if len(text) <= LANGUAGE_PIECES * LANGUAGE_PIECE_CHARS:
        return text
    step = (len(text) - LANGUAGE_PIECE_CHARS) / (LANGUAGE_PIECES - 1)
    starts = [int(number * step) for number in range(LANGUAGE_PIECES)]
    return "\n".join(text[start : start + LANGUAGE_PIECE_CHARS] for start in starts)
