"""Lines that hold a given string."""

import re

from tasks.core.policy_config import SubstringLines
from tasks.extract.edits.lines import edit_lines

_SPACES = re.compile(r" {2,}")


def edit(text: str, params: SubstringLines) -> str:
    """Return `text` without the lines that hold one of the strings where `location` says, or without the strings."""
    # The longest first, or a shorter one inside it would be taken.
    strings = "|".join(re.escape(string) for string in sorted(params.banlist, key=len, reverse=True))
    forms = {"any": f"(?:{strings})", "prefix": rf"^\s*(?:{strings})", "suffix": rf"(?:{strings})\s*$"}
    pattern = re.compile(forms.get(params.location, rf"^(?:{strings})$"), 0 if params.case_sensitive else re.IGNORECASE)

    def line_of(line: str) -> str | None:
        if params.max_length is not None and len(line.split()) > params.max_length:
            return line
        if not params.remove_substring_only:
            return None if pattern.search(line) else line
        edited, count = pattern.subn("", line)
        return _SPACES.sub(" ", edited).strip() or None if count else line

    return edit_lines(text, line_of)
