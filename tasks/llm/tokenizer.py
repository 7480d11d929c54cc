"""A model's own tokenizer, from a folder: its chat template, which we render, and counts of its tokens.

The folder is what `save_pretrained` writes: tokenizer.json, tokenizer_config.json, chat_template.jinja where there is
one. Its digest is part of the specification, so that another template cannot slip in unseen.
"""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError
from tasks.core.ids import content_id, digest_of, sha256_bytes

FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "special_tokens_map.json")
# For a template that prints today's date: the same document must be the same request on every day.
FIXED_DATE = "2024-01-01"


@dataclass(frozen=True)
class ChatTemplate:
    """How a model wants a conversation written out. `config_id` names it in the lineage store."""

    template: str
    tokens: tuple[tuple[str, str], ...]  # bos_token, eos_token … by name

    def body(self) -> dict[str, Any]:
        """Return what is recorded, enough to render the same text again."""
        return {"template": self.template, "tokens": dict(self.tokens)}

    @classmethod
    def from_body(cls, body: dict[str, Any]) -> "ChatTemplate":
        return cls(body["template"], tuple(sorted(body["tokens"].items())))

    @cached_property
    def config_id(self) -> str:
        return content_id("config", "chat_template", self.body())

    def render(self, text: str) -> str:
        """Return one user message, ready for the model's answer. Raises ConfigError for a template that fails."""
        try:
            rendered = _compiled(self.template).render(
                messages=[{"role": "user", "content": text}], add_generation_prompt=True, **dict(self.tokens)
            )
        # A template is a program: it may add up what does not add up.
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            raise ConfigError(f"the chat template cannot write out a single user message: {error}") from error
        return str(rendered)


@cache
def _compiled(template: str) -> Any:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals |= {"raise_exception": _refuse, "strftime_now": lambda form: FIXED_DATE}
    return environment.from_string(template)


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)


def tokenizer_sha256(folder: Path) -> str:
    """Return the digest of the tokenizer's files in `folder`. Raises ConfigError when there is no tokenizer."""
    files = [folder / name for name in FILES if (folder / name).is_file()]
    if folder / "tokenizer.json" not in files:
        raise ConfigError(f"{folder}: no tokenizer.json; give the folder that the model's tokenizer was saved to")
    return digest_of([[path.name, sha256_bytes(path.read_bytes())] for path in files])


class LocalTokenizer:
    """The tokenizer of one folder."""

    def __init__(self, folder: Path) -> None:
        self.sha256 = tokenizer_sha256(folder)
        self._folder = folder
        if "model" not in _read(folder / "tokenizer.json"):
            raise ConfigError(f"{folder}/tokenizer.json holds no tokenizer")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        # The file may say how its trainer cut and filled texts: a cut text has always room.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`, which holds its special tokens already."""
        storable = text.encode("utf-8", "replace").decode("utf-8")  # the library refuses lone surrogates
        return len(self._tokenizer.encode(storable, add_special_tokens=False).ids)

    def chat_template(self) -> ChatTemplate:
        """Return the chat template of the folder. Raises ConfigError when it has none."""
        config = _read(self._folder / "tokenizer_config.json")
        file = self._folder / "chat_template.jinja"
        template = file.read_text("utf-8") if file.is_file() else config.get("chat_template")
        if isinstance(template, list):  # several by name
            template = next((item["template"] for item in template if item.get("name") == "default"), None)
        if not isinstance(template, str):
            raise ConfigError(f"{self._folder}: has no chat template; ask this model with `api: chat`")
        tokens = {name: _token(config.get(name)) for name in ("bos_token", "eos_token", "unk_token", "pad_token")}
        return ChatTemplate(template, tuple(sorted(tokens.items())))


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if not isinstance(body, dict):
        raise ConfigError(f"{path} holds no JSON object")
    return body


def _token(value: Any) -> str:
    return str(value.get("content", "") if isinstance(value, dict) else value or "")


@cache
def _open(folder: str) -> LocalTokenizer:
    return LocalTokenizer(Path(folder))


def local_tokenizer(model: ModelSpec) -> LocalTokenizer | None:
    """Return the model's tokenizer where its specification names a folder.

    Raises ConfigError when the folder is not the one that the specification was written for.
    """
    if model.tokenizer is None:
        return None
    found = _open(model.tokenizer)
    if model.tokenizer_sha256 != found.sha256:
        told = model.tokenizer_sha256 or "none"
        raise ConfigError(
            f"model {model.name}: the tokenizer in {model.tokenizer} has the digest {found.sha256}, the specification "
            f"says {told}; set models.*.tokenizer_sha256 to it, if it is the tokenizer of revision {model.revision}"
        )
    return found
