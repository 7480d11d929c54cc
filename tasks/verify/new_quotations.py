"""The response puts words into quotation marks that neither the document nor the instruction holds.

The paper's own example of a rewrite that went wrong has invented quotes of executives (arXiv 2408.04614, Table 7).
Case, spaces and punctuation may differ, and a quotation that was shortened is compared by its parts. One or two words
in quotation marks are a name or a wink.
"""

import re
import unicodedata

from tasks.core.config import VerifyConfig
from tasks.core.text.quoting import without_code
from tasks.core.text.words import words
from tasks.verify.grounding import Grounding
from tasks.verify.rule import Case, Rule, too_many

MIN_WORDS = 3
# Longest quotation that is looked for: what is longer has a mark missing.
_MAX_CHARS = 2_000
_WITHIN = rf"{{1,{_MAX_CHARS}}}"
_QUOTED = re.compile(
    # A straight mark opens after a space or a bracket and closes before what is no word: 5" is five inches.
    rf"(?<![\w\"])\"(?=\S)(?P<straight>[^\"]{_WITHIN})\"(?!\w)"
    rf"|“(?P<curly>[^“”]{_WITHIN})”"
    rf"|[„‚](?P<low>[^„‚“”‘]{_WITHIN})[“”‘]"
    rf"|«(?P<outward>[^«»]{_WITHIN})»"
    rf"|»(?P<inward>[^«»]{_WITHIN})«"
    # An apostrophe inside a word closes nothing.
    rf"|‘(?P<single>(?:[^‘’]|(?<=\w)’(?=\w)){_WITHIN})’(?!\w)"
    rf"|(?<![\w'])'(?=[^\W\d_])(?P<typed>(?:[^'\n]|(?<=\w)'(?=\w)){_WITHIN})'(?!\w)"
)
# What a quotation leaves out, or puts in: an ellipsis, a remark in brackets.
_GAP = re.compile(r"…|\.[ ]?\.[ ]?\.|\[[^\[\]]{0,200}\]")
_PARAGRAPH = re.compile(r"\n\s*\n")


def new_quotations(case: Case) -> tuple[str, ...]:
    """Return the response's unknown quotations as they are written, without their marks, each once."""
    quoted = [text for text in _quotations(without_code(case.response)) if len(words(text)) >= MIN_WORDS]
    if not quoted:
        return ()
    held = f"{_bare(case.document)}\n{_bare(case.instruction)}"
    unknown = [text for text in quoted if not all(_bare(part) in held for part in _GAP.split(text))]
    return tuple(dict.fromkeys(" ".join(text.split()) for text in unknown))


def _quotations(text: str) -> list[str]:
    """Return what stands in quotation marks, paragraph by paragraph: a mark that is missing spoils one of them."""
    return [
        next(part for part in match.groups() if part is not None)
        for paragraph in _PARAGRAPH.split(text)
        for match in _QUOTED.finditer(paragraph)
    ]


def _bare(text: str) -> str:
    """Return the letters and digits of `text` in small letters, and nothing between them."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _fault(figures: Grounding, config: VerifyConfig) -> str | None:
    return too_many(figures.new_quotations, config.max_new_quotations)


RULE = Rule("new_quotations", _fault)
