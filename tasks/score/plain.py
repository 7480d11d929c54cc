"""A judge's answer as plain text: small letters, one width, no markup, and the place in the answer of every character.

What is no statement of a score is blanked here as well: words about the scale, quoted lines of the rubric, sums.
"""

import re
import unicodedata
from dataclasses import dataclass

# What a reasoning model thought before it answered is no judgement; the tags of several families of models.
_THOUGHT_END = re.compile(r"</\s?(?:think|thinking|thought)\s?>|<\|/(?:think|thinking)\|>", re.I)
_THOUGHT_START = re.compile(r"<\s?(?:think|thinking|thought)\s?>|<\|(?:think|thinking)\|>", re.I)
# A server that does not stop at these lets the model invent the next turn.
_TURN_END = re.compile(r"<\|(?:im_end|eot_id|end|endoftext|end_of_text)\|>|</s>|<end_of_turn>|<｜end▁of▁sentence｜>")
_MARKUP = re.compile(r"<\|[a-z_]{1,30}\|>|\\(?:text|textbf|mathbf|bf)(?![a-z])")

# Stands for a character that is dropped once all patterns have been at work.
_GONE = "\x00"
_DROPPED = frozenset("*`\x00")
_REPLACED = {"_": " ", "−": "-", "⁄": "/", "’": "'", "‘": "'", "“": '"', "”": '"', "\\": " ", "$": " "}

_STARS = re.compile(r"(?<![★⭐🌟])(?P<full>[★⭐🌟]{1,5})(?P<empty>[☆✩]{0,4})(?![★⭐🌟☆✩½1])")
# 1 + 1 + 0 = 2, 5 - 1 = 4: the right side counts.
_SUM = re.compile(r"(?<![\w.])\d(?: ?[-+] ?\d){1,8} ?= ?(?=\d)")
_SCALE = re.compile(
    r"[(\[]?\b(?:(?:on|using)\s)?(?:(?:a|the)\s)?(?:scale\s)?(?:from\s|of\s|between\s)?"
    r"(?:1|one)\s?(?:-|–|—|to|and|through)\s?(?:5|five)\b(?:[ -]?(?:point\s)?scale)?[)\]]?"
    r"|(?<!out of )\b(?:(?:on|using)\s)?(?:(?:a|the)\s)?(?:5|five)[ -]points?\b(?:\s(?:scale|rubric))?"
    r"|\(?(?:max(?:imum)?|out of)\s(?:5|five)\)?(?= ?:)"
)
# "5: An exemplary answer …", "3 - It helps", "4 points: complete": a row of the rubric, or an item of a list.
_ENUMERATOR = re.compile(r"^[^\w\n]*[0-9](?: ?points?)? ?[:.)=–—-] ?(?=[^\s\d])", re.M)
_HEADING = re.compile(r"(?:score|rating|verdict|grade|judge?ment)\W*\Z")
_RUBRIC_LINE = re.compile(r"^[^\w\n]*(?:score|rating|level|grade) [0-9] ?[:=–—-] ?[^\s\d].*$", re.M)


@dataclass(frozen=True)
class Plain:
    """`text`, and for each of its characters the index in the answer of the one it stands for."""

    text: str
    offsets: list[int]


def judgement_span(answer: str) -> tuple[int, int]:
    """Return where the judgement begins and ends: after all thoughts, and with the first turn."""
    start = max((match.end() for match in _THOUGHT_END.finditer(answer)), default=0)
    unfinished = _THOUGHT_START.search(answer, start)
    end = unfinished.start() if unfinished else len(answer)
    for match in _TURN_END.finditer(answer, start, end):
        if answer[start : match.start()].strip():
            return start, match.start()
    return start, end


def plain(answer: str, start: int, end: int) -> Plain:
    """Return the part of `answer` from `start` to `end`, ready to be searched for statements of a score."""
    shown = _MARKUP.sub(_blank, answer[start:end])
    text, offsets = _characters(shown, start)
    text = _SUM.sub(_drop, _STARS.sub(_count, text))
    text = _SCALE.sub(_drop, _ENUMERATOR.sub(_drop_enumerator, text))
    if len(_RUBRIC_LINE.findall(text)) > 1:
        text = _RUBRIC_LINE.sub(_drop, text)
    kept = [index for index, sign in enumerate(text) if sign != _GONE]
    return Plain("".join(text[index] for index in kept), [offsets[index] for index in kept])


def _characters(shown: str, start: int) -> tuple[str, list[int]]:
    """Fold every character by itself, so that its place is known; runs of blanks become one blank or empty line."""
    out: list[str] = []
    offsets: list[int] = []
    for index, character in enumerate(shown, start):
        folded = character.lower() if character.isascii() else unicodedata.normalize("NFKC", character).casefold()
        for sign in folded:
            sign = _REPLACED.get(sign, sign)
            if sign in _DROPPED or (not sign.isascii() and unicodedata.category(sign) in ("Cf", "Mn")):
                continue
            if sign.isspace():
                sign = "\n" if sign in "\n\r\x0b\x0c\x85\u2028\u2029" else " "
                before = out[-1] if out else "\n"
                if sign == " " and before in " \n":
                    continue
                if sign == "\n" and before == " ":
                    out.pop()
                    offsets.pop()
                if sign == "\n" and out[-2:] == ["\n", "\n"]:
                    continue
            out.append(sign)
            offsets.append(index)
    return "".join(out), offsets


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _drop(match: re.Match[str]) -> str:
    return _GONE * len(match[0])


def _drop_enumerator(match: re.Match[str]) -> str:
    """Below a heading "Score" the number that begins a line is the score."""
    is_headed = _HEADING.search(match.string, max(0, match.start() - 20), match.start())
    return match[0] if is_headed else _drop(match)


def _count(match: re.Match[str]) -> str:
    """Write a row of stars as the number it stands for, in as many characters."""
    full, empty = len(match["full"]), len(match["empty"])
    if empty and full + empty != 5:
        return match[0]
    return (f"{full}/5" if full + empty == 5 else str(full)).ljust(full + empty, _GONE)
