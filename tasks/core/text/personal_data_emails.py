"""Email addresses, also those written around robots: "jane [at] orchard [dot] org"."""

import re
from collections.abc import Iterator

# The domain is looked for first, as "@" is rare. Eight labels before the last one are more than people have.
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"@((?:{_LABEL}\.){{1,8}}[a-zA-Z]{{2,24}})(?![a-zA-Z0-9_-])")
# Without care also addresses at a number, bracketed or not, and any word as the last label.
_ANY_DOMAIN = re.compile(rf"@((?:{_LABEL}\.){{1,8}}{_LABEL}|\[\d{{1,3}}(?:\.\d{{1,3}}){{3}}\])")
_SPELLED = re.compile(
    rf" ?[\[({{] ?at ?[\])}}] ?((?:{_LABEL}(?: ?[\[({{] ?dot ?[\])}}] ?|\.)){{1,4}}[a-z]{{2,24}})(?![a-z0-9_-])",
    re.IGNORECASE,
)
SPELLED_SIGNS = ("at]", "at)", "at}", "at ]", "at )", "AT]", "AT)", "AT ]", "AT )")
# Of the local part, read backwards: words between single dots. Letters of scripts that are written with spaces; in
# the others the sentence before the address would be taken for a part of it.
_LOCAL = re.compile(r"[\w+%=~-]++(?:\.[\w+%=~-]++)*+")
_NO_SPACES = re.compile("[^\u0000-\u058f]")
MAX_LOCAL_CHARS = 64  # RFC 5321, 4.5.3.1.1
# RFC 2606 and 6761 set these names aside; the others are what manuals write instead.
_EXAMPLE_DOMAIN = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net|edu|co\.uk))?|invalid|test|localhost|local)$"
    r"|(?:^|\.)(?:(?:your|my|some|the)?-?(?:domain|company|host|site|mail|server)|foo|bar|acme)\.(?:com|org|net)$",
    re.IGNORECASE,
)
_NOT_A_PERSON = {"git", "hg", "svn", "noreply", "no-reply", "user", "username", "you", "someone", "name"}
# A name with "@" before an ending of a file: logo@2x.png, getty@tty1.service. None of them is a top-level domain.
_FILE_ENDING = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|js|mjs|jsx|tsx|css|scss|json|html?|xml|php|pdf|txt|ya?ml|conf|cfg|ini|exe|dll|jar"
    r"|java|class|service|socket|target|timer|mount|grad|shape)$",
    re.IGNORECASE,
)
# git@host:path, root@host:~#, call@matrix.transpose(
_NOT_AFTER = re.compile(r":[\w/~.]|\(")
_USER_INFO = re.compile(r"://[^\s/@]{0,80}$")


def find(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each address."""
    patterns = []
    if "@" in text:
        patterns.append(_DOMAIN if careful else _ANY_DOMAIN)
    if any(sign in text for sign in SPELLED_SIGNS):
        patterns.append(_SPELLED)
    for pattern in patterns:
        end = 0
        for found in pattern.finditer(text):
            start = _local_start(text, found.start(), end)
            if start < found.start() and not (careful and _nobodys(text, start, found)):
                end = found.end()
                yield start, end


def _local_start(text: str, at: int, end: int) -> int:
    """Return where the part before "@" begins; `at` where there is none. `end` is of the address before it."""
    before = text[max(end, at - MAX_LOCAL_CHARS) : at]
    local = _LOCAL.match(before[::-1])
    if local is None:
        return at
    foreign = _NO_SPACES.search(local[0])
    length = foreign.start() if foreign else local.end()
    return at - len(local[0][:length].rstrip("."))


def _nobodys(text: str, start: int, found: re.Match[str]) -> bool:
    return (
        text[start : found.start()].lower() in _NOT_A_PERSON
        or text[start - 1 : start] == "@"  # @somebody@a.server names an account of a network, not a mailbox
        or bool(_EXAMPLE_DOMAIN.search(found[1]) or _FILE_ENDING.search(found[1]))
        or bool(_NOT_AFTER.match(text, found.end()))
        or bool(_USER_INFO.search(text[max(0, start - 90) : start]))
    )
