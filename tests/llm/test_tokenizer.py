"""A model's own tokenizer: what its template writes out, what it counts, and that no other slips in."""

from pathlib import Path
from typing import Any

import pytest

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError
from tasks.llm.tokenizer import FIXED_DATE, ChatTemplate, LocalTokenizer, local_tokenizer, tokenizer_sha256
from tests.llm.made_tokenizer import CONFIG, TEMPLATE, make_tokenizer

TOKENS = (("bos_token", "<s>"), ("eos_token", "</s>"))


def spec(**fields: Any) -> ModelSpec:
    return ModelSpec.model_validate({"connection": "c", "name": "tiny", "revision": "r1", **fields})


def test_template_writes_out_one_user_message(tmp_path: Path) -> None:
    """The special tokens are the model's, in either form they are saved in, and the answer is what comes next."""
    template = LocalTokenizer(make_tokenizer(tmp_path)).chat_template()
    assert template.render("Tea?") == "<s><|user|>Tea?<|end|><|assistant|>"
    assert dict(template.tokens) == {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "", "unk_token": ""}


def test_a_message_is_no_template(tmp_path: Path) -> None:
    """Template syntax and markup in a document are text, untouched to the letter."""
    hostile = "{{ bos_token }} {% for x in y %} <b>&amp;</b> 'q' \n\n  x  \u202e\x00"
    template = LocalTokenizer(make_tokenizer(tmp_path)).chat_template()
    assert template.render(hostile) == f"<s><|user|>{hostile}<|end|><|assistant|>"


def test_template_of_its_own_file_is_preferred(tmp_path: Path) -> None:
    """That is where newer models keep it; of several by name the default one is taken."""
    folder = make_tokenizer(tmp_path / "file", template="file: {{ messages[0].content }}")
    assert LocalTokenizer(folder).chat_template().render("x") == "file: x"
    several = [
        {"name": "tools", "template": "t"},
        {"name": "default", "template": "several: {{ messages[0].content }}"},
    ]
    folder = make_tokenizer(tmp_path / "several", config={**CONFIG, "chat_template": several})
    assert LocalTokenizer(folder).chat_template().render("x") == "several: x"


def test_blocks_leave_no_blank_lines() -> None:
    """As the library that models are trained with renders: a block takes its line with it."""
    template = ChatTemplate(
        "{% for m in messages %}\n    {% if true %}\n{{ m.content }}\n    {% endif %}\n{% endfor %}\n", ()
    )
    assert template.render("x") == "x\n"


def test_today_is_always_the_same_day() -> None:
    """A template that prints the date would make every day another request of the same document."""
    assert ChatTemplate("{{ strftime_now('%d %b %Y') }}", ()).render("x") == FIXED_DATE


@pytest.mark.parametrize(
    "template",
    [
        "{{ raise_exception('only system messages') }}",
        "{% if %}",
        "{{ messages[0].content + 1 }}",
        "{{ 1 // 0 }}",
        "{{ messages[0].__class__.__mro__ }}",
        "{{ nothing.at_all }}",
    ],
)
def test_a_template_that_fails_is_a_configuration_error(template: str) -> None:
    """Whatever a template does, it does to every document: a person must look."""
    with pytest.raises(ConfigError, match="cannot write out"):
        ChatTemplate(template, TOKENS).render("x")


def test_template_comes_back_from_what_is_recorded() -> None:
    """What the lineage store holds renders the same text; the id follows every part of it."""
    template = ChatTemplate(TEMPLATE, TOKENS)
    again = ChatTemplate.from_body(template.body())
    assert again == template and again.config_id == template.config_id
    assert again.render("x") == template.render("x")
    assert ChatTemplate(TEMPLATE + " ", TOKENS).config_id != template.config_id
    assert ChatTemplate(TEMPLATE, (("bos_token", "<b>"), TOKENS[1])).config_id != template.config_id


def test_tokens_are_counted_as_they_stand(tmp_path: Path) -> None:
    """Special tokens in the text are one each, and none is added."""
    tokenizer = LocalTokenizer(make_tokenizer(tmp_path))
    assert tokenizer.count("") == 0
    assert tokenizer.count("abc") == 3
    assert tokenizer.count("<s><|user|>abc<|end|><|assistant|>") == 7


def test_a_long_text_is_not_cut_before_it_is_counted(tmp_path: Path) -> None:
    """The file may hold its trainer's length, to which texts are cut or filled."""
    tokenizer = LocalTokenizer(make_tokenizer(tmp_path, max_length=8))
    assert tokenizer.count("a" * 100) == 100
    assert tokenizer.count("abc") == 3


@pytest.mark.parametrize("text", ["a\ud800b", "\x00", "\u202e", "\U0001f375" * 1000])
def test_any_text_is_counted(tmp_path: Path, text: str) -> None:
    """A lone surrogate is no reason to fail a shard."""
    count = LocalTokenizer(make_tokenizer(tmp_path)).count(text)
    assert 0 < count <= len(text.encode("utf-8", "surrogatepass"))


def test_digest_follows_every_file_that_matters(tmp_path: Path) -> None:
    """Another word list, template or special token is another tokenizer; other files in the folder are not."""
    digests = {
        tokenizer_sha256(make_tokenizer(tmp_path / "a")),
        tokenizer_sha256(make_tokenizer(tmp_path / "b", template=TEMPLATE)),
        tokenizer_sha256(make_tokenizer(tmp_path / "c", config={**CONFIG, "bos_token": "<b>"})),
        tokenizer_sha256(make_tokenizer(tmp_path / "d", max_length=9)),
    }
    assert len(digests) == 4
    (tmp_path / "a" / "README.md").write_text("hello")
    assert tokenizer_sha256(tmp_path / "a") in digests
    assert tokenizer_sha256(make_tokenizer(tmp_path / "e")) == tokenizer_sha256(tmp_path / "a")


@pytest.mark.parametrize("config", [None, "{", "[1]", {"chat_template": None}, {}, {"chat_template": []}])
def test_a_folder_without_a_template_is_a_configuration_error(tmp_path: Path, config: Any) -> None:
    """A model that is no chat model, or a folder that is not whole."""
    with pytest.raises(ConfigError, match=str(tmp_path)):
        LocalTokenizer(make_tokenizer(tmp_path, config=config)).chat_template()


@pytest.mark.parametrize("data", [None, b"", b"{", b"\xff", b"{}"])
def test_a_folder_without_a_tokenizer_is_a_configuration_error(tmp_path: Path, data: bytes | None) -> None:
    """The message names the folder."""
    if data is not None:
        (tmp_path / "tokenizer.json").write_bytes(data)
    with pytest.raises(ConfigError, match=str(tmp_path)):
        LocalTokenizer(tmp_path)


def test_the_specification_names_the_tokenizer_by_its_digest(tmp_path: Path) -> None:
    """Another one, or none told, is an error that tells the digest there is."""
    folder = make_tokenizer(tmp_path)
    digest = tokenizer_sha256(folder)
    found = local_tokenizer(spec(tokenizer=str(folder), tokenizer_sha256=digest))
    assert found is not None and found.sha256 == digest
    assert local_tokenizer(spec()) is None
    for wrong in (None, "0" * 64):
        with pytest.raises(ConfigError, match=digest):
            local_tokenizer(spec(tokenizer=str(folder), tokenizer_sha256=wrong))
