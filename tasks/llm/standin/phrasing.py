"""From a topic to a request: the forms in which a person may ask for it, one of them chosen."""

import re
from collections.abc import Callable

from tasks.llm.standin.choice import Choose
from tasks.llm.standin.grammar import has_object, in_use, verb_phrase
from tasks.llm.standin.signals import Signals
from tasks.llm.standin.titles import Usage
from tasks.llm.standin.topics import Kind, Topic
from tasks.llm.standin.verbs import VERBS

_WORKS = re.compile(r"\bwork(?:s|ing)?\b", re.I)
_USED = re.compile(r"\b(?:used (?:for|to|in|by|as)|useful|is for)\b", re.I)
_PURPOSE = re.compile(
    r"\bmodule (?:provides|implements|defines|offers|contains|supplies)(?: an?| the| some| several"
    r"| various)? (?:\w+ ){0,3}?(?:functions?|class(?:es)?|tools?|interfaces?|support|access|facilities|utilities"
    r"|routines?|methods?|infrastructure|mechanisms?|primitives|way) (for|to) ([a-z][^.;:()]{6,70})(?=[.;:(])"
)
# Verbs with which a purpose reads badly as a wish: "I want to support ...".
_NO_WISH = frozenset({"support", "work", "help", "level"})


def request_for(topic: Topic, seen: Signals, usage: Usage, choose: Choose) -> str:
    """Return a request for `topic`; its first letter may be small."""
    return choose(topic.kind, _FORMS[topic.kind](topic, seen, usage))


def _task(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    phrase = topic.text + seen.setting
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
    return forms


def _question(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    asked = topic.text + seen.setting
    if seen.aspect and asked.lower().startswith("how do i "):
        return [f"{asked}?", f"{asked}, and {seen.aspect}?"]
    return [f"{asked}?", f"{asked}? Please give me some examples."] if seen.examples else [f"{asked}?"]


def _should(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    return [f"{topic.text}{seen.setting}?"]


def _clause(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    clause = topic.text + seen.setting
    return [
        f"can you explain {clause}?",
        f"I would like to understand {clause}. Can you explain it?",
        f"could you tell me {clause}?",
    ]


def _compare(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    one, two = topic.text, topic.other
    return [
        f"what are the differences between {one} and {two}, and when should I choose which?",
        f"how do {one} and {two} compare, and which of them suits which case?",
        f"I have to choose between {one} and {two}. What speaks for each of them?",
    ]


def _ways(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    named = f"{topic.text} {topic.other}".strip() + seen.setting
    some = "the" if topic.text == "best practices" else "some"
    return [f"what are {some} {named}?", f"can you give me a list of {named}, with a short explanation of each?"]


def _overview(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    article = "an" if topic.other[0] in "aeiou" else "a"
    of = "to" if topic.other == "introduction" else "of"
    named = f"{article} {topic.other} {of} {topic.text}{seen.setting}"
    with_examples = ", with examples" if seen.examples else ""
    return [f"can you give me {named}?", f"I would like {named}. Can you give me one{with_examples}?"]


def _faq(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    return [f"can you answer the most common questions about {topic.text}{seen.setting}?"]


def _recipe(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    dish = topic.text
    return [
        f"can you give me a recipe for {dish}?",
        f"I would like to make {dish}. What do I need, and how do I go about it?",
        f"how do I make {dish} at home?",
    ]


def _module(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
    python = bool(usage.written["Python"])
    name = f"Python's {topic.text} module" if python else f"the {topic.text} module"
    inside = " in Python" if python else ""
    forms = [f"what does {name} do, and how do I use it?", f"can you explain what {name} is for and how it is used?"]
    found = _PURPOSE.search(usage.text)
    purpose = verb_phrase(found[2]) if found and found[1] == "for" else found[2] if found else None
    for phrase in (_running(topic.other), _running((purpose or "").strip())):
        verb = phrase.partition(" ")[0].rpartition("-")[2]
        if verb in VERBS - _NO_WISH and len(phrase.split()) <= 9 and has_object(phrase):
            own = "" if "Python" in phrase else inside
            forms = [
                f"how do I {phrase}{own}?",
                f"I want to {phrase}{own}. Which module helps me with that, and how is it used?",
                f"how can I {phrase}{own} with the {topic.text} module?",
            ]
            break
    return forms


def _running(phrase: str) -> str:
    return phrase[:1].lower() + phrase[1:] if phrase[1:2].islower() else phrase


def _thing(topic: Topic, seen: Signals, usage: Usage) -> list[str]:
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
    return forms


_FORMS: dict[Kind, Callable[[Topic, Signals, Usage], list[str]]] = {
    "task": _task,
    "question": _question,
    "should": _should,
    "clause": _clause,
    "compare": _compare,
    "ways": _ways,
    "overview": _overview,
    "faq": _faq,
    "recipe": _recipe,
    "module": _module,
    "thing": _thing,
}
