"""A prompt inside a chat template: what a client sends that renders the template itself."""

import re

# The turn of the user opens, in the forms of ChatML, Llama 3, Gemma, Zephyr and Phi, and Llama 2 (whose turn may begin
# with a system part). The first opening counts: what the document holds comes after it.
_OPENS = re.compile(
    r"<\|im_start\|>user\s*\n|<\|start_header_id\|>user<\|end_header_id\|>\s*|<start_of_turn>user\s*\n"
    r"|<\|user\|>\s*\n?|\[INST\]\s*(?:<<SYS>>.*?<</SYS>>\s*)?",
    re.DOTALL,
)
# Before it stand at most the token that begins a text and a system turn.
_MAY_STAND_BEFORE = re.compile(
    r"\s*(?:<s>|<bos>|<\|begin_of_text\|>|<\|im_start\|>|<\|start_header_id\|>|<\|system\|>|\Z)"
)
# The turn of the assistant opens at the end, and nothing follows.
_ENDS = re.compile(
    r"\s*(?:<\|im_end\|>\s*<\|im_start\|>assistant|<\|eot_id\|>\s*<\|start_header_id\|>assistant<\|end_header_id\|>"
    r"|<end_of_turn>\s*<start_of_turn>model|(?:</s>|<\|end\|>|<\|endoftext\|>)\s*<\|assistant\|>|\[/INST\])\s*\Z"
)
_LONGEST_END = 200


def without_template(text: str) -> str:
    """Return the user's message in `text`; `text` itself where no chat template stands around it."""
    opens = _OPENS.search(text)
    # Only the tail is looked at: a document may hold a million spaces, each of which could begin a match.
    tail = max(0, len(text) - _LONGEST_END)
    ends = _ENDS.search(text, tail)
    if not opens or not ends or not _MAY_STAND_BEFORE.match(text, 0, opens.start()) or ends.start() < opens.end():
        return text
    return text[opens.end() : ends.start()].strip()
