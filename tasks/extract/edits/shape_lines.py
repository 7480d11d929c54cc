"""Lines told by their shape: too short or long, without punctuation, counters, symbols alone."""

import re

from tasks.core.policy_config import CounterLines, LineLength, PunctuationLines, SymbolLines
from tasks.extract.edits.lines import edit_lines

_ENDS = re.compile(r"(?:[.!?…\"'”’»)\]]|[。！？])$")
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)$")
# RefinedWeb's "3 likes"; DCLM's words for what is counted.
_COUNTER = re.compile(
    r"\s*[0-9](?:[0-9.,]*[0-9])?\s?[kmb]?\s+(?:likes?|shares?|comments?|retweets?|reposts?|quotes?|bookmarks?|upvotes?"
    r"|downvotes?|downloads?|views?|followers?|replies|reply|reactions?|subscribers?)\s*[.!]?\s*",
    re.IGNORECASE,
)
# A longer line is more than a counter; without a bound a line of digits would be tried from every one of them.
MAX_COUNTER_CHARS = 80
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def edit_length(text: str, params: LineLength) -> str:
    """Return `text` without the lines of fewer or more words than allowed."""
    longest = float("inf") if params.max_length is None else params.max_length
    return edit_lines(text, lambda line: line if params.min_length <= len(line.split()) <= longest else None)


def edit_punctuation(text: str, params: PunctuationLines) -> str:
    """Return `text` without the lines that do not end in punctuation."""

    def line_of(line: str) -> str | None:
        end = line.rstrip()[-4:]
        return line if _ENDS.search(end) and not (params.remove_ellipses and _ELLIPSIS.search(end)) else None

    return edit_lines(text, line_of)


def edit_counters(text: str, params: CounterLines) -> str:
    """Return `text` without the lines that count readers' reactions."""
    return edit_lines(text, lambda line: None if len(line) <= MAX_COUNTER_CHARS and _COUNTER.fullmatch(line) else line)


def edit_symbols(text: str, params: SymbolLines) -> str:
    """Return `text` without the lines that have neither letter nor digit."""
    return edit_lines(text, lambda line: line if _LETTER_OR_DIGIT.search(line) else None)
