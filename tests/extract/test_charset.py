"""Which character encoding a page is in."""

import pytest

from tasks.core.errors import DataError
from tasks.extract.charset import decode


@pytest.mark.parametrize(
    ("data", "content_type", "text", "charset"),
    [
        ("naïve café".encode(), None, "naïve café", "utf-8"),
        (b"\xef\xbb\xbfplain", None, "plain", "utf-8"),
        ("\ufeffhello".encode("utf-16-le"), None, "hello", "utf-16-le"),
        ("привет, мир".encode("koi8-r"), "text/html; charset=KOI8-R", "привет, мир", "koi8-r"),
        (b'<meta charset="iso-8859-1">\x93quoted\x94', None, '<meta charset="iso-8859-1">“quoted”', "windows-1252"),
        ("日本語のページはここにあります。".encode("shift_jis"), None, "日本語のページはここにあります。", "shift_jis"),
        ("où étaient les élèves".encode("cp1252"), "text/html; charset=utf-8", "où étaient les élèves", "windows-1252"),
        ("naïve café".encode(), "text/html; charset=iso-8859-1", "naïve café", "utf-8"),
        (b"all ascii here", "text/html; charset=utf-16", "all ascii here", "utf-8"),
        (b"all ascii here", "text/html; charset=no-such-thing", "all ascii here", "utf-8"),
        (b"", None, "", "utf-8"),
    ],
)
def test_the_encoding_is_found(data: bytes, content_type: str | None, text: str, charset: str) -> None:
    """Marks, headers, <meta> and detection each win where they should, and lies lose."""
    assert decode(data, content_type=content_type) == (text, charset)


def test_a_page_cut_inside_a_character_is_still_utf8() -> None:
    """One broken character at the end does not turn the whole page into another encoding."""
    text, charset = decode(("é" * 30).encode()[:-1], content_type="text/html; charset=utf-8")
    assert (text, charset) == ("é" * 29 + "\ufffd", "utf-8")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, bytes(1_000)])
def test_bytes_that_are_no_text_are_undecodable(data: bytes) -> None:
    """A picture or a block of zeros that claims to be HTML is refused."""
    with pytest.raises(DataError) as caught:
        decode(data, content_type="text/html; charset=utf-8")
    assert caught.value.reason == "undecodable"
