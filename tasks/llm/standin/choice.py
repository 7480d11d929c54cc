"""Choices that look free and are not: a function of the prompt, the sampling and the seed alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


def number_of(*parts: object) -> int:
    """Return a 64-bit number from `parts`; the same in every process, unlike `hash`."""
    return int.from_bytes(hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "replace")).digest()[:8], "big")


def share_of(*parts: object) -> float:
    """Return a number from 0 up to, and without, 1."""
    return number_of(*parts) / 2**64


@dataclass(frozen=True)
class Choose:
    """Picks one of several forms. At temperature 0 the seed plays no part, as with a real server."""

    prompt: str
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None

    def __call__(self, what: str, forms: Sequence[str]) -> str:
        key = (self.temperature, self.top_p, self.seed) if self.temperature > 0 else ()
        return forms[number_of(what, self.prompt, *key) % len(forms)]
