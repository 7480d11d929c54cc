"""Addresses of web pages out of the text."""

import re

from tasks.core.policy_config import RemoveUrls
from tasks.extract.edits.lines import edit_lines

_SCHEME = r"(?:(?:https?|ftp|ftps|sftp|wss?)://|www\.)"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Without a scheme: a name with a well-known ending, or any ending before a port or a path.
_ENDINGS = r"com|org|net|edu|gov|mil|info|biz|io|dev|app|museum|name|[a-z]{2}\.[a-z]{2}|co\.[a-z]{2}"
_URL = re.compile(
    rf"(?<![\w@./-])(?:{_SCHEME}[^\s<>\"']{{1,2000}}+"
    rf"|(?:{_LABEL}\.){{1,8}}(?:(?:{_ENDINGS})(?![\w-])|[a-z]{{2,24}}(?=:[0-9]{{2,5}}|/[\w?#]))"
    rf"(?::[0-9]{{1,5}})?(?:[/?#][^\s<>\"']{{0,2000}}+)?"
    rf"|(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}(?![\w.])(?::[0-9]{{1,5}})?(?:/[^\s<>\"']{{0,2000}}+)?)",
    re.IGNORECASE,
)
# What closes the sentence around an address is no part of it.
_TAIL = re.compile(r"[.,;:!?)\]}’”]+$")
_SPACES = re.compile(r"(?<=\S) {2,}")


def edit(text: str, params: RemoveUrls) -> str:
    """Return `text` without addresses; a line that held nothing else is dropped."""

    def line_of(line: str) -> str | None:
        if "." not in line and "://" not in line:
            return line
        edited, count = _URL.subn(_tail, line)
        if not count:
            return line
        return _SPACES.sub(" ", edited).rstrip() or None

    return edit_lines(text, line_of)


def _tail(found: re.Match[str]) -> str:
    tail = _TAIL.search(found[0])
    return tail[0] if tail else ""
