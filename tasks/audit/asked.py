"""The stored requests of some rows, asked again on paper: rendered, compared, parsed."""

from dataclasses import dataclass
from typing import Any

from jinja2 import UndefinedError

from tasks.audit.links import LinkError
from tasks.core.errors import ConfigError, DataError
from tasks.core.ids import sha256_text
from tasks.core.runtime import LineageStore, Row
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer, generation_id
from tasks.llm.tokenizer import ChatTemplate


@dataclass(frozen=True)
class Told:
    """What a stored answer says, and who was asked with what: `model` is name@revision, `prompt` is stage@version."""

    value: Any
    model: str
    prompt: str


class Asked:
    """The stored requests of some rows, asked again on paper: rendered, compared, parsed."""

    def __init__(self, lineage: LineageStore, generations: list[Row]) -> None:
        self._generations = {str(row["generation_id"]): row for row in generations}
        templates = {row["sampling"]["chat_template"] for row in generations if "chat_template" in row["sampling"]}
        found = lineage.fetch_by_ids("configs_by_id", sorted(templates))
        self._templates = {str(row["config_id"]): ChatTemplate.from_body(row["body"]) for row in found}

    def again(self, link: str, asked_id: str, row: Row, stage: Any) -> Told:
        """Return what the stored answer of a generation says, after every digest on the way was compared."""
        stored = self._generations.get(asked_id)
        if stored is None:
            raise LinkError(link, f"generation {asked_id} is not recorded")
        try:
            prompt = load_prompt(stored["stage"], stored["prompt_version"])
        except ConfigError as error:
            raise LinkError(link, str(error)) from error
        if sha256_text(prompt.template) != stored["template_sha256"]:
            raise LinkError(link, f"prompt {prompt.name}: the file was changed after it was used")
        try:
            text = prompt.render(**stage.values(row))
        except UndefinedError as error:
            raise LinkError(link, f"generation {asked_id} answers {prompt.name}, another question ({error})") from error
        rendered = sha256_text(self._sent(link, text, stored["sampling"]))
        if rendered != stored["rendered_sha256"]:
            raise LinkError(link, f"generation {asked_id}: the prompt rendered now differs from the one that was sent")
        key = generation_id(
            rendered_sha256=rendered,
            **{name: stored[name] for name in ("stage", "model_name", "model_revision", "sampling", "seed", "attempt")},
        )
        if key != asked_id:
            raise LinkError(link, f"generation {asked_id}: its request gives the id {key}")
        if stored["output_text"] is None:
            raise LinkError(link, f"generation {asked_id}: erased, or its stored output is missing")
        if sha256_text(stored["output_text"]) != stored["output_sha256"]:
            raise LinkError(link, f"generation {asked_id}: the stored output was changed")
        answer = Answer(asked_id, stored["output_text"], stored["finish_reason"], 0, 0, stored["facts"])
        try:
            value = stage.read_answer(answer)
        except DataError as error:
            raise LinkError(link, f"generation {asked_id}: the stored output no longer parses ({error})") from error
        return Told(value, f"{stored['model_name']}@{stored['model_revision']}", prompt.name)

    def _sent(self, link: str, text: str, sampling: Row) -> str:
        """Return the text that went over the wire: where we wrote out the conversation, with the template of then."""
        config_id = sampling.get("chat_template")
        if config_id is None:
            return text
        template = self._templates.get(config_id)
        if template is None or template.config_id != config_id:
            raise LinkError(link, f"chat template {config_id} is not recorded, or was changed")
        return template.render(text)
