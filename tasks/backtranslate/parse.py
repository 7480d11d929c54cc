"""Takes the instruction out of a backward model's answer."""

import re

from tasks.backtranslate.wrapping import unwrap
from tasks.core.errors import DataError
from tasks.core.text.characters import printable


def parse(text: str, finish_reason: str) -> str:
    """Return the instruction in `text`, without what a chat puts around it; see tasks/backtranslate/wrapping.py.

    Raises DataError `answer_truncated` when the model ran out of tokens (`finish_reason` "length"), and
    `answer_empty` when no letter or digit is left.
    """
    if finish_reason == "length":
        raise DataError("answer_truncated", f"{len(text)} characters, then the token limit")
    instruction = unwrap(printable(text).replace("\r\n", "\n"))
    if not re.search(r"[^\W_]", instruction):
        raise DataError("answer_empty", f"{len(text)} characters without a word")
    return instruction
