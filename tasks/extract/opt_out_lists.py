"""Lists of domains and addresses whose owners want their pages left out, and how a page's address is compared."""

import contextlib
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_to_bytes

from tasks.core.errors import ConfigError
from tasks.core.list_file import ListFile
from tasks.core.policy_config import OptOutConfig
from tasks.core.refs import shown
from tasks.core.runtime import ObjectStore
from tasks.storage import lists

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//([^/?#\\]*)([^#]*)", re.IGNORECASE)
_PORT = re.compile(r":[0-9]*$")
_DEFAULT_PORTS = ("", ":", ":80", ":443")
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": "."})  # full stops of other scripts, as IDNA takes them
# RFC 1035: no domain is longer; what is, is no page's.
MAX_HOST_CHARS = 253


@dataclass(frozen=True)
class OptOutLists:
    """What the lists hold, in the form of `host_of` and `address_of`; `prefixes` are addresses that end in a slash."""

    domains: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    longest_prefix: int = 0

    def domain_of(self, host: str) -> str | None:
        """Return the listed domain that `host` is or lies below."""
        while host and self.domains:
            if host in self.domains:
                return host
            host = host.partition(".")[2]
        return None

    def url_of(self, address: str) -> str | None:
        """Return the entry that is `address` or that it lies below."""
        if address in self.urls:
            return address
        if self.prefixes:
            for slash in re.finditer("/", address[: self.longest_prefix]):
                if address[: slash.end()] in self.prefixes:
                    return address[: slash.end()] + "*"
        return None


NO_LISTS = OptOutLists()


def load_lists(config: OptOutConfig, objects: ObjectStore) -> OptOutLists:
    """Read the pinned lists of a configuration. Raises ConfigError for an entry that is no domain, or no address.

    An entry that is passed over in silence would be somebody's wish not heard.
    """
    domains = {_domain(entry, file) for file in config.domains for entry in lists.lines(lists.load(file, objects))}
    entries = [_url(entry, file) for file in config.urls for entry in lists.lines(lists.load(file, objects))]
    prefixes = frozenset(entry[:-1] for entry in entries if entry.endswith("/*"))
    return OptOutLists(
        domains=frozenset(domains),
        urls=frozenset(entry for entry in entries if not entry.endswith("/*")),
        prefixes=prefixes,
        longest_prefix=max(map(len, prefixes), default=0),
    )


def _domain(entry: str, file: ListFile) -> str:
    """Return the domain of an entry: a name, with or without `*.` before it, or an address, whose host is meant."""
    host = host_of(entry) if "//" in entry else _host(entry.removeprefix("*").removeprefix("."))
    if not host or re.search(r"[\s/@*]", host):
        raise ConfigError(
            f"opt_out.domains: {shown(file.uri)}: {entry[:200]!r} is no domain; write one a line, as example.org"
        )
    return host


def _url(entry: str, file: ListFile) -> str:
    address = address_of(entry if "//" in entry else f"//{entry}")
    if address is None or re.search(r"\s", entry):
        raise ConfigError(
            f"opt_out.urls: {shown(file.uri)}: {entry[:200]!r} is no address; write one a line, as https://example.org/page"
        )
    return address


def host_of(url: str) -> str:
    """Return the host of an address as lists name it: lower case, IDNA, no user, port or full stop at its end."""
    found = _ADDRESS.match(url.strip())
    return _host(found[1]) if found else ""


def address_of(url: str) -> str | None:
    """Return an address in one form: without scheme, user, fragment and default port; None when it has no host.

    What is escaped is escaped in one way, so that an address is found however it was written.
    """
    found = _ADDRESS.match(url.strip())
    host = _host(found[1]) if found else ""
    if found is None or not host:
        return None
    port = _PORT.search(found[1])
    path = quote(unquote_to_bytes(found[2].encode("utf-8", "replace")), safe="/?&=+:@!$'()*,;~%")
    path = path if path.startswith("/") else f"/{path}"
    return host + (port[0] if port and port[0] not in _DEFAULT_PORTS else "") + path


def _host(authority: str) -> str:
    host = _PORT.sub("", authority.rpartition("@")[2])
    host = (unquote(host) if "%" in host else host).translate(_DOTS).strip(".").lower()
    if len(host) > MAX_HOST_CHARS:
        return ""
    if not host.isascii():
        with contextlib.suppress(UnicodeError):  # no name that could be registered: compared as it is written
            host = host.encode("idna").decode("ascii").lower()
    return host
