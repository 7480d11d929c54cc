"""The stand-in, whose count of answers outlives it: `python -m tests.chaos.counted_standin FILE --port N …`.

Each answered prompt is one line in FILE, written before the answer leaves.
"""

import os
import sys

from tasks.llm.standin.__main__ import main
from tasks.llm.standin.ledger import Ledger, _digest


def count_into(path: str) -> None:
    """Let every ledger of this process write what it counts."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    remember = Ledger.answer

    def answer(self: Ledger, stage: str, prompt: str, sampling: object, tokens: tuple[int, int]) -> None:
        os.write(file, f"{_digest(prompt)}\n".encode())
        remember(self, stage, prompt, sampling, tokens)

    Ledger.answer = answer  # type: ignore[method-assign]


if __name__ == "__main__":
    count_into(sys.argv[1])
    main(sys.argv[2:])
