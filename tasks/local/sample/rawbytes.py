"""Turns a page's source into the bytes that a server sends: encodings, damage, and pages that are computed.

Page sources are kept as readable UTF-8. What cannot be kept that way is made here, by the name an entry of
pages.yaml gives as `raw`. Every function is a pure function of the source.
"""

import hashlib
import struct
import zlib
from collections.abc import Callable

LAST_NUMBER = 1000
NESTING_DEPTH = 3_000
WORDS_PER_NUL = 9


def windows_1252(source: str) -> bytes:
    """Return the page as Windows-1252; nothing in it says so."""
    return source.encode("cp1252")


def latin_1(source: str) -> bytes:
    """Return the page as Latin-1, whatever it declares."""
    return source.encode("latin-1")


def utf_16(source: str) -> bytes:
    """Return the page as little-endian UTF-16 with a byte order mark."""
    return b"\xff\xfe" + source.encode("utf-16-le")


def nul_bytes(source: str) -> bytes:
    """Return the page with a NUL byte after every few words."""
    words = source.split(" ")
    return "".join(w + ("\x00 " if i % WORDS_PER_NUL == 0 else " ") for i, w in enumerate(words, 1)).encode()


def truncated(source: str) -> bytes:
    """Return the page cut off in the middle of a word of its last paragraph."""
    start = source.rindex("<p>")
    return source[: (start + source.index("</p>", start)) // 2].encode()


def number_entries(source: str) -> bytes:
    """Return the page with one sentence for each number up to LAST_NUMBER, about 60 kB in all."""
    entries = "\n".join(f"<p>{_number_sentence(n)}</p>" for n in range(2, LAST_NUMBER + 1))
    return source.replace("<!-- entries -->", entries).encode()


def deep_nesting(source: str) -> bytes:
    """Return the page with its only sentence below NESTING_DEPTH elements."""
    before, _, after = source.partition("<!-- nesting -->")
    return (before + "<div>" * NESTING_DEPTH + after).encode()


def png_image(source: str) -> bytes:
    """Return a PNG image of one blue pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00\x20\x60\xc0")
    chunks = ((b"IHDR", header), (b"IDAT", pixel), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def pdf_document(source: str) -> bytes:
    """Return a PDF document without pages."""
    objects = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    return b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def binary_noise(source: str) -> bytes:
    """Return 2 kB of digests, bytes that are no text in any encoding."""
    return b"".join(hashlib.sha256(bytes([n])).digest() for n in range(64))


def _number_sentence(number: int) -> str:
    powers: dict[int, int] = {}
    rest, prime = number, 2
    while rest > 1:
        while rest % prime == 0:
            powers[prime] = powers.get(prime, 0) + 1
            rest //= prime
        prime += 1
    if powers == {number: 1}:
        return f"The number {number} is a prime, so it has 2 divisors."
    divisors = 1
    for power in powers.values():
        divisors *= power + 1
    product = " times ".join(str(p) if k == 1 else f"{p} to the power of {k}" for p, k in powers.items())
    return f"The number {number} is {product} and has {divisors} divisors."


RAW: dict[str, Callable[[str], bytes]] = {
    "windows_1252": windows_1252,
    "latin_1": latin_1,
    "utf_16": utf_16,
    "nul_bytes": nul_bytes,
    "truncated": truncated,
    "number_entries": number_entries,
    "deep_nesting": deep_nesting,
    "png_image": png_image,
    "pdf_document": pdf_document,
    "binary_noise": binary_noise,
}
