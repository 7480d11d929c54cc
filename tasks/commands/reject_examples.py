"""Some pages that a rule threw away, each with what the page itself shows, for people who tune the rules."""

import random
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from resiliparse.extract.html2text import extract_plain_text

from tasks.commands.corpus_output import Summary, read_rejects
from tasks.commands.local_files import open_store
from tasks.core.config import ExtractConfig
from tasks.core.errors import ConfigError, DataError, PipelineError
from tasks.core.runtime import Row
from tasks.core.text.characters import printable
from tasks.extract.charset import decode
from tasks.extract.fetch import fetch
from tasks.extract.readers import read_one
from tasks.extract.records import SourceRecord
from tasks.extract.tree import parse

# Characters of a text or of a page's source that a report holds: a page may have 16 MB.
MAX_CHARS = 40_000
# Direction marks could turn around what stands beside them; C1 controls start escape sequences on some terminals.
_TRICKS = re.compile(r"[\x80-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Example:
    """One reject. `text` is what was extracted, None where nothing was; `seen` is all text of the page, `source` its
    markup; both are None where the page could not be read again, and `trouble` says why. All are safe to print.
    """

    stage: str
    reason: str
    detail: str
    url: str
    title: str
    place: str
    text: str | None
    seen: str | None
    source: str | None
    trouble: str = ""


def find_examples(folder: Path, summary: Summary, reason: str, *, limit: int, seed: int) -> list[Example]:
    """Return `limit` of the rejects of `reason`, all equally likely, in the order of the corpus.

    Raises ConfigError naming the reasons there are when there is none of this name.
    """
    if reason not in {item.reason for item in summary.reasons}:
        there = ", ".join(f"{item.reason} ({item.count})" for item in summary.reasons) or "none: all pages were kept"
        raise ConfigError(f"--reason {reason}: nothing was rejected for that; there are {there}")
    rng = random.Random(f"{seed} {reason}")
    chosen: list[tuple[int, Row]] = []
    seen = 0
    for number, row in enumerate(read_rejects(folder)):
        if row["reason"] != reason:
            continue
        seen += 1
        if len(chosen) < limit:
            chosen.append((number, row))
        elif (place := rng.randrange(seen)) < limit:
            chosen[place] = number, row
    return [_example(row, summary) for _, row in sorted(chosen, key=lambda item: item[0])]


def as_html(title: str, subtitle: str, examples: list[Example]) -> str:
    """Return the examples as one page that loads and runs nothing; every text from the web is escaped."""
    return _templates.get_template("reject_page.html.jinja").render(title=title, subtitle=subtitle, examples=examples)


def safe(text: str) -> str:
    """Return text from the web without what a terminal or a browser would obey."""
    return _TRICKS.sub("", printable(text))


def _example(row: Row, summary: Summary) -> Example:
    place = ", ".join([row["source"], *(f"{name} {value}" for name, value in row["locator"].items())])
    made = partial(
        Example,
        stage=row["stage"],
        reason=row["reason"],
        detail=safe(row.get("detail") or ""),
        url=safe(row.get("url") or "(no address)"),
        title=safe(row.get("title") or ""),
        place=safe(place),
        text=_cut(row["text"]) if row.get("text") else None,
    )
    try:
        record = _record(row, summary)
        if record.is_text:
            return made(seen=_cut(record.payload.decode("utf-8", "replace")), source=None)
        markup = decode(record.payload, content_type=record.content_type)[0]
    except KeyError:
        return made(seen=None, source=None, trouble="the page cannot be shown: its file is not there any more")
    except (PipelineError, OSError) as error:
        return made(seen=None, source=None, trouble=f"the page cannot be shown: {safe(str(error))}")
    try:
        parse(markup)  # refuses what would cost more time than it is worth
        seen = extract_plain_text(markup, main_content=False, alt_texts=False)
    except DataError as error:
        return made(seen=None, source=_cut(markup), trouble=f"the page has no text: {safe(str(error))}")
    return made(seen=_cut(_BLANK_LINES.sub("\n\n", seen)), source=_cut(markup))


def _record(row: Row, summary: Summary) -> SourceRecord:
    """Return the record that a reject was made of, read again from its file."""
    config = ExtractConfig.model_validate(summary.config["extract"])
    store, kind = open_store(summary.sources[row["source"]]), row["source_kind"]
    data = fetch(store, kind, row["source"], row["locator"])
    return read_one(data, kind, config.fields, max_record_bytes=config.max_record_bytes)


def _cut(text: str) -> str:
    text = safe(text)
    more = len(text) - MAX_CHARS
    return text if more <= 0 else f"{text[:MAX_CHARS]}\n[{more:,} more characters]"
