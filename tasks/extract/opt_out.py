"""Pages whose owners do not want them used: named in a list of the user, or marked by the page itself.

Marks are read where their authors put them: `noai` and `noimageai` among the directives for robots (X-Robots-Tag
and <meta>), TDMRep (W3C community group: tdm-reservation and tdm-policy), and the headers Content-Usage (IETF aipref)
and Content-Signal.
"""

import html
import re
from collections.abc import Iterator

from tasks.core.errors import DataError
from tasks.core.policy_config import OptOutConfig
from tasks.extract.opt_out_lists import NO_LISTS, OptOutLists, address_of, host_of
from tasks.extract.records import SourceRecord

# Scripts in a head may be long, and what they are longer than this is no head.
HEAD_BYTES = 1 << 18
MAX_POLICY_CHARS = 300

# A signal is short: what is not closed by then is none.
MAX_TAG_BYTES = 2_000

_META = re.compile(rb"<meta[\s/]")
_REST_OF_TAG = re.compile(rb"(?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
_MAY_BE_SIGNAL = re.compile(rb"bot|tdm|extended|ai|&")
_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
# What is not closed goes on to the end, as for a browser.
_NOT_READ = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(script|style|title|template|textarea)\b[^>]*+(?:>.*?(?:</\1\b|\Z)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# Whom directives are addressed to: all robots, or one whose name ends so (Googlebot, GPTBot, Google-Extended).
_ROBOTS = re.compile(r"robots|[\w-]*bot|[\w-]+-extended|anthropic-ai|cohere-ai|claude-web", re.IGNORECASE)
# aipref: train-ai=n as a dictionary of RFC 8941; drafts before it and Cloudflare: ai-train=no.
_AGAINST_TRAINING = re.compile(
    r"(?:^|[,;\s])(?:train-(?:gen)?ai|(?:gen)?ai|tdm|ai-train)\s*=\s*(?:n|no|\?0)\s*(?=$|[,;\s])"
)


def fault(record: SourceRecord, config: OptOutConfig, lists: OptOutLists = NO_LISTS) -> DataError | None:
    """Return why a page is to be left out, None where nobody asked for it.

    Reasons: `opted_out_domain`, `opted_out_url`, and `opted_out_` with the name of a signal that `config` honours.
    """
    if listed := _listed(record.target_uri or "", lists):
        return listed
    for signal, where in _signals(record) if config.signals else ():
        if signal in config.signals:
            return DataError(f"opted_out_{signal}", where)
    return None


def _listed(url: str, lists: OptOutLists) -> DataError | None:
    if lists.domains and (domain := lists.domain_of(host_of(url))):
        return DataError("opted_out_domain", f"{domain} is listed")
    if (lists.urls or lists.prefixes) and (address := address_of(url)) and (entry := lists.url_of(address)):
        return DataError("opted_out_url", f"{entry[:MAX_POLICY_CHARS]} is listed")
    return None


def _signals(record: SourceRecord) -> Iterator[tuple[str, str]]:
    """Yield each signal of a page with where it stands, headers first."""
    policy, reserved = "", ""
    for name, value in record.headers:
        match name.lower():
            case "x-robots-tag":
                yield from _directives(value, f"header {name}")
            case "tdm-reservation" if value.strip() == "1":
                reserved = f"header {name}"
            case "tdm-policy":
                policy = value.strip()
            case "content-usage" | "content-signal" if _AGAINST_TRAINING.search(value.lower()):
                yield "content_usage", f"header {name}: {value[:MAX_POLICY_CHARS]}"
    if not record.is_text:
        for name, content in _metas(record.payload):
            if name == "tdm-reservation" and content == "1":
                reserved = reserved or "<meta>"
            elif name == "tdm-policy":
                policy = policy or content
            elif _ROBOTS.fullmatch(name):
                yield from _directives(content, f"<meta> for {name}")
    if reserved:
        yield "tdm_reservation", reserved + (f", policy {policy[:MAX_POLICY_CHARS]}" if policy else "")


def _directives(value: str, where: str) -> Iterator[tuple[str, str]]:
    words = re.split(r"[,;:/\s]+", value.lower())
    for signal in ("noai", "noimageai", "noindex"):
        if signal in words or (signal == "noindex" and "none" in words):
            yield signal, where


def _metas(payload: bytes) -> list[tuple[str, str]]:
    """Return (name in lower case, content) of the <meta> elements that may be signals, wherever they were put."""
    head = payload[:HEAD_BYTES]
    if b"\x00" in head[:4]:  # UTF-16: what is looked for is ASCII
        head = head.replace(b"\x00", b"")
    if not _tags(head):
        return []
    # Rare from here on: without what browsers do not read as elements.
    return [meta for tag in _tags(_NOT_READ.sub(b" ", head)) if (meta := _meta(tag))]


def _tags(head: bytes) -> list[bytes]:
    """Return the insides of the <meta> elements that may be signals."""
    lower = head.lower()
    found = []
    for start in _META.finditer(lower):
        rest = _REST_OF_TAG.match(lower, start.end(), start.end() + MAX_TAG_BYTES)
        if rest and _MAY_BE_SIGNAL.search(rest[0]):
            found.append(head[rest.start() : rest.end() - 1])
    return found


def _meta(tag: bytes) -> tuple[str, str] | None:
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(tag.decode("latin-1")):
        attributes.setdefault(name.lower(), html.unescape("".join(values)).strip())
    name = attributes.get("name", "").lower().rstrip("/")  # <meta content=noai name=robots/>
    return (name, attributes.get("content", "")) if name else None
