"""What a text mentions and does not say: quotations and code, blanked out so that all positions stay the same."""

import re

_CODE = r"```.*?(?:```|\Z)|`[^`\n]{1,200}`"
_CODE_ONLY = re.compile(_CODE, re.DOTALL)
_QUOTED = re.compile(rf'"[^"\n]{{1,200}}"|“[^”\n]{{1,200}}”|{_CODE}', re.DOTALL)
_SIGN = re.compile(r"[^\n]")


def without_code(text: str) -> str:
    """Return `text` with code blanked out."""
    return _CODE_ONLY.sub(_blank, text)


def without_quotes(text: str) -> str:
    """Return `text` with code, and what stands in double quotation marks, blanked out."""
    return _QUOTED.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    return _SIGN.sub(" ", match[0])
