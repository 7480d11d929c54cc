"""Plants evaluation items in pages, in the ways in which pages come to hold them."""

import html
import json
import random
import re
import textwrap
import unicodedata
from collections.abc import Callable
from typing import Any

Variant = Callable[[str, random.Random], str]
# Letters with the signs that go with them: `\w` alone cuts words of Hindi in pieces.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963])+")
OTHER_WORDS = ("copper", "gently", "window", "seven", "beyond", "market")


def shown(item: dict[str, Any], label: Callable[[int], str] = lambda n: f"({'ABCD'[n]})") -> str:
    """An item as a page shows it: its question, then its choices with their labels, or its turns."""
    text = item.get("instruction") or item.get("prompt") or item.get("question") or "\n\n".join(item["turns"])
    choices = [f"{label(number)} {choice}" for number, choice in enumerate(item.get("choices", ()))]
    return "\n".join([text, *choices])


def wrapped(width: int) -> Variant:
    return lambda text, _: "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def bullets(text: str, _: random.Random) -> str:
    return "\n".join(f"* {line}" for line in textwrap.wrap(text, 60))


def quoted(text: str, _: random.Random) -> str:
    return "\n".join(f"> {line}" for line in textwrap.wrap(text, 50))


def bold(text: str, chance: random.Random) -> str:
    return _WORD.sub(lambda word: f"**{word[0]}**" if chance.random() < 0.2 else word[0], text)


def upper(text: str, _: random.Random) -> str:
    return text.upper()


def without_punctuation(text: str, _: random.Random) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign)[0] not in "PS")


def smart_quotes(text: str, _: random.Random) -> str:
    text = re.sub(r"(\w)'(\w)", "\\1\u2019\\2", text)
    return re.sub(r'"([^"]*)"', "\u201c\\1\u201d", text).replace("-", "\u2011").replace("...", "\u2026")


def white_space(text: str, chance: random.Random) -> str:
    return re.sub(r"[ \n]", lambda _: chance.choice(("  ", "\t", "\u00a0", " \n", "\n\n   ", " ")), text)


def hyphenated(text: str, _: random.Random) -> str:
    lines = textwrap.wrap(text, 46)
    broken = []
    for line in lines:
        head, space, last = line.rpartition(" ")
        is_word = re.fullmatch(r"[a-z]{6,}", last) is not None
        broken.append(f"{head}{space}{last[:3]}-\n{last[3:]}" if is_word else f"{line}\n")
    return "".join(part if part.endswith("\n") else f"{part} " for part in broken)


def soft_hyphens(text: str, _: random.Random) -> str:
    return re.sub(r"\b(\w{4})(\w{4,})\b", "\\1\u00ad\\2", text)


def zero_width(text: str, chance: random.Random) -> str:
    return "".join(sign + ("\u200b" if chance.random() < 0.1 else "") for sign in text)


def entities(text: str, _: random.Random) -> str:
    return (
        html.escape(text).replace("'", "&rsquo;").replace("\n", "<br>\n").replace("?", "&#63;").replace("-", "&shy;-")
    )


def tags(text: str, chance: random.Random) -> str:
    return _WORD.sub(lambda word: f'<span class="w">{word[0]}</span>' if chance.random() < 0.2 else word[0], text)


def in_json(text: str, _: random.Random) -> str:
    return json.dumps({"question": text})


def prefixed(text: str, _: random.Random) -> str:
    return f"Question: {text}\nAnswer:"


def two_paragraphs(text: str, _: random.Random) -> str:
    place = text.find(" ", len(text) // 2)
    return f"{text[:place]}\n\n{text[place + 1 :]}" if place > 0 else text


def numbers(text: str, _: random.Random) -> str:
    return re.sub(r"\d{1,3}(?:,\d{3})+|\d{4,}", lambda number: _regrouped(number[0]), text)


def _regrouped(number: str) -> str:
    return number.replace(",", "") if "," in number else f"{int(number):,}".replace(",", "\u202f")


def line_numbers(text: str, _: random.Random) -> str:
    return "\n".join(f"{number:3}  {line}" for number, line in enumerate(textwrap.wrap(text, 50), start=1))


def _middle(text: str) -> re.Match[str]:
    found = [*_WORD.finditer(text)]
    return found[len(found) // 2]


def word_changed(text: str, chance: random.Random) -> str:
    word = _middle(text)
    return text[: word.start()] + chance.choice(OTHER_WORDS) + text[word.end() :]


def word_inserted(text: str, chance: random.Random) -> str:
    word = _middle(text)
    return f"{text[: word.start()]}{chance.choice(OTHER_WORDS)} {text[word.start() :]}"


def word_deleted(text: str, _: random.Random) -> str:
    word = _middle(text)
    return text[: word.start()] + text[word.end() :].lstrip()


def planted(text: str, page: str) -> str:
    """A page with `text` between its paragraphs, about in the middle."""
    place = page.find("\n", len(page) // 2)
    return f"{page[:place]}\n\n{text}\n\n{page[place:]}"


# What only the form of a page does to a text. Each must be seen through.
FORMAL: dict[str, Variant] = {
    "as it is": lambda text, _: text,
    "wrapped at 40": wrapped(40),
    "wrapped at 60": wrapped(60),
    "wrapped at 72": wrapped(72),
    "bullets": bullets,
    "quoted lines": quoted,
    "bold words": bold,
    "upper case": upper,
    "no punctuation": without_punctuation,
    "smart quotes": smart_quotes,
    "white space": white_space,
    "hyphenated": hyphenated,
    "soft hyphens": soft_hyphens,
    "zero-width signs": zero_width,
    "entities": entities,
    "tags": tags,
    "in a JSON text": in_json,
    "prefixed": prefixed,
    "two paragraphs": two_paragraphs,
    "numbers regrouped": numbers,
    "line numbers": line_numbers,
}
# What a person or a program does to it.
EDITED: dict[str, Variant] = {
    "a word changed": word_changed,
    "a word inserted": word_inserted,
    "a word deleted": word_deleted,
}
LABELS: dict[str, Callable[[int], str]] = {
    "choices (A)": lambda n: f"({'ABCD'[n]})",
    "choices A.": lambda n: f"{'ABCD'[n]}.",
    "choices 1.": lambda n: f"{n + 1}.",
    "choices 1)": lambda n: f"{n + 1})",
    "choices as bullets": lambda n: "-",
    "choices as boxes": lambda n: "[ ]",
}
