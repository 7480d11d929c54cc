"""Long drafts made short: the beginning of every section stays, in proportion to the section's length."""

from dataclasses import replace

from tasks.llm.standin.textparts import Block, sentences_of

# A chat model's answers seldom grow longer than this (about 1,600 tokens).
LONGEST_ANSWER_CHARS = 6_500


def condense(blocks: list[Block]) -> list[Block]:
    """Keep the first blocks of every section, as many as fit the length of an answer."""
    total = sum(map(_size, blocks))
    if total <= LONGEST_ANSWER_CHARS:
        return blocks
    sections: list[list[Block]] = [[]]
    for block in blocks:
        if block.kind == "heading" and sections[-1]:
            sections.append([])
        sections[-1].append(block)
    share = LONGEST_ANSWER_CHARS / total
    out: list[Block] = []
    used = 0
    for section in sections:
        allowed = min(1.1 * share * sum(map(_size, section)), LONGEST_ANSWER_CHARS - used)
        part: list[Block] = []
        for block in section:
            room = allowed - sum(map(_size, part))
            fitting = block if _size(block) <= room else _beginning(block, room)
            part += [fitting] if fitting else []
            if fitting is not block:
                break
        while part and (part[-1].kind in ("heading", "signature") or part[-1].text.endswith(":")):
            part.pop()
        out += part
        used += sum(map(_size, part))
    return out or blocks[:1]


def _size(block: Block) -> int:
    """Return about how many characters `block` takes when it is shown: with fences, table rulers and a blank line."""
    return len(block.text) + 3 * block.text.count("\t") + (10 if block.kind == "code" else 4)


def _beginning(block: Block, room: float) -> Block | None:
    """Return the whole sentences or items at the beginning of `block` that fit into `room` characters."""
    parts = sentences_of(block.text) if block.kind == "paragraph" else list(block.lines)
    if block.kind not in ("paragraph", "list", "table"):
        return None
    out: list[str] = []
    for part in parts:
        room -= len(part) + 1 + 3 * part.count("\t")
        if room < 0:
            break
        out.append(part)
    if not out:
        return None
    return replace(block, lines=(" ".join(out),) if block.kind == "paragraph" else tuple(out))
