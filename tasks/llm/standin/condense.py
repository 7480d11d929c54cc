"""Long drafts made short: the beginning of every section stays, in proportion to the section's length."""

from dataclasses import replace

from tasks.llm.standin.textparts import Block, sentences_of

# A chat model's answers seldom grow longer than this (about 1,600 tokens).
LONGEST_ANSWER_CHARS = 6_500


def condense(blocks: list[Block]) -> list[Block]:
    """Keep the first blocks of every section, as many as fit the length of an answer."""
    total = sum(len(block.text) for block in blocks)
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
        allowed = min(1.1 * share * sum(len(block.text) for block in section), LONGEST_ANSWER_CHARS - used)
        part: list[Block] = []
        for block in section:
            room = allowed - sum(len(old.text) for old in part)
            fitting = block if len(block.text) <= room else _beginning(block, room)
            part += [fitting] if fitting else []
            if fitting is not block:
                break
        while part and (part[-1].kind in ("heading", "signature") or part[-1].text.endswith(":")):
            part.pop()
        out += part
        used += sum(len(block.text) for block in part)
    return out or blocks[:1]


def _beginning(block: Block, room: float) -> Block | None:
    """Return the whole sentences or items at the beginning of `block` that fit into `room` characters."""
    parts = sentences_of(block.text) if block.kind == "paragraph" else list(block.lines)
    if block.kind not in ("paragraph", "list", "table"):
        return None
    out: list[str] = []
    for part in parts:
        room -= len(part) + 1
        if room < 0:
            break
        out.append(part)
    if not out:
        return None
    return replace(block, lines=(" ".join(out),) if block.kind == "paragraph" else tuple(out))
