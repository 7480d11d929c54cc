"""document -> the request it answers, in the words of someone who has not seen it."""

import re
from dataclasses import dataclass

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.furniture import is_furniture
from tasks.llm.standin.grammar import in_use, number_of, verb_phrase
from tasks.llm.standin.textparts import Block, blocks_of
from tasks.llm.standin.titles import Usage, clean_title, running_case, title_lines
from tasks.llm.standin.topics import Topic, find_topic
from tasks.llm.standin.verbs import VERBS

NOTHING_FOUND = "Can you write down what you know about this, in a few clear paragraphs?"

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
_WORKS = re.compile(r"\bwork(?:s|ing)?\b", re.I)
_USED = re.compile(r"\b(?:used (?:for|to|in|by|as)|useful|is for)\b", re.I)
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
_PURPOSE = re.compile(
    r"\bmodule (?:provides|implements|defines|offers|contains|supplies)(?: an?| the| some| several"
    r"| various)? (?:\w+ ){0,3}?(?:functions?|class(?:es)?|tools?|interfaces?|support|access|facilities|utilities"
    r"|routines?|methods?|infrastructure|mechanisms?|primitives|way) (for|to) ([a-z][^.;:()]{6,70})(?=[.;:(])"
)


@dataclass(frozen=True)
class _Signals:
    """What else the document shows: the world it is set in, steps, examples, an aspect, its parts."""

    setting: str
    steps: bool
    examples: bool
    aspect: str
    parts: tuple[str, ...]


def backtranslate(document: str, choose: Choose) -> str:
    """Return one request, in one or two sentences. A pure function of its arguments."""
    blocks = blocks_of(document)
    usage = Usage.of(blocks)
    topic = find_topic(blocks, usage)
    if topic is None:
        return NOTHING_FOUND
    return _sentence(_ask(topic, _signals(topic, blocks, usage), usage, choose))


def _signals(topic: Topic, blocks: list[Block], usage: Usage) -> _Signals:
    name, preposition = max(_SETTINGS, key=lambda setting: usage.capital[setting[0]])
    mentioned = usage.capital[name] >= _SETTING_MENTIONS and name.lower() not in f"{topic.text} {topic.other}".lower()
    titles = title_lines(blocks)
    headings = [
        block.lines[0]
        for block, after in zip(blocks, blocks[1:], strict=False)
        if block.kind == "heading"
        and after.kind in ("paragraph", "list")
        and block.lines[0] not in titles
        and not is_furniture(block.lines[0])
    ]
    aspect = next((asked for heading in headings for pattern, asked in _ASPECTS if pattern.search(heading)), "")
    if not aspect and len(_CAUTION.findall(usage.text)) >= 3:
        aspect = "what should I watch out for"
    steps = (
        sum(len(block.lines) for block in blocks if block.kind == "list" and re.match(r"\s*\(?\d", block.lines[0])) >= 3
    )
    return _Signals(
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


def _ask(topic: Topic, seen: _Signals, usage: Usage, choose: Choose) -> str:
    text = topic.text
    if topic.kind == "task":
        return _task(text + seen.setting, seen, choose)
    if topic.kind == "question":
        forms = [f"{text}{seen.setting}?"]
        if seen.aspect and text.lower().startswith("how do i "):
            forms.append(f"{text}{seen.setting}, and {seen.aspect}?")
        elif seen.examples:
            forms.append(f"{text}{seen.setting}? Please give me some examples.")
        return choose("question", tuple(forms))
    if topic.kind == "should":
        return f"{text}{seen.setting}?"
    if topic.kind == "clause":
        return choose(
            "clause",
            (
                f"can you explain {text}{seen.setting}?",
                f"I would like to understand {text}{seen.setting}. Can you explain it?",
                f"could you tell me {text}{seen.setting}?",
            ),
        )
    if topic.kind == "compare":
        return choose(
            "compare",
            (
                f"what are the differences between {text} and {topic.other}, and when should I choose which?",
                f"how do {text} and {topic.other} compare, and which of them suits which case?",
                f"I have to choose between {text} and {topic.other}. What speaks for each of them?",
            ),
        )
    if topic.kind == "ways":
        named = f"{topic.text} {topic.other}".strip()
        return choose(
            "ways",
            (
                f"what are some {named}{seen.setting}?"
                if topic.text != "best practices"
                else f"what are the {named}{seen.setting}?",
                f"can you give me a list of {named}{seen.setting}, with a short explanation of each?",
            ),
        )
    if topic.kind == "overview":
        article = "an" if topic.other[0] in "aeiou" else "a"
        return choose(
            "overview",
            (
                f"can you give me {article} {topic.other} {_OF.get(topic.other, 'of')} {text}{seen.setting}?",
                f"I would like {article} {topic.other} {_OF.get(topic.other, 'of')} {text}{seen.setting}. Can you give me one{', with examples' if seen.examples else ''}?",
            ),
        )
    if topic.kind == "faq":
        return f"can you answer the most common questions about {text}{seen.setting}?"
    if topic.kind == "recipe":
        return choose(
            "recipe",
            (
                f"can you give me a recipe for {text}?",
                f"I would like to make {text}. What do I need, and how do I go about it?",
                f"how do I make {text} at home?",
            ),
        )
    if topic.kind == "module":
        return _module(topic, usage, choose)
    return _thing(topic, seen, usage, choose)


_OWNER = {True: "Python's", False: "the"}
_OF = {"introduction": "to"}


def _task(phrase: str, seen: _Signals, choose: Choose) -> str:
    forms = [
        f"how do I {phrase}?",
        f"can you explain how to {phrase}?",
        f"I want to {phrase}. How do I go about it?",
        f"what is a good way to {phrase}?",
    ]
    if seen.steps:
        forms += [f"how do I {phrase}, step by step?", f"I want to {phrase}. What should I do, step by step?"]
    if seen.aspect:
        forms += [
            f"how do I {phrase}, and {seen.aspect}?",
            f"I want to {phrase}. What is the best way to do it, and {seen.aspect}?",
        ]
    elif seen.examples:
        forms += [f"how do I {phrase}? Please show me some examples."]
    return choose("task", tuple(forms))


def _module(topic: Topic, usage: Usage, choose: Choose) -> str:
    python = bool(usage.written["Python"])
    name = f"{_OWNER[python]} {topic.text} module"
    inside = " in Python" if python else ""
    forms = [f"what does {name} do, and how do I use it?", f"can you explain what {name} is for and how it is used?"]
    found = _PURPOSE.search(usage.text)
    purpose = verb_phrase(found[2]) if found and found[1] == "for" else found[2] if found else None
    for phrase in (_running(topic.other), _running(purpose or "")):
        verb = phrase.partition(" ")[0].rpartition("-")[2]
        if verb in VERBS - {"support", "work", "help"} and 2 <= len(phrase.split()) <= 9:
            own = "" if "Python" in phrase else inside
            forms = [
                f"how do I {phrase}{own}?",
                f"I want to {phrase}{own}. Which module helps me with that, and how is it used?",
                f"how can I {phrase}{own} with the {topic.text} module?",
            ]
            break
    return choose("module", tuple(forms))


def _running(phrase: str) -> str:
    return phrase[:1].lower() + phrase[1:] if phrase[1:2].islower() else phrase


def _thing(topic: Topic, seen: _Signals, usage: Usage, choose: Choose) -> str:
    phrase, number = in_use(topic.text, usage)
    if topic.other in ("is", "are"):
        number = "plural" if topic.other == "are" else "singular"
    cover = f" Please cover {', '.join(seen.parts[:-1])} and {seen.parts[-1]}." if len(seen.parts) >= 2 else ""
    where = seen.setting
    forms = [
        f"what should I know about {phrase}{where}?{cover}",
        f"can you explain {phrase}{where} to me?{cover}",
        f"could you give me an overview of {phrase}{where}?{cover}",
        f"I am trying to understand {phrase}{where}. What are the main points?{cover}",
    ]
    process = number != "plural" and re.search(r"(?:ing|[ts]ion)$", phrase) is not None
    plural = number == "plural"
    be, they, do = ("are", "they", "do") if plural else ("is", "it", "does")
    works = len(_WORKS.findall(usage.text)) >= 2
    if process:
        forms = [f"how does {phrase} work{where}?{cover}", f"can you explain how {phrase} works{where}?{cover}"]
    elif number != "unknown" and not cover:
        if works:
            forms += [f"what {be} {phrase}{where}, and how {do} {they} work?"]
        if topic.other or _USED.search(usage.text):
            forms += [f"what {be} {phrase}{where}, and what {be} {they} used for?"]
    if seen.examples:
        forms.append(f"can you explain {phrase}{where} with some examples?{cover}")
    if seen.aspect and not cover:
        forms.append(f"what should I know about {phrase}{where}, and {seen.aspect}?")
    return choose("thing", tuple(forms))


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return text[0].upper() + text[1:]
