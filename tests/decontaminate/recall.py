"""Measures what is found of planted items, beside a plain match of 13 words: `python -m tests.decontaminate.recall`."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tasks.core.decontaminate_config import DecontaminateConfig
from tasks.core.errors import DataError
from tasks.decontaminate.index import Index
from tasks.decontaminate.items import Item
from tasks.extract.html import extract
from tests.decontaminate.made_sets import all_items
from tests.decontaminate.planting import EDITED, FORMAL, LABELS, planted, shown

PAGES = Path(__file__).parents[2] / "tasks" / "local" / "sample" / "pages"
NGRAM_WORDS = 13
_WORD = re.compile(r"\w+")


@dataclass
class Found:
    """What of one variant was found: planted items, those found here, those found by a plain match, those missed."""

    planted: int = 0
    ours: int = 0
    plain: int = 0
    missed: list[Item] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.ours / self.planted


def pages() -> list[str]:
    """The texts of the sample pages that have one."""
    found = []
    for path in sorted(PAGES.glob("*.html")):
        try:
            found.append(extract(path.read_bytes()).text)
        except DataError:
            continue
    return [text for text in found if len(text) > 500]


def variants() -> Iterator[tuple[str, Item, str]]:
    """Yield (variant, item, the item as the variant has it) for all of them; the same ones every time."""
    for item, value in all_items():
        for name, change in {**FORMAL, **EDITED}.items():
            yield name, item, change(shown(value), random.Random(f"{item.set_name} {item.name} {name}"))
        if "choices" in value:
            for name, label in LABELS.items():
                yield name, item, shown(value, label)


def measure(config: DecontaminateConfig | None = None) -> dict[str, Found]:
    """Plant every variant of every item in a sample page; return what was found, by variant."""
    index = Index((item for item, _ in all_items()), config or DecontaminateConfig())
    plain = plain_matcher([item for item, _ in all_items()])
    found: dict[str, Found] = defaultdict(Found)
    background = pages()
    for number, (name, item, text) in enumerate(variants()):
        page = planted(text, background[number % len(background)])
        match = index.find(page)
        line = found[name]
        line.planted += 1
        line.plain += plain(page)
        if match is not None and (match.set_name, match.item) == (item.set_name, item.name):
            line.ours += 1
        else:
            line.missed.append(item)
    return dict(found)


def plain_matcher(known: list[Item]) -> Callable[[str], bool]:
    """Return a function that looks for 13 words in a row, as other pipelines do: small letters, no punctuation."""

    def ngrams(text: str) -> set[tuple[str, ...]]:
        words = _WORD.findall(text.lower())
        return {tuple(words[start : start + NGRAM_WORDS]) for start in range(len(words) - NGRAM_WORDS + 1)}

    index = {ngram for item in known for ngram in ngrams(" ".join(item.texts))}
    return lambda text: not index.isdisjoint(ngrams(text))


def table(found: dict[str, Found]) -> str:
    """Return the figures as a Markdown table."""
    total = sum(line.planted for line in found.values())
    ours, plain = (sum(getattr(line, who) for line in found.values()) / total for who in ("ours", "plain"))
    lines = [
        f"| {name} | {line.planted} | {line.recall:.3f} | {line.plain / line.planted:.3f} |"
        for name, line in found.items()
    ]
    head = ["| variant | planted | recall | plain 13-grams |", "|---|---|---|---|"]
    return "\n".join([*head, *lines, f"| all | {total} | {ours:.3f} | {plain:.3f} |"])


if __name__ == "__main__":
    print(table(measure()))
