"""Prompts are files with versions: `tasks/<stage>/prompt_v<N>.jinja`. A published file is never edited."""

import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from tasks.core.errors import ConfigError
from tasks.core.ids import content_id, sha256_text

TASKS = Path(__file__).parent.parent
# Web text that holds our own markers must not end the document early.
MARKER = re.compile(r"\[(/?)(DOC|INS|RES)\]")
# Nor may it speak as another role: a server reads these as special tokens wherever they stand (the forms of ChatML,
# Llama 2 and 3, Mistral, Gemma, Phi, DeepSeek, Command R and of plain sentence-piece models).
SPECIAL_TOKEN = re.compile(
    r"<(?=[|\uff5c][^<>|\uff5c]{1,60}[|\uff5c]>|/?s>|/?bos>|/?eos>|/?pad>|/?unk>|/?think>|(?:start|end)_of_turn>|\s?SYS>|/SYS>|<SYS>>|</SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])",
    re.IGNORECASE,
)

_environment = Environment(undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False)  # noqa: S701 plain text


@cache
def _compiled(template: str) -> Template:
    return _environment.from_string(template)


@dataclass(frozen=True)
class Prompt:
    """One version of one stage's prompt. `prompt_id` is a function of the template's bytes."""

    stage: str
    version: int
    template: str

    @property
    def name(self) -> str:
        """stage@version, as it is shown to people."""
        return f"{self.stage}@{self.version}"

    @cached_property
    def prompt_id(self) -> str:
        return content_id("prompt", self.stage, self.version, sha256_text(self.template))

    def render(self, **values: str) -> str:
        """Return the text that is sent. Our markers and special tokens inside a value are defused by one space."""
        defused = {name: defuse(value) for name, value in values.items()}
        return _compiled(self.template).render(**defused)


def defuse(value: str) -> str:
    """Return `value` with a space in each of our markers and of the special tokens of models."""
    return SPECIAL_TOKEN.sub(lambda match: match[0] + " ", MARKER.sub(r"[ \1\2]", value))


@cache
def load_prompt(stage: str, version: int, root: Path = TASKS) -> Prompt:
    """Read a prompt. Raises ConfigError naming the versions there are."""
    path = root / stage / f"prompt_v{version}.jinja"
    if not path.is_file():
        there = sorted(p.name for p in path.parent.glob("prompt_v*.jinja"))
        raise ConfigError(f"{stage}.prompt: no version {version}; there are {there} in tasks/{stage}/")
    return Prompt(stage=stage, version=version, template=path.read_text(encoding="utf-8"))
