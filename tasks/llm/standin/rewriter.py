"""(question, draft) -> a response made of the draft's own sentences, without what belongs to a web page."""

import re
from collections.abc import Iterable
from dataclasses import replace

from tasks.llm.standin.condense import condense
from tasks.llm.standin.furniture import is_about_itself, is_first_person, is_furniture, is_invitation, is_menu
from tasks.llm.standin.textparts import Block, blocks_of, content_words, sentences_of
from tasks.llm.standin.titles import Usage, find_title

_MOSTLY_PERSONAL = 0.35  # above this share the first person is the matter and not an aside
_HEADINGS_FROM_CHARS = 900
_LEANS_BACK = re.compile(
    r"^(?:It|Its|This|These|Those|That|They|Their|Them|He|She|His|Her|Both|Such|However|But|And|Or|So|Then|Also"
    r"|Instead|Another|Otherwise"
    r"|Therefore|Thus|Hence|Similarly|Likewise|Moreover|Furthermore|Finally|Here|There|Next|Afterwards|Besides"
    r"|Nevertheless|Conversely|Again"
    r"|For (?:example|instance|this)|In (?:this|that|these|contrast|addition|such)|On the other|As a result"
    r"|At (?:this|that)|Once (?:it|this|they)|If (?:it|this|they|not)|One|All of|Each|Neither|The (?:same|former"
    r"|latter|other))\b"
)
_GOES_ON = re.compile(r"^(?:It|They|These|This|He|She|Here)\b")
_POINTS = re.compile(r"\b(?:this|these|those|such an?|the (?:above|latter|former|same))\b", re.I)
_REFERENCE = re.compile(
    r"\s*[(\[](?:see|cf\.?|compare|as (?:described|shown|discussed)|described|shown|figure|fig\.|table|section"
    r"|chapter)\b[^()\[\]]*[)\]]",
    re.I,
)
_LABEL = re.compile(
    r"^(?:note|warning|caution|tip|important|hint|attention|danger|introduction|overview|summary|conclusion)s?\W*$",
    re.I,
)
_TIMID = re.compile(
    r"^(?:Note that|Please note that|Please note:|Note:|As you can see, |As mentioned, |Of course, |By the way, )\s*",
    re.I,
)


def rewrite(draft: str, question: str) -> str:
    """Return the response. Every sentence, list item and code line in it is taken from the draft."""
    blocks = blocks_of(draft)
    kept = _without_furniture(_after_title(blocks))
    personal = _personal_share(kept)
    cleaned = [new for block in kept if (new := _clean(block, drop_personal=personal < _MOSTLY_PERSONAL))]
    cleaned = condense(_without_empty_sections(cleaned))
    if not any(block.kind == "paragraph" for block in cleaned):
        cleaned = cleaned or [max(blocks, key=lambda block: len(block.text))] if blocks else []
    headings = sum(len(block.text) for block in cleaned) >= _HEADINGS_FROM_CHARS
    return "\n\n".join(filter(None, (_show(block, headings) for block in _answer_first(cleaned, question))))


def _after_title(blocks: list[Block]) -> list[Block]:
    title = find_title(blocks, Usage.of(blocks))
    at = next((number for number, block in enumerate(blocks[:6]) if block.lines[0].strip() == title), None)
    return blocks if at is None else blocks[at + 1 :]


def _without_furniture(blocks: list[Block]) -> list[Block]:
    """Leave out menus, notices and fields such as "Author:" with what follows them."""
    out: list[Block] = []
    skip_value = False
    for block in blocks:
        if skip_value and block.kind in ("heading", "short"):
            skip_value = False
            continue
        skip_value = False
        if block.kind in ("code", "table", "signature"):
            out.append(block)
        elif block.kind in ("short", "list") and is_menu(block.lines):
            continue
        else:
            lines = tuple(line for line in block.lines if not (is_furniture(line) or _LABEL.match(line)))
            skip_value = not lines and block.text.rstrip().endswith(":")
            if lines:
                out.append(replace(block, lines=lines))
    return out


def _personal_share(blocks: list[Block]) -> float:
    sentences = [sentence for block in blocks if block.kind == "paragraph" for sentence in sentences_of(block.text)]
    return sum(map(is_first_person, sentences)) / len(sentences) if sentences else 0.0


def _clean(block: Block, *, drop_personal: bool) -> Block | None:
    """Return `block` without the sentences that do not belong in an answer, None when none is left."""
    if block.kind not in ("paragraph", "list"):
        return block
    lines = tuple(line for old in block.lines if (line := _keep_sentences(old, drop_personal=drop_personal)))
    return replace(block, lines=lines) if lines else None


def _keep_sentences(line: str, *, drop_personal: bool) -> str:
    out: list[str] = []
    spoke_of_itself = False
    for sentence in sentences_of(_REFERENCE.sub("", line)):
        if is_about_itself(sentence) or (spoke_of_itself and _GOES_ON.match(sentence)):
            spoke_of_itself = True
            continue
        spoke_of_itself = False
        if is_invitation(sentence) or (drop_personal and is_first_person(sentence)):
            continue
        shorter = _TIMID.sub("", sentence)
        out.append(shorter if shorter == sentence else shorter[:1].upper() + shorter[1:])
    return " ".join(out) if re.search(r"[A-Za-z]{2}", " ".join(out)) else ""


def _without_empty_sections(blocks: list[Block]) -> list[Block]:
    """Leave out headings under which nothing is left, and lead-ins ("for example:") whose list or code is gone."""
    out: list[Block] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=False):
        if block.kind == "heading" and (after is None or after.kind == "heading"):
            continue
        if block.kind == "paragraph" and block.text.endswith(":") and (after is None or after.kind == "heading"):
            sentences = sentences_of(block.text)[:-1]
            if sentences:
                out.append(replace(block, lines=(" ".join(sentences),)))
            continue
        out.append(block)
    return out


def _answer_first(blocks: list[Block], question: str) -> Iterable[Block]:
    """Move the sentence that answers best to the front, where it can stand alone and the text does not miss it."""
    first = next((at for at, block in enumerate(blocks) if block.kind == "paragraph"), None)
    if first is None:
        return blocks
    wanted = set(content_words(question))
    leading = sentences_of(blocks[first].text)
    best, best_value, where = leading[0], _answers(leading[0], wanted) + 2, (first, 0)
    for at, block in enumerate(blocks[: first + 6]):
        sentences = sentences_of(block.text) if block.kind == "paragraph" else []
        for number, sentence in enumerate(sentences[:3]):
            after = sentences[number + 1] if number + 1 < len(sentences) else ""
            if (
                not (_LEANS_BACK.match(sentence) or _LEANS_BACK.match(after) or _POINTS.search(sentence))
                and 6 <= len(sentence.split()) <= 45
                and sentence.endswith(".")
            ):
                value = _answers(sentence, wanted)
                if value > best_value:
                    best, best_value, where = sentence, value, (at, number)
    if where == (first, 0) and first == 0:
        return blocks
    at, number = where
    rest = [*sentences_of(blocks[at].text)]
    del rest[number]
    remaining = [replace(blocks[at], lines=(" ".join(rest),))] if rest else []
    if where == (first, 0) and _LEANS_BACK.match(rest[0] if rest else ""):
        return blocks
    return [Block("paragraph", (best,)), *blocks[:at], *remaining, *blocks[at + 1 :]]


def _answers(sentence: str, wanted: set[str]) -> float:
    words = set(content_words(sentence))
    defines = bool(re.match(r"^(?:An? |The )?[\w' -]{2,40} (?:is|are|means|lets|allows|provides|works by)\b", sentence))
    return len(words & wanted) + 1.0 * defines


def _show(block: Block, headings: bool) -> str:
    if block.kind == "heading":
        text = re.sub(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[A-Z]\.[\d.]+)\s+", "", block.lines[0].strip("#* :"))
        return f"**{text}**" if headings else ""
    if block.kind == "code":
        return f"```\n{block.text}\n```"
    if block.kind == "signature":
        return "\n".join(f"`{line}`" for line in block.lines)
    if block.kind == "table":
        return _table(block.lines)
    return block.text


def _table(lines: tuple[str, ...]) -> str:
    rows = [[cell.strip() for cell in re.split(r"\t+", line)] for line in lines]
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return "\n".join(" - ".join(cell for cell in row if cell) for row in rows)
    ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)
