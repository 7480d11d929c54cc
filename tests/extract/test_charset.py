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
        (
            "中文网页，编码需要正确识别。㑇".encode("gb18030"),
            "text/html; charset=gb2312",
            "中文网页，编码需要正确识别。㑇",
            "gbk",
        ),
        (
            "①番目の日本語のページ。".encode("cp932"),
            "text/html; charset=Shift_JIS",
            "①番目の日本語のページ。",
            "shift_jis",
        ),
        ("똠방각하의 본문입니다.".encode("cp949"), "text/html; charset=euc-kr", "똠방각하의 본문입니다.", "euc_kr"),
        ("10 € au café".encode("iso-8859-15"), "text/html; charset=iso-8859-15", "10 € au café", "iso8859-15"),
        ("<html><p>plain text</p>".encode("utf-16-le"), None, "<html><p>plain text</p>", "utf-16-le"),
        ("<html><p>plain text</p>".encode("utf-16-be"), None, "<html><p>plain text</p>", "utf-16-be"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">' + "мир".encode("koi8-r"),
            None,
            '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">мир',
            "koi8-r",
        ),
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


def test_a_few_bad_bytes_do_not_change_the_encoding() -> None:
    """A long UTF-8 page with one byte of another encoding in it stays UTF-8; that byte alone is lost."""
    text, charset = decode("naïve café ".encode() * 100 + b"\x80 end", content_type="text/html; charset=utf-8")
    assert charset == "utf-8" and text == "naïve café " * 100 + "\ufffd end"


def test_a_meta_element_beyond_the_prescan_is_not_believed() -> None:
    """Browsers look at the first 1,024 bytes only; what follows is found by detection."""
    data = b" " * 1_100 + b"<meta charset=koi8-r>un caf\xe9 cr\xe8me et un th\xe9 glac\xe9"
    assert decode(data)[0].strip().endswith("un café crème et un thé glacé")
