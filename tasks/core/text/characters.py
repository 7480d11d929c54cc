"""Characters that no text may hold on its way into the lineage store."""

import re

# NUL and its kin, and lone surrogates, which neither PostgreSQL nor UTF-8 takes.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def printable(text: str) -> str:
    """Return `text` without control characters and lone surrogates; tabs and line ends stay."""
    return _UNPRINTABLE.sub("", text)
