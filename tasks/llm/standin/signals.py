"""What a document shows beside its topic: the world it is set in, steps, examples, an aspect, its parts."""

import re
from dataclasses import dataclass
from itertools import pairwise

from tasks.llm.standin.furniture import is_furniture
from tasks.llm.standin.grammar import number_of, verb_phrase
from tasks.llm.standin.textparts import Block
from tasks.llm.standin.titles import Usage, clean_title, running_case, title_lines
from tasks.llm.standin.topics import Topic
from tasks.llm.standin.verbs import VERBS

# What a document adds to its main matter, by a heading, and how a person asks for it.
_ASPECTS = (
    (re.compile(r"\b(?:mistakes|pitfalls|what not to do)\b", re.I), "which mistakes should I avoid"),
    (re.compile(r"\b(?:troubleshoot|problems|goes wrong|go wrong|errors)", re.I), "what can go wrong"),
    (re.compile(r"\b(?:safety|warnings?|caution|be careful|watch out|risks?)\b", re.I), "what should I watch out for"),
    (
        re.compile(r"\b(?:what you (?:will )?need|you['’]ll need|tools|materials|equipment)\b", re.I),
        "what do I need for it",
    ),
    (re.compile(r"\b(?:costs?|prices?)\b", re.I), "what does it cost"),
    (re.compile(r"\b(?:drawbacks|disadvantages|limits|limitations)\b", re.I), "where are the limits"),
    (
        re.compile(r"\b(?:storing|storage|keeping|aftercare|looking after|maintenance)\b", re.I),
        "what has to be done afterwards",
    ),
)
_NO_PART = re.compile(
    r"^(?:how|why|what|when|where|which|the|step|introduction|conclusion|summary|examples?|notes|overview|an?|more"
    r"|other|some|your|my|references|definitions|arguments|groups|exercises"
    r"|questions|links|comments|contents|sources|tags|resources|acknowledge?ments|credits|footnotes|others|concepts"
    r"|zeroes|steps|instructions|directions|options|details)\b|[^A-Za-z' -]|\band\b|\d",
    re.I,
)
_CAUTION = re.compile(r"\b(?:avoid|never|careful|beware|mistake|too (?:much|little|hot|long|soon))\b", re.I)
_EXAMPLES = re.compile(r"\b(?:for example|for instance|example)\b|>>>", re.I)
# Worlds in which a topic means something of its own; "sorting" on a page full of Python is "sorting in Python".
_SETTINGS = (
    ("Python", "in"),
    ("Debian", "on"),
    ("Excel", "in"),
    ("Git", "in"),
    ("PostgreSQL", "in"),
    ("Java", "in"),
    ("Rust", "in"),
    ("Linux", "on"),
    ("Windows", "on"),
)
_SETTING_MENTIONS = 3


@dataclass(frozen=True)
class Signals:
    """`setting` is " in Python" or "", `aspect` a question such as "what can go wrong" or "", `parts` noun phrases."""

    setting: str
    steps: bool
    examples: bool
    aspect: str
    parts: tuple[str, ...]


def find_signals(topic: Topic, blocks: list[Block], usage: Usage) -> Signals:
    """Read the signals off the headings, the lists and the words of a document."""
    name, preposition = max(_SETTINGS, key=lambda setting: usage.capital[setting[0]])
    mentioned = usage.capital[name] >= _SETTING_MENTIONS and name.lower() not in f"{topic.text} {topic.other}".lower()
    titles = title_lines(blocks)
    headings = [
        block.lines[0]
        for block, after in pairwise(blocks)
        if block.kind == "heading"
        and after.kind in ("paragraph", "list")
        and block.lines[0] not in titles
        and not is_furniture(block.lines[0])
    ]
    aspect = next((asked for pattern, asked in _ASPECTS for heading in headings if pattern.search(heading)), "")
    if not aspect and len(_CAUTION.findall(usage.text)) >= 3:
        aspect = "what should I watch out for"
    steps = (
        sum(len(block.lines) for block in blocks if block.kind == "list" and re.match(r"\s*\(?\d", block.lines[0])) >= 3
    )
    return Signals(
        setting=f" {preposition} {name}" if mentioned else "",
        steps=steps or sum(heading.lower().startswith("step ") for heading in headings) >= 2,
        examples=len(_EXAMPLES.findall(usage.text)) >= 3,
        aspect=aspect,
        parts=_parts(headings, usage),
    )


def _parts(headings: list[str], usage: Usage) -> tuple[str, ...]:
    """Return the headings that can stand in a list of wishes: short noun phrases in running-text case."""
    out: list[str] = []
    for heading in headings:
        text = running_case(clean_title(heading), usage)
        usable = 1 <= len(text.split()) <= 4 and not _NO_PART.search(text) and text.split()[0] not in VERBS
        if usable and verb_phrase(text) is None and number_of(text) == "plural" and text not in out:
            out.append(text)
    return tuple(out[:3])
