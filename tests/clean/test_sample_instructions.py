"""The instructions that the demonstration's stand-in writes for the sample pages are all kept."""

from pathlib import Path

import pytest

from tasks.backtranslate.parse import parse
from tasks.clean.duplicates import duplicate_of
from tasks.clean.rules import check
from tasks.clean.run import prompt_text
from tasks.core.config import CleanConfig, ExtractConfig, FilterConfig
from tasks.core.errors import DataError
from tasks.extract.page import page_of
from tasks.extract.warc import SourceRecord, read
from tasks.filters import check as filter_check
from tasks.llm.prompts import load_prompt
from tasks.llm.standin.answer import answer, read_prompt
from tasks.llm.standin.choice import Choose
from tasks.local.sample.build import build

CONFIG = CleanConfig()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """(instruction, document) for every page that passes the filters, in several wordings."""
    prompt = load_prompt("backtranslate", 1)
    pairs: dict[tuple[str, str], None] = {}
    for text in _documents(build(tmp_path_factory.mktemp("sample"))):
        rendered = prompt.render(document=text)
        for seed in range(4):
            said = answer(read_prompt(rendered), Choose(rendered, seed=seed))
            pairs[parse(said, "stop"), text] = None
    return list(pairs)


def _documents(warcs: list[Path]) -> list[str]:
    texts: dict[str, None] = {}
    for path in warcs:
        for record in read(path, max_record_bytes=ExtractConfig().max_record_bytes):
            try:
                page = page_of(record, ExtractConfig()) if isinstance(record, SourceRecord) else None
            except DataError:
                continue
            if page and filter_check(page.text, url=None, config=FilterConfig()).reason is None:
                texts[page.text] = None
    return list(texts)


def test_no_rule_objects(asked: list[tuple[str, str]]) -> None:
    """Requests that fit their pages pass, and with room to spare: none is near the bound of what must be contained."""
    strict = CleanConfig(min_answered=0.33)
    found = {
        text: str(fault)
        for text, document in asked
        if (fault := check(text, document=document, prompt_text=prompt_text(), language="en", config=strict))
    }
    assert len(asked) > 100
    assert found == {}


def test_only_the_twin_pages_ask_the_same(asked: list[tuple[str, str]]) -> None:
    """Two pages of the sample are near-duplicates of each other and are asked for in the same words."""
    instructions = [text for text, _ in asked]
    found = duplicate_of(instructions, CONFIG.max_similarity)
    assert {instructions[n] for n, earlier in enumerate(found) if earlier is not None} == {
        "How should potatoes be stored?"
    }
