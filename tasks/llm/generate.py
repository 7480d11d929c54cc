"""Asks a model about every row of a shard, and asks nothing twice.

Before anything is sent, the lineage store is asked which requests are answered already. Answers are flushed in
chunks as they come: first an immutable chunk object, then the rows in PostgreSQL. A task that was killed loads
the chunks that never got their rows and sends only what is missing: at most one unflushed chunk is asked again.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.errors import DataError
from tasks.core.ids import content_id, sha256_text
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Rejected
from tasks.llm.chunks import load_chunks, store_chunk
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer, Refused, Request, build_request


@dataclass(frozen=True)
class Generated:
    """A row with the answer that was accepted for it."""

    row: Row
    answer: Answer
    value: Any


Parse = Callable[[Answer], Any]


def generate(
    rows: Iterable[Row],
    *,
    prompt: Prompt,
    values: Callable[[Row], dict[str, str]],
    instruction_id: Callable[[Row], str | None],
    parse: Parse,
    config: LlmConfig,
    rt: Runtime,
    shard_key: str,
) -> Iterator[Generated | Rejected]:
    """Yield one outcome per row, in the order of `rows`.

    `values` fills the prompt, `parse` turns an answer into a value or raises DataError, upon which the row is
    asked again as another attempt, up to `config.max_attempts`. Raises RetriableError when the model server or
    the store is away; everything answered until then is kept.
    """
    table = list(rows)
    outcomes: dict[int, Generated | Rejected] = {}
    with rt.lineage.lock("generate", prompt.stage, shard_key):
        asker = _Asker(prompt=prompt, config=config, rt=rt, shard_key=shard_key, row_count=len(table))
        pending = list(range(len(table)))
        for attempt in range(config.max_attempts):
            requests = {i: build_request(prompt, config, attempt, values(table[i])) for i in pending}
            answers = asker.answer(list(requests.values()))
            asker.link([(requests[i], table[i]["document_id"], instruction_id(table[i])) for i in pending], answers)
            for i in pending:
                outcomes[i] = _outcome(table[i], answers.get(requests[i].generation_id), parse)
            # What the server refused it would refuse again, and what was erased stays erased.
            answered = (i for i in pending if isinstance(answers.get(requests[i].generation_id), Answer))
            pending = [i for i in answered if isinstance(outcomes[i], Rejected)]
            if not pending:
                break
    for i in range(len(table)):
        yield outcomes[i]


def _outcome(row: Row, answer: Answer | Refused | None, parse: Parse) -> Generated | Rejected:
    if answer is None:
        return Rejected(row, "answer_erased", "an erasure forbids to store the answer again")
    if isinstance(answer, Refused):
        return Rejected(row, answer.reason, answer.detail)
    try:
        return Generated(row, answer, parse(answer))
    except DataError as error:
        return Rejected(row, error.reason, f"generation {answer.generation_id}: {error.detail}")


class _Asker:
    """Looks up, sends, flushes: the traffic of one stage over one shard."""

    def __init__(self, *, prompt: Prompt, config: LlmConfig, rt: Runtime, shard_key: str, row_count: int) -> None:
        self._prompt = prompt
        self._config = config
        self._rt = rt
        self._prefix = f"generations/{prompt.stage}/{shard_key}"
        self._counts = {"requests_sent": 0, "requests_reused": 0, "prompt_tokens": 0, "output_tokens": 0}
        self._rt.set_metrics({"rows_in": row_count, **self._counts})
        self._declare()

    def _declare(self) -> None:
        """Make sure that the prompt and the model, to which generations point, are known."""
        model = self._config.served_by
        self._rt.lineage.insert_all(
            [
                (
                    "prompt",
                    [
                        {
                            "prompt_id": self._prompt.prompt_id,
                            "stage": self._prompt.stage,
                            "version": self._prompt.version,
                            "template": self._prompt.template,
                            "template_sha256": sha256_text(self._prompt.template),
                        }
                    ],
                ),
                (
                    "model",
                    [
                        {
                            "model_id": content_id("model", model.name, model.revision),
                            "name": model.name,
                            "revision": model.revision,
                        }
                    ],
                ),
            ]
        )
        for rows in load_chunks(self._rt.objects, self._prefix):
            self._insert(self._adopt(rows))

    def _adopt(self, rows: list[Row]) -> list[Row]:
        """Put this try in the place of runs that the store does not know: it lost them, or never had them."""
        runs = sorted({row["generated_by"] for row in rows})
        known = {str(row["run_id"]) for row in self._rt.lineage.fetch_by_ids("known_runs", runs)}
        ours = self._rt.run.run_id
        return [row if row["generated_by"] in known else {**row, "generated_by": ours} for row in rows]

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer | Refused]:
        """Return an answer for every request but those whose answer was erased; identical ones are sent once."""
        wanted = {request.generation_id: request for request in requests}
        answers: dict[str, Answer | Refused] = dict(self._stored(list(wanted)))
        self._counts["requests_reused"] += len(answers)
        missing = [request for key, request in wanted.items() if key not in answers]
        if missing:
            answers.update(self._send(missing))
        self._rt.set_metrics(self._counts)
        return answers

    def _stored(self, ids: list[str]) -> dict[str, Answer]:
        return {
            str(row["generation_id"]): Answer(
                generation_id=str(row["generation_id"]),
                output_text=row["output_text"],
                finish_reason=row["finish_reason"],
                prompt_tokens=row["prompt_tokens"],
                output_tokens=row["output_tokens"],
            )
            for row in self._rt.lineage.fetch_by_ids("answered_generations", ids)
        }

    def _send(self, requests: list[Request]) -> dict[str, Answer | Refused]:
        by_id = {request.generation_id: request for request in requests}
        refused: dict[str, Answer | Refused] = {}
        buffer: list[Answer] = []
        flushed_at = time.monotonic()
        try:
            for answer in self._rt.model_client(self._config).complete(requests):
                if isinstance(answer, Refused):
                    refused[answer.generation_id] = answer
                    continue
                buffer.append(answer)
                if len(buffer) >= self._config.flush_rows or time.monotonic() - flushed_at > self._config.flush_seconds:
                    self._flush(buffer, by_id)
                    flushed_at = time.monotonic()
        finally:
            self._flush(buffer, by_id)
        # After ON CONFLICT the stored answer is the one that counts, whoever wrote it.
        stored = self._stored([key for key in by_id if key not in refused])
        erased = {key: Refused(key, "its stored answer was erased", "answer_erased") for key in by_id}
        return {**erased, **stored, **refused}

    def _flush(self, buffer: list[Answer], by_id: dict[str, Request]) -> None:
        if not buffer:
            return
        rows = [self._row(by_id[answer.generation_id], answer) for answer in buffer]
        store_chunk(self._rt.objects, self._prefix, rows)
        self._insert(rows)
        self._counts["requests_sent"] += len(buffer)
        self._counts["prompt_tokens"] += sum(answer.prompt_tokens for answer in buffer)
        self._counts["output_tokens"] += sum(answer.output_tokens for answer in buffer)
        self._rt.report_metrics(self._counts)
        buffer.clear()

    def _row(self, request: Request, answer: Answer) -> Row:
        return {
            "generation_id": request.generation_id,
            "stage": request.stage,
            "prompt_id": request.prompt_id,
            "model_id": request.model_id,
            "sampling": request.sampling,
            "seed": request.seed,
            "attempt": request.attempt,
            "rendered_sha256": request.rendered_sha256,
            "finish_reason": answer.finish_reason,
            "prompt_tokens": answer.prompt_tokens,
            "output_tokens": answer.output_tokens,
            "output_sha256": sha256_text(answer.output_text),
            "facts": answer.facts,
            "generated_by": self._rt.run.run_id,
            "output_text": answer.output_text,
        }

    def _insert(self, rows: list[Row]) -> None:
        facts = [{name: value for name, value in row.items() if name != "output_text"} for row in rows]
        texts = [{"generation_id": row["generation_id"], "output_text": row["output_text"]} for row in rows]
        self._rt.lineage.insert_all([("generation", facts), ("generation_output", texts)])

    def link(self, asked: list[tuple[Request, str, str | None]], answers: dict[str, Answer | Refused]) -> None:
        """Record which documents (and instructions) each answered request was about."""
        self._rt.lineage.insert(
            "generation_input",
            [
                {"generation_id": request.generation_id, "document_id": document, "instruction_id": instruction}
                for request, document, instruction in asked
                if isinstance(answers.get(request.generation_id), Answer)
            ],
        )
