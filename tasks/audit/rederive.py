"""Derives published rows again, link by link, and says which link of which row is broken.

Everything but the sampling itself is repeated: fetch the record, extract the text, render the prompts, parse the
stored answers, check the grounding, compare with the published row. This composes the stages, which is why it may
import them all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tasks.audit.decisions import insist_on_curate, insist_on_verify
from tasks.audit.links import Broken, LinkError, listed, recorded_config
from tasks.audit.published import PublishedRows, insist_on_same
from tasks.backtranslate import run as backtranslate
from tasks.core.config import DatasetSpec, ExtractConfig
from tasks.core.errors import ConfigError, DataError, FatalError
from tasks.core.ids import content_id, sha256_bytes, sha256_text
from tasks.core.runtime import LineageStore, ObjectStore, Row
from tasks.extract.rederive import rederive
from tasks.extract.sources import source_root
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer, generation_id
from tasks.publish.verify_files import verify_release_files
from tasks.rewrite import run as rewrite
from tasks.score import run as score

# Rows whose stored answers, of some kilobytes each, are in memory at once.
BATCH_ROWS = 500


class Release:
    """One release, opened for verification."""

    def __init__(
        self,
        *,
        spec: DatasetSpec,
        version: str,
        objects: ObjectStore,
        lineage: LineageStore,
        open_source: Callable[[str], ObjectStore],
    ) -> None:
        self._dataset = spec.name
        self._version = version
        self._objects = objects
        self._lineage = lineage
        found = lineage.fetch("release_by_version", dataset=spec.name, version=version)
        if not found:
            raise ConfigError(f"dataset {spec.name} has no release {version}")
        self._manifest_sha256 = found[0]["manifest_sha256"]
        self._source = open_source(source_root(spec.source, found[0]["partition_key"]))
        self._published = PublishedRows(objects, spec.name, version)

    def rows(self, pair_id: str | None = None) -> list[Row]:
        """Return what lineage knows of the release's rows, or of one."""
        return self._lineage.fetch("examples_to_verify", dataset=self._dataset, version=self._version, pair_id=pair_id)

    def sample(self, row_count: int, salt: str) -> list[Row]:
        """Return `row_count` of the release's rows by chance, the same for the same `salt`; no others are loaded."""
        chosen = self._lineage.fetch(
            "example_ids_of_release", dataset=self._dataset, version=self._version, salt=salt, row_limit=row_count
        )
        rows = [row for item in chosen for row in self.rows(str(item["pair_id"]))]
        return sorted(rows, key=lambda row: (row["shard_key"], row["shard_row"]))

    def verify_files(self) -> list[Broken]:
        """Compare the release's manifest with its recorded digest, and every file with the manifest."""
        problems = verify_release_files(
            self._objects, self._dataset, self._version, manifest_sha256=self._manifest_sha256
        )
        return [Broken("-", "release files", problem) for problem in problems]

    def verify(self, rows: list[Row]) -> Iterator[Broken | None]:
        """Yield, for each row, the first broken link or None.

        Raises RetriableError when a store is away and ConfigError when it refuses us: neither says anything of a row.
        """
        for start in range(0, len(rows), BATCH_ROWS):
            yield from self._verify_batch(rows[start : start + BATCH_ROWS])

    def _verify_batch(self, rows: list[Row]) -> Iterator[Broken | None]:
        wanted = {str(row[name]) for row in rows for name in ("instruction_id", "response_id")}
        wanted |= {str(item["generation_id"]) for row in rows for item in _judgements(row)}
        found = self._lineage.fetch_by_ids("generations_to_verify", sorted(wanted))
        asked = _Asked({str(row["generation_id"]): row for row in found})
        for row in rows:
            try:
                self._verify_row(row, asked)
            except LinkError as error:
                yield Broken(str(row["pair_id"]), error.link, str(error))
            except (DataError, FatalError, KeyError) as error:
                yield Broken(str(row["pair_id"]), "chain", f"{type(error).__name__}: {error}")
            else:
                yield None

    def _verify_row(self, row: Row, asked: "_Asked") -> None:
        """Go along the chain, and compare its end with the row in the files."""
        text = self._text(row)
        instruction = asked.again("instruction", str(row["instruction_id"]), {"text": text}, backtranslate)
        pair = {"text": text, "instruction": instruction.value}
        published = self._published.at(row["shard_key"], row["shard_row"])
        judgement = _judgement(row, [*published.values()][-1], pair, asked)
        insist_on_curate(row, judgement.value)
        response = asked.again("response", str(row["response_id"]), pair, rewrite)
        expected = content_id("pair", str(row["document_id"]), str(row["instruction_id"]), str(row["response_id"]))
        if expected != str(row["pair_id"]):
            raise LinkError("pair", f"its document, instruction and response give the id {expected}")
        grounding = insist_on_verify(row, text, instruction.value, response.value)
        derived = {
            "id": expected,
            "messages": [
                {"role": "user", "content": instruction.value},
                {"role": "assistant", "content": response.value},
            ],
            "source_url": row["target_uri"],
            "document_id": str(row["document_id"]),
            "score": judgement.value,
            "language": row["language"],
            "grounding": grounding,
            "extractor": row["extractor"],
        }
        for role, told in (("instruction", instruction), ("judge", judgement), ("response", response)):
            derived |= {f"{role}_model": told.model, f"{role}_prompt": told.prompt}
        insist_on_same(published, row["shard_row"], derived)

    def _text(self, row: Row) -> str:
        """Fetch the record and extract its text again."""
        locator = row["locator"]
        where = f"{row['source_uri']} at {locator['offset']}, {locator['length']} bytes"
        try:
            data = self._source.get_range(row["source_uri"], locator["offset"], locator["length"])
        except KeyError as error:
            raise LinkError("source record", f"{where}: the file is gone ({error})") from error
        if sha256_bytes(data) != row["record_sha256"]:
            raise LinkError("source record", f"{where}: digest {sha256_bytes(data)}, recorded {row['record_sha256']}")
        config = recorded_config(ExtractConfig, row["extract_config"], "document")
        try:
            page = rederive(data, config)
        except DataError as error:
            raise LinkError("document", f"{where}: no text can be extracted any more ({error})") from error
        if sha256_text(page.text) != row["text_sha256"]:
            made = (
                f"; it was made by {row['extractor']}, this is {page.extractor}"
                if page.extractor != row["extractor"]
                else ""
            )
            raise LinkError("document", f"{where}: the text extracted now differs from the recorded one{made}")
        record_id = content_id("source_record", row["source_kind"], row["source_uri"], locator, row["record_sha256"])
        config_id = content_id("config", "extract", row["extract_config"])
        expected = content_id("document", record_id, config_id, row["text_sha256"])
        if expected != str(row["document_id"]):
            raise LinkError("document", f"its record, configuration and text give the id {expected}")
        return page.text


@dataclass(frozen=True)
class _Told:
    """What a stored answer says, and who was asked with what: `model` is name@revision, `prompt` is stage@version."""

    value: Any
    model: str
    prompt: str


class _Asked:
    """The stored requests of some rows, asked again on paper: rendered, compared, parsed."""

    def __init__(self, generations: dict[str, Row]) -> None:
        self._generations = generations

    def again(self, link: str, asked_id: str, row: Row, stage: Any) -> _Told:
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
        rendered = sha256_text(prompt.render(**stage.values(row)))
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
        answer = Answer(asked_id, stored["output_text"], stored["finish_reason"], 0, 0)
        try:
            value = stage.read_answer(answer)
        except DataError as error:
            raise LinkError(link, f"generation {asked_id}: the stored output no longer parses ({error})") from error
        return _Told(value, f"{stored['model_name']}@{stored['model_revision']}", prompt.name)


def _judgements(row: Row) -> list[Row]:
    """Return the judgements of the row's pair, of whatever judge and prompt."""
    return [item for item in listed(row["scores"]) if item["metric"] == score.METRIC and item["generation_id"]]


def _judgement(row: Row, published: Row, pair: Row, asked: _Asked) -> _Told:
    """Return the judgement that the published row stands on: of its judge, with its prompt, of its value.

    A pair may have been judged several times, also twice by one judge (with other sampling): one must hold.
    """
    wanted = {
        "value": published.get("score"),
        "judge": published.get("judge_model"),
        "prompt": published.get("judge_prompt"),
    }
    fitting = [item for item in _judgements(row) if wanted.items() <= item.items()]
    broken = LinkError("score", "no judgement is recorded of {value} by {judge} with {prompt}".format(**wanted))
    for item in fitting:
        try:
            told = asked.again("score", str(item["generation_id"]), pair, score)
        except LinkError as error:
            broken = error
            continue
        if told.value == item["value"]:
            return told
        broken = LinkError("score", f"the stored judgement reads {told.value}, the recorded score is {item['value']}")
    raise broken
