"""Tokens of the stand-in: pieces of four characters, the rule of thumb for English text."""

import zlib

CHARS_PER_TOKEN = 4
VOCABULARY = 50_000


def count_tokens(text: str) -> int:
    """Return how many tokens `text` has."""
    return -(-len(text) // CHARS_PER_TOKEN)


def token_ids(text: str) -> list[int]:
    """Return one number for each token of `text`; equal pieces have equal numbers."""
    pieces = (text[at : at + CHARS_PER_TOKEN] for at in range(0, len(text), CHARS_PER_TOKEN))
    return [zlib.crc32(piece.encode("utf-8", "replace")) % VOCABULARY for piece in pieces]


def first_tokens(text: str, count: int) -> str:
    """Return the text of the first `count` tokens."""
    return text[: count * CHARS_PER_TOKEN]
