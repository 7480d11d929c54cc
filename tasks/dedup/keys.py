"""The keys under which documents are looked up: sixteen numbers of 64 bits for a document.

The low four bits of a key say what it is of: 0 the text, 1 the address, 2 to 15 the bands of the MinHash. So all keys
of a partition are one sorted list, and the sharing of any key makes a document a duplicate. The other 60 bits are a
digest: among 10^8 documents 16 * (10^8)^2 / 2 / 2^60 = 0.07 falsely shared keys are expected in all, among 10^9
seven, each of which costs one document.
"""

import re
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tasks.dedup.minhash import BANDS, Keys, MinHash, fold

SLOTS: Final = 2 + BANDS
TEXT, URL, NEAR = 0, 1, 2
REASONS = {TEXT: "duplicate_text", URL: "duplicate_url", NEAR: "near_duplicate"}
NO_KEY = 0

_SLOT_BITS = np.uint64(15)
_BAND_SLOTS = np.arange(2, SLOTS, dtype=np.uint64)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
# RFC 3986, appendix B, for pages. Our own and not the standard library's, which reads odd addresses otherwise from one
# version to the next, and the keys are stored.
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<user>[^/?#]*@)?(?P<place>[^/?#@]*)(?P<path>[^?#]*)(\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
# Parameters that say where a visitor came from and not which page it is: those of Google Analytics and Ads, Meta,
# Microsoft, Mailchimp, HubSpot, Yandex, X, TikTok, Instagram, Matomo, Marketo and Adobe.
_TRACKING = re.compile(
    r"(utm_.*|gclid|gclsrc|dclid|gbraid|wbraid|srsltid|_ga|_gl|fbclid|msclkid|mc_cid|mc_eid|_hsenc|_hsmi|hsctatracking"
    r"|yclid|_openstat|twclid|ttclid|igshid|igsh|mkt_tok|s_cid|s_kwcid|(mtm|pk|piwik|matomo)_.*)(=|$)"
)


class Signer:
    """Makes the keys of documents."""

    def __init__(self) -> None:
        self._minhash = MinHash()

    def keys(self, text: str, url: str | None, ordinal: int = 0) -> Keys:
        """Return the sixteen keys of a document, `NO_KEY` where it has none.

        `ordinal` counts the documents of one record from 0: the segments of a page have one address and are no
        duplicates of one another, but the first segment repeats the first one of the same page fetched again.
        """
        keys = np.zeros(SLOTS, dtype=np.uint64)
        folded = fold(text)
        keys[TEXT] = _key(text_form(folded), TEXT)
        if url and (form := url_form(url)):
            keys[URL] = _key(f"{form} {ordinal}" if ordinal else form, URL)
        bands = self._minhash.band_keys(folded)
        if len(bands):
            keys[NEAR:] = (bands & ~_SLOT_BITS) | _BAND_SLOTS
        return keys


def kinds_of(keys: Keys) -> NDArray[np.uint8]:
    """Return TEXT, URL or NEAR for each key."""
    kinds: NDArray[np.uint8] = np.minimum(keys & _SLOT_BITS, np.uint64(NEAR)).astype(np.uint8)
    return kinds


def text_form(folded: str) -> str:
    """Return the form in which equal texts are equal, of one that was folded: white space does not count either."""
    return " ".join(folded.split())


def url_form(url: str) -> str:
    """Return the form in which two addresses of one page are equal; "" where it is no address of a page.

    Scheme (http and https are one), case of the host, default port, fragment and tracking parameters do not count;
    a fragment that begins with "!" does, as it names the page where a script draws it.
    """
    parts = _ADDRESS.fullmatch(url.strip())
    if not parts:
        return ""
    host = _host_form(parts["scheme"].lower(), parts["place"].lower())
    if not host:
        return ""
    user = parts["user"] or ""
    query = "&".join(item for item in (parts["query"] or "").split("&") if item and not _TRACKING.match(item.lower()))
    fragment = parts["fragment"] or ""
    ending = f"{'?' if query else ''}{query}{fragment if fragment.startswith('#!') else ''}"
    return f"//{user}{host}{parts['path'] or '/'}{ending}"


def _host_form(scheme: str, place: str) -> str:
    host, colon, port = place.rpartition(":")
    if not colon or not (port.isdecimal() or not port):  # no port, or a colon inside the brackets of an address
        host, port = place, ""
    host = host.rstrip(".")
    return host if not host or port in ("", _DEFAULT_PORTS[scheme]) else f"{host}:{port}"


def _key(form: str, slot: int) -> int:
    digest = blake2b(form.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") & ~15 | slot
