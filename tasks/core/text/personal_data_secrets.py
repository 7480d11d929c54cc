"""Keys that open something: private keys, access tokens of services, signed tokens."""

import re
from collections.abc import Iterator

_PRIVATE_KEY = re.compile(
    r"-----BEGIN ((?:[A-Z0-9]{1,12} ){0,3})PRIVATE KEY(?: BLOCK)?-----([^-]{64,20000}+)-----END \1PRIVATE KEY"
    r"(?: BLOCK)?-----"
)
# (what stands in every one of them, the whole). The forms are those that the services document, so that leaked ones
# can be found; keys for tests ("sk_test_") open nothing.
_TOKENS = tuple(
    (sign, re.compile(rf"(?<![\w-]){pattern}(?![\w-])"))
    for sign, pattern in (
        ("AKIA", r"AKIA[A-Z2-7]{16}"),
        ("ASIA", r"ASIA[A-Z2-7]{16}"),
        ("ghp_", r"ghp_[A-Za-z0-9]{36}"),
        ("gho_", r"gho_[A-Za-z0-9]{36}"),
        ("ghs_", r"ghs_[A-Za-z0-9]{36}"),
        ("github_pat_", r"github_pat_\w{82}"),
        ("glpat-", r"glpat-[\w-]{20,64}"),
        ("xox", r"xox[abeprs]-[A-Za-z0-9-]{20,200}"),
        ("AIza", r"AIza[\w-]{35}"),
        ("_live_", r"[sr]k_live_[A-Za-z0-9]{20,120}"),
        ("sk-", r"sk-(?:proj-|ant-api03-|svcacct-)?[A-Za-z0-9_]{20,200}[\w-]{0,200}"),
        ("hf_", r"hf_[A-Za-z0-9]{34}"),
        ("npm_", r"npm_[A-Za-z0-9]{36}"),
        ("SG.", r"SG\.[\w-]{22}\.[\w-]{43}"),
        ("eyJ", r"eyJ[\w-]{10,2000}\.eyJ[\w-]{10,8000}\.[\w-]{20,2000}"),
    )
)
_AWS_SECRET = re.compile(
    r"(?:secret_?access_?key|secretkey)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])",
    re.IGNORECASE,
)
# The token that explains what a token is: {"alg":"HS256","typ":"JWT"}, {"sub":"1234567890", ...
_PRINTED_JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw"
# What is drawn at random has more different characters than "xxxx…", and digits among them where it is long.
MIN_DIFFERENT_CHARACTERS = 8
MIN_CHARS_WITH_DIGITS = 24


def find(text: str, careful: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each key; `careful` leaves those that manuals print in the place of one."""
    if "PRIVATE KEY" in text:
        for found in _PRIVATE_KEY.finditer(text):
            if not careful or _is_drawn(found[2]):
                yield found.span()
    for sign, pattern in _TOKENS:
        if sign in text:
            for found in pattern.finditer(text):
                if not careful or (_is_drawn(found[0][len(sign) :]) and not found[0].startswith(_PRINTED_JWT)):
                    yield found.span()
    if "ecret" in text or "ECRET" in text:
        for found in _AWS_SECRET.finditer(text):
            if not careful or _is_drawn(found[1]):
                yield found.span(1)


def _is_drawn(key: str) -> bool:
    """Say whether a key looks drawn at random, and not written to show where one would stand."""
    return (
        "example" not in key.lower()
        and "..." not in key
        and len(set(key)) >= MIN_DIFFERENT_CHARACTERS
        and (len(key) < MIN_CHARS_WITH_DIGITS or any(character.isdigit() for character in key))
    )
