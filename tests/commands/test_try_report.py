"""A try as Markdown and as a page: what web pages and models say stays text."""

import re
from typing import Any

from tasks.commands.try_outcomes import Tried, Version
from tasks.commands.try_report import SHOWN_CHARS, Trial, as_html, as_markdown, figures

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ```\n# no heading\n[x](javascript:y) {{ 7 * 7 }} </div>"
)
ROW = {
    "document_id": "d",
    "target_uri": f"https://x.example/{HOSTILE}",
    "text": HOSTILE,
    "instruction": HOSTILE,
}


def trial(present: Tried, new: Tried, row: dict[str, Any] = ROW) -> Trial:
    versions = (Version("present: p@1", [present], 0, 1), Version(f"new: {HOSTILE}", [new], 1, 0))
    return Trial("rewrite", "one row", [row], versions)


def test_a_page_escapes_every_text() -> None:
    """Names, documents, instructions, answers, reasons and details."""
    page = as_html(trial(Tried(HOSTILE), Tried(HOSTILE, HOSTILE, HOSTILE)))
    assert "<script" not in page and "<img" not in page and "{{ 7 * 7 }}" in page
    assert page.count("&lt;script&gt;") == 10
    assert "default-src 'none'" in page


def test_markdown_keeps_texts_between_fences_that_they_cannot_close() -> None:
    """What stands outside is escaped and on one line."""
    text = as_markdown(trial(Tried(HOSTILE + "\n``````\nfree"), Tried(HOSTILE, "reason", HOSTILE)))
    inside, outside, fence = [], [], ""
    for line in text.splitlines():
        opened = re.fullmatch(r"(`{3,})text", line)
        if not fence and opened:
            fence = opened[1]
        elif fence and re.fullmatch(r"`+ *", line) and len(line.strip()) >= len(fence):  # as CommonMark closes it
            fence = ""
        else:
            (inside if fence else outside).append(line)
    assert fence == "" and "free" in inside and "# no heading" in inside
    assert not [line for line in outside if re.search(r"(?<!\\)[<`]|^# no|(?<!\\)\]\(", line)]


def test_figures_stand_beside_each_other() -> None:
    """A reason of one version is told for both; a figure that nobody has is left out."""
    told = dict(figures(trial(Tried("a", made_chars=4, output_tokens=2), Tried("b", "new_numbers"))))
    assert told["kept"] == ["1 (100%)", "0 (0%)"]
    assert told["new_numbers"] == ["0 (0%)", "1 (100%)"]
    assert told["mean characters made"] == ["4", ""] and "mean score" not in told
    assert told["requests sent now"] == ["0", "1"]


def test_a_row_without_an_instruction_or_an_address_has_none() -> None:
    """Those that backtranslation reads; a long document is cut in Markdown, and it says so."""
    row = {"document_id": "d-1", "target_uri": None, "text": "x" * 5_000}
    made = trial(Tried("a"), Tried("b", score=4.5), row)
    text = as_markdown(made)
    assert "## 1. d-1" in text and "Instruction:" not in text and "score 4.5, kept" in text
    assert f"the first {SHOWN_CHARS} of 5000 characters" in text and "x" * (SHOWN_CHARS + 1) not in text
    assert "x" * 5_000 in as_html(made)
