"""The requests of one stage over one shard in the stores: what is answered, what is new, and when it is written."""

import time
from collections.abc import Callable, Sequence

from tasks.core.config import LlmConfig, ModelSpec
from tasks.core.ids import sha256_text
from tasks.core.runtime import Row, Runtime
from tasks.llm.chunks import load_chunks, store_chunk
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer, Refused, Request, model_id
from tasks.llm.tokenizer import ChatTemplate

# Seconds between two reports of the counts to those who watch a long task.
REPORT_SECONDS = 2.0


def declare(prompt: Prompt, model: ModelSpec, template: ChatTemplate | None, rt: Runtime) -> None:
    """Make sure that the prompt, the model and the chat template, to which generations point, are known."""
    prompts = [
        {
            "prompt_id": prompt.prompt_id,
            "stage": prompt.stage,
            "version": prompt.version,
            "template": prompt.template,
            "template_sha256": sha256_text(prompt.template),
        }
    ]
    models = [{"model_id": model_id(model.name, model.revision), "name": model.name, "revision": model.revision}]
    templates = [template] if template else []
    configs = [{"config_id": item.config_id, "kind": "chat_template", "body": item.body()} for item in templates]
    rt.lineage.insert_all([("prompt", prompts), ("model", models), ("config", configs)])


class Asked:
    """Answers go in by `take` and come out, stored, by `flush`; `stored` finds those of earlier tries."""

    def __init__(self, config: LlmConfig, rt: Runtime, prefix: str) -> None:
        self._config = config
        self._rt = rt
        self._prefix = prefix
        self._expected: dict[str, Request] = {}
        self._buffer: list[Answer] = []
        self._refused: dict[str, Refused] = {}
        self._flushed_at = self._reported_at = time.monotonic()
        self._rt.add_metrics({"requests_sent": 0, "requests_reused": 0, "prompt_tokens": 0, "output_tokens": 0})
        for rows in load_chunks(rt.objects, prefix):
            self._insert(self._adopt(rows), [])

    def stored(self, keys: Sequence[str]) -> dict[str, Answer | Refused]:
        """Return the stored answers to these requests; one that was erased is refused, and is not to be sent."""
        found = self._read(keys)
        self._rt.add_metrics({"requests_reused": len(found)})
        missing = [key for key in keys if key not in found]
        erased = self._rt.lineage.fetch_by_ids("erased_generations", missing) if missing else []
        return found | {str(row["generation_id"]): _erased(str(row["generation_id"])) for row in erased}

    def expect(self, request: Request) -> None:
        """Note that an answer to `request` will come. Raises BudgetExceeded when the run may spend no more."""
        if self._rt.budget is not None and not self._expected:
            self._rt.budget.spend(self._config.served_by, 0, 0)
        self._expected[request.generation_id] = request

    def take(self, answer: Answer | Refused) -> bool:
        """Keep an answer that arrived; return whether it is time to flush."""
        if isinstance(answer, Refused):
            self._refused[answer.generation_id] = answer
        else:
            self._buffer.append(answer)
        is_due = time.monotonic() - self._flushed_at > self._config.flush_seconds
        return len(self._buffer) >= self._config.flush_rows or is_due

    def flush(self, links: Callable[[str], list[Row]]) -> dict[str, Answer | Refused]:
        """Write what arrived, as a chunk and as rows; return what stands in the store for it, and what was refused.

        `links` names the rows that a request was about. Where a store is away the answers stay for the next flush.
        """
        self._flushed_at = time.monotonic()
        settled: dict[str, Answer | Refused] = {}
        if buffer := self._buffer:
            rows = [self._row(self._expected[answer.generation_id], answer) for answer in buffer]
            about = [link for answer in buffer for link in links(answer.generation_id)]
            store_chunk(self._rt.objects, self._prefix, rows)
            if self._insert(rows, about) == 2 * len(rows) + len(about):
                settled = {answer.generation_id: answer for answer in buffer}
            else:
                # After ON CONFLICT the stored answer is the one that counts, whoever wrote it.
                keys = [answer.generation_id for answer in buffer]
                found = self._read(keys)
                settled = {key: found.get(key) or _erased(key) for key in keys}
            self._buffer = []
        settled |= self._refused
        self._refused = {}
        for key in settled:
            del self._expected[key]
        self._count(buffer)
        return settled

    def link(self, links: list[Row]) -> None:
        """Record which documents (and instructions) answered requests were about."""
        if links:
            self._rt.lineage.insert("generation_input", links)

    def report(self) -> None:
        """Write the counts for those who watch."""
        self._reported_at = time.monotonic()
        self._rt.report_metrics()

    def _count(self, buffer: list[Answer]) -> None:
        if not buffer:
            return
        prompt_tokens = sum(answer.prompt_tokens for answer in buffer)
        output_tokens = sum(answer.output_tokens for answer in buffer)
        seconds = {name: sum(answer.facts.get(name, 0.0) for answer in buffer) for name in ("seconds", "queue_seconds")}
        self._rt.add_metrics(
            {
                "requests_sent": len(buffer),
                "prompt_tokens": prompt_tokens,
                "output_tokens": output_tokens,
                "answer_milliseconds": int(1000 * seconds["seconds"]),
                "queue_milliseconds": int(1000 * seconds["queue_seconds"]),
            }
        )
        if time.monotonic() - self._reported_at > REPORT_SECONDS:
            self.report()
        if self._rt.budget is not None:
            self._rt.budget.spend(self._config.served_by, prompt_tokens, output_tokens)

    def _read(self, keys: Sequence[str]) -> dict[str, Answer]:
        return {
            str(row["generation_id"]): Answer(
                generation_id=str(row["generation_id"]),
                output_text=row["output_text"],
                finish_reason=row["finish_reason"],
                prompt_tokens=row["prompt_tokens"],
                output_tokens=row["output_tokens"],
                facts=row["facts"],
            )
            for row in self._rt.lineage.fetch_by_ids("answered_generations", keys)
        }

    def _adopt(self, rows: list[Row]) -> list[Row]:
        """Put this try in the place of runs that the store does not know: it lost them, or never had them."""
        runs = sorted({row["generated_by"] for row in rows})
        known = {str(row["run_id"]) for row in self._rt.lineage.fetch_by_ids("known_runs", runs)}
        ours = self._rt.run.run_id
        return [row if row["generated_by"] in known else {**row, "generated_by": ours} for row in rows]

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

    def _insert(self, rows: list[Row], links: list[Row]) -> int:
        facts = [{name: value for name, value in row.items() if name != "output_text"} for row in rows]
        texts = [{"generation_id": row["generation_id"], "output_text": row["output_text"]} for row in rows]
        return self._rt.lineage.insert_all(
            [("generation", facts), ("generation_output", texts), ("generation_input", links)]
        )


def _erased(key: str) -> Refused:
    return Refused(key, "an erasure forbids to store the answer again", "answer_erased")
