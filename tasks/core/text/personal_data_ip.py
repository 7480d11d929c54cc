"""Addresses of hosts on the internet, versions 4 and 6."""

import ipaddress
import re
from collections.abc import Iterator

# The first character comes before what may not precede it, as the search then skips to such a character. A form
# that is looked for in most texts is five times as fast for it.
# Behind a scheme a path may follow; elsewhere /24 makes a network of it. Dots around it make a version or a name.
_IPV4 = re.compile(
    r"\d(?:(?<=//\d)|(?<![\w./-]\d))\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?![\w-]|\.\w|/\d{1,2}(?!\d))", re.ASCII
)
_ANY_IPV4 = re.compile(r"(?<!\d)(?:\d{1,3}\.){3}\d{1,3}(?!\d)", re.ASCII)
_IPV6 = re.compile(r"[23](?<![\w:.]\d)[0-9a-fA-F]{3}:[0-9a-fA-F:.]{2,41}+(?!\w|/\d)", re.ASCII)
_ANY_IPV6 = re.compile(r"(?<![\w:.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{1,41}+(?!\w)", re.ASCII)
_VERSION_BEFORE = re.compile(
    r"(?:\b(?:v|ver\.?|versions?|release|build|firmware|driver|section|chapter|fig(?:ure|\.)?|table|eq\.)|§|[<>=!~]=|[<>~^])"
    r"\s{0,3}$",
    re.IGNORECASE,
)
_LINE_BEFORE = re.compile(r"(?:\A|\n)[ \t]{0,8}$")  # where the number of a section stands
# Resolvers that everybody names.
_PUBLIC_SERVICES = {
    *("8.8.8.8", "8.8.4.4", "9.9.9.9", "1.1.1.1", "1.0.0.1", "208.67.222.222", "208.67.220.220"),
    *("2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111", "2606:4700:4700::1001", "2620:fe::fe"),
}
# Four small numbers are a version or a section far more often than an address; 0 and 255 name networks, not hosts.
MIN_LARGEST_OCTET = 32


def find(text: str, careful: bool, public_only: bool) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each address; with `public_only` only of those that the internet routes to."""
    for found in (_IPV4 if careful else _ANY_IPV4).finditer(text):
        octets = [int(octet) for octet in found[0].split(".")]
        if max(octets) > 255 or any(len(octet) > 1 and octet.startswith("0") for octet in found[0].split(".")):
            continue
        if careful and (
            max(octets) < MIN_LARGEST_OCTET
            or octets[-1] in (0, 255)
            or found[0] in _PUBLIC_SERVICES
            or _VERSION_BEFORE.search(text, max(0, found.start() - 12), found.start())
            or (
                max(octets[1:]) < MIN_LARGEST_OCTET
                and _LINE_BEFORE.search(text, max(0, found.start() - 12), found.start())
            )
        ):
            continue
        if not public_only or _is_public(ipaddress.IPv4Address(bytes(octets))):
            yield found.span()
    if "::" in text or text.count(":") >= 7:
        yield from _find_v6(text, careful, public_only)


def _find_v6(text: str, careful: bool, public_only: bool) -> Iterator[tuple[int, int]]:
    # All that is routed lies in 2000::/3, whose first group is never cut short.
    for found in (_IPV6 if public_only else _ANY_IPV6).finditer(text):
        written = found[0].rstrip(".")
        if written.endswith(":") and not written.endswith("::"):
            written = written[:-1]
        try:
            address = ipaddress.IPv6Address(written)
        except ValueError:
            continue
        if careful and (str(address) in _PUBLIC_SERVICES or int(address) < 1 << 16):
            continue
        if not public_only or _is_public(address):
            yield found.start(), found.start() + len(written)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_global and not address.is_multicast
