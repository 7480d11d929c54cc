"""From a title, or from the first sentences, to what a person would have wanted: a topic of one of a few kinds."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from tasks.llm.standin.furniture import is_about_itself, is_first_person, is_furniture, is_invitation
from tasks.llm.standin.grammar import first_person, invert, is_command, number_of, verb_phrase
from tasks.llm.standin.textparts import STOP_WORDS, Block, sentences_of, words_of
from tasks.llm.standin.titles import Usage, clean_title, find_title, running_case
from tasks.llm.standin.verbs import VERBS
from tasks.llm.standin.wordlist import word_set

Kind = Literal[
    "task", "clause", "question", "should", "compare", "module", "ways", "overview", "faq", "thing", "recipe"
]


@dataclass(frozen=True)
class Topic:
    """`text` is a verb phrase (task), a clause with its question word (clause), a whole question, or a noun phrase."""

    kind: Kind
    text: str
    other: str = ""


_MODULE = re.compile(r"^(?:([a-z_]\w*(?:\.\w+)*)\s+[—–-]+|([a-z_]\w*(?:\.\w+)+):)\s+(\S.+)$")
_GENERIC = re.compile(
    r"^(?:introduction|appendix|overview|preface|foreword|acknowledge?ments?|notes?|index|glossary|contents?|summary"
    r"|conclusion|abstract|background|details|description|general|basics"
    r"|examples?|references?|usage|resources|documentation|article|untitled|news|change ?log|release notes|about"
    r"|help|faq|main page|start|getting started|questions?|page \d+|.*\bcollection)$",
    re.I,
)
_INVERTED = re.compile(
    r"^(?:how|why|what|when|where|who|whose|how (?:much|many|often|long|far|big|old|well|soon)(?: \w+)?"
    r"|(?:what|which) \w+)"
    r" (?:do|does|did|is|are|was|were|can|could|should|will|would|must|may|might|has|have|had)\b"
    r"|^(?:do|does|did|is|are|can|could|should|will|would|has|have) \w+ \w+",
    re.I,
)
# "Why Debian Bullseye?": no verb, so a choice is meant.
_WHY_THING = re.compile(r"^(?:why|Why) ((?:(?:an?|the) )?[A-Z]\S*(?: \S+){0,2})$")
_ASKING = re.compile(r"^(?:how|why|what|which|when|where|who|whose)\b", re.I)
_TAIL = re.compile(r"[,:]? (?:and|or) (?:what|how|why|when|who) .*$|, .*$|: .*$|\s[–—-]\s.*$", re.I)
_GUIDE_TO = re.compile(
    r"^(?:(?:the|a|an|your|my) )?(?:(?:beginner|newbie|dummie|idiot|buyer|owner|user|visitor)s?['’]?s? |complete "
    r"|short |quick |practical |simple |easy |ultimate |basic |gentle |informal "
    r"|brief |step-by-step |definitive |essential |handy |first )*(guide|primer|tutorial|introduction|intro|overview"
    r"|tour|history|how-?to)\s+(?:to|of|on|for|about)\s+(.+)$",
    re.I,
)
_GUIDE_AFTER = re.compile(
    r"^(.+?)[ ,–-]+(?:(?:how-?to|how to) guide|for (?:absolute )?beginners|(?:user['’]?s? "
    r"|beginner['’]?s? )?(?:guide|tutorial|primer|how-?to|how to|cookbook|101|explained|basics|in a nutshell"
    r"|step by step|made easy))$",
    re.I,
)
_WAYS = re.compile(
    r"^(?:(?:the|our|my) )?(?:top )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|some|a few) (?:(?:simple"
    r"|easy|best|great|good|quick|common|practical|useful|proven|smart|more|other|different|amazing|incredible"
    r"|surprising|essential|important|top) )*((?:[\w'-]+ ){0,2}(?:ways|tips|steps|reasons|things|mistakes|ideas"
    r"|tricks|methods|rules|habits|signs|myths|facts|questions))\b\s*(.*)$",
    re.I,
)
_MISTAKES = re.compile(r"^((?:[\w'-]+ ){0,3}(?:tips|mistakes|tricks|ideas|myths)) ((?:you|to|for|that) .+)$", re.I)
_COUNTED = re.compile(r"^(?:\d+|two|three|four|five|six|seven|eight|nine|ten) ([a-z].+)$", re.I)
_HYPE = re.compile(r"\b(?:that|which) (?:will|can) .*$", re.I)
_QUALIFIERS = re.compile(r"^(?:(?:some|more|further|additional|other|various|miscellaneous|brief|basic)\s+)+", re.I)
_DIFFERENCE = re.compile(r"^(?:the )?(?:main )?differences? between (.+?) and (.+)$", re.I)
_VERSUS = re.compile(r"^(.+?)\s+(?:vs\.?|versus|or|compared (?:to|with))\s+(.+)$", re.I)
_TO_DO = re.compile(
    r"^(?:In order to|To) ([a-z]+ [^,;:]{4,60}), (?:you|first|start|begin|use|simply|just|the|it|take|put|make|one)\b"
)
_IS_A = re.compile(
    r"^((?:An?|The) )?([A-Za-z][\w'’-]*(?: [\w'’-]+){0,4}?) (is|are) (?:an?|the|one of|any|some|small|large|simple"
    r"|used|devices|\w+s that)\b"
)
_PRONOUNS = word_set(
    "this that these those it they there he she we you i here what which one all most many some such other another"
    " both each"
)
_NOUN = re.compile(
    r"\b(?:the|an?|of|your) ([a-z]{4,})(?= (?:is|are|was|of|to|in|and|with|for|on|has|can|that)\b|[.,;])"
)
_MEASURE = re.compile(
    r"\b\d+(?:[./]\d+)?\s?(?:g|kg|ml|l|dl|cl|tbsp|tsp|cups?|oz|lb|tablespoons?|teaspoons?|grams?|cloves?|pinch)\b", re.I
)
_INGREDIENTS = re.compile(
    r"^(?:ingredients|for the (?:\w+ )?(?:dough|filling|sauce|glaze|topping|batter|icing|dressing))\b", re.I
)


def find_topic(blocks: list[Block], usage: Usage) -> Topic | None:
    """Return what the document is about: by its title, else by its first sentences, else None."""
    raw = find_title(blocks, usage)
    topic = read_title(raw, usage) if raw else None
    if topic and topic.kind in ("thing", "task") and _is_recipe(blocks):
        dish = re.sub(r"^(?:the|recipe for|my|our)\s+|\s+recipe$", "", topic.text)
        made = re.sub(r"^(?:make|bake|cook|prepare|brew)\s+", "", dish)
        if topic.kind == "thing" or made != dish:
            return Topic("recipe", re.sub(r"^(?:an? |the |your |my )", "", made))
    return topic or _by_sentences(blocks, usage)


def read_title(raw: str, usage: Usage) -> Topic | None:
    """Return the topic named by a title line, None when it names nothing that could be asked for."""
    module = _MODULE.match(raw)
    if module and re.search(r"\b(?:module|package|class|function)\b", usage.text):
        return Topic("module", module[1] or module[2], module[3])
    asked = raw.rstrip().endswith("?")
    title = clean_title(re.sub(r"^how-?to\b[:\s]*", "How to ", raw, flags=re.I))
    if is_about_itself(raw):
        return None
    title = re.sub(r"^(?:my|our)\s+(?=\S+\s\S)", "", title, flags=re.I)
    if not title or _GENERIC.match(title) or re.match(r"(?:my|our|welcome|home|about us|i|we)\b", title, re.I):
        return None
    whole = raw.strip().rstrip("?")
    if asked and re.search(r": (?:which|what|how|why|when|where) ", whole):
        return Topic("question", first_person(running_case(whole, usage)))
    topic = _read(running_case(title, usage), asked)
    return topic or _read(running_case(_TAIL.sub("", title), usage))


def _read(text: str, asked: bool = False) -> Topic | None:
    low = text.lower()
    if (match := _WHY_THING.match(text)) and not _INVERTED.match(text) and not invert(match[1], "why"):
        return Topic("question", f"why should I choose {match[1]}")
    if asked and (_INVERTED.match(text) or (_ASKING.match(text) and not re.match(r"\w+ to ", text))):
        return Topic("question", first_person(text))
    if match := re.match(r"(?:learn )?how to ([a-z].+)$", text, re.I):
        return Topic("task", first_person(match[1]))
    if match := re.match(r"(what|when|where|which (?:\w+ )?)\s?to ([a-z].+)$", text, re.I):
        done = re.sub(r",? and how to ", ", and how do I ", first_person(match[2]))
        return Topic("should", f"{match[1].strip()} should I {done}")
    if _INVERTED.match(text) and low.split()[0] in ("how", "why", "what", "which", "when", "where", "who"):
        return Topic("question", first_person(text))
    if match := re.match(r"(how|why|what|when|where|who) (.+)$", text, re.I):
        clause = first_person(match[2])
        inverted = invert(clause, match[1].lower()) if match[1].lower() in ("how", "why") else None
        if inverted:
            return Topic("question", inverted)
        return Topic("clause", f"{match[1].lower()} {clause}")
    if match := _WAYS.match(text):
        return Topic("ways", match[1], first_person(_HYPE.sub("", match[2])))
    if match := _MISTAKES.match(text):
        return Topic("ways", match[1], first_person(_HYPE.sub("", match[2])))
    if (match := _COUNTED.match(text)) and number_of(match[1]) == "plural":
        return Topic("ways", _TAIL.sub("", match[1]))
    if match := _DIFFERENCE.match(text):
        return Topic("question", f"what is the difference between {match[1]} and {match[2]}")
    if match := re.match(r"(.+ and .+) compared$", text):
        return Topic("question", f"what are the differences between {match[1]}")
    if match := re.match(r"(?:the )?difference between (.+)$", text, re.I):
        return Topic("question", f"what is the difference between {match[1]}")
    if (match := _VERSUS.match(text)) and len(text.split()) <= 10 and "," not in text:
        return Topic("compare", match[1], re.split(r"\s+[–—-]\s+|, ", match[2])[0])
    if match := _GUIDE_TO.match(text):
        inner = _read(match[2])
        general = match[1].lower() in ("introduction", "intro", "overview", "tour", "history")
        kind = "introduction" if match[1].lower() == "intro" else match[1].lower()
        return Topic("overview", match[2], kind) if general and (not inner or inner.kind == "thing") else inner
    if match := re.match(r"(.*?)\s*\bfaqs?$", text, re.I):
        return Topic("faq", re.sub(r"^general ", "", match[1])) if match[1] else None
    if match := re.match(r"(.+?) best practices$", text, re.I):
        return Topic("ways", "best practices", f"for {match[1]}")
    if match := _GUIDE_AFTER.match(text):
        return _read(re.sub(r"^the ", "", match[1], flags=re.I))
    if low.startswith(("understanding ", "introducing ", "about ", "exploring ", "what's new in ")):
        return Topic("thing", _QUALIFIERS.sub("", text.partition(" ")[2])) if "new in" not in low else None
    if (phrase := verb_phrase(text)) is not None:
        return Topic("task", first_person(phrase))
    if is_command(text):
        return Topic("task", first_person(text))
    noun = first_person(_QUALIFIERS.sub("", text)).rstrip(" ,;")
    usable = 0 < len(noun.split()) <= 9 and not re.search(
        r"[!?]|\.(?:\s|$)|\b(?:I|we|us|he|she|they|is|are|was|were|has|have)\b", noun
    )
    return Topic("thing", noun) if usable else None


def _is_recipe(blocks: list[Block]) -> bool:
    if any(_INGREDIENTS.match(block.lines[0]) for block in blocks if block.kind in ("heading", "short", "paragraph")):
        return True
    return (
        sum(bool(_MEASURE.search(line)) for block in blocks if block.kind in ("list", "short") for line in block.lines)
        >= 4
    )


def _by_sentences(blocks: list[Block], usage: Usage) -> Topic | None:
    sentences = [
        sentence
        for block in blocks[:12]
        if block.kind == "paragraph"
        for sentence in sentences_of(block.text)
        if not (is_furniture(sentence) or is_invitation(sentence) or is_about_itself(sentence))
    ][:12]
    for sentence in sentences:
        if (match := _TO_DO.match(sentence)) and match[1].split()[0] in VERBS and not is_first_person(match[1]):
            return Topic("task", first_person(match[1]))
        if (
            (match := _IS_A.match(sentence))
            and match[2].split()[0].lower() not in _PRONOUNS
            and not is_first_person(match[2])
        ):
            name = running_case(match[2], usage)
            if len(name) > 3 and name.split()[-1].lower() not in STOP_WORDS:
                return Topic("thing", f"{(match[1] or '').lower()}{name}", match[3])
    return _by_frequency(sentences)


def _by_frequency(sentences: list[str]) -> Topic | None:
    """Return the commonest pair of neighbouring content words, else the two commonest nouns."""
    pairs: Counter[str] = Counter()
    for sentence in sentences:
        words = [word.lower() for word in words_of(sentence)]
        for one, two in pairwise(words):
            if (
                not {one, two} & STOP_WORDS
                and len(one) > 3
                and len(two) > 3
                and not one.endswith("ly")
                and two not in VERBS
                and one not in VERBS
            ):
                pairs[f"{one} {two}"] += 1
    best = [pair for pair, count in pairs.most_common(1) if count > 1]
    if best:
        return Topic("thing", best[0])
    counts = Counter(word for sentence in sentences for word in _NOUN.findall(sentence) if word not in STOP_WORDS)
    return Topic("thing", " and ".join(word for word, _ in counts.most_common(2))) if counts else None
