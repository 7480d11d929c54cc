"""A lineage store that knows the answers it was given, and a model that answers as a test says."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.ids import canonical_json, content_id, sha256_text
from tasks.core.runtime import RunContext, Runtime
from tasks.llm.request import Answer, Refused, Request
from tests.fakes.lineage import RecordingLineage
from tests.fakes.objects import MemoryObjects

MODEL = {"connection": "c", "name": "tiny", "revision": "r1"}


class AnsweringLineage(RecordingLineage):
    """Gives stored answers back, as PostgreSQL does: the first answer of a request is the one that stays."""

    def __init__(self, runs: Sequence[str] = ()) -> None:
        super().__init__(
            {
                "answered_generations": self._answered,
                "erased_generations": self._erased,
                "known_runs": lambda ids: [{"run_id": run} for run in runs],
            }
        )

    def insert(self, table: str, rows: Any) -> int:
        if table == "generation_output":
            known = {row["generation_id"] for row in self.tables.get(table, [])}
            rows = [row for row in rows if row["generation_id"] not in known]
        return super().insert(table, rows)

    def _erased(self, ids: list[str]) -> list[dict[str, Any]]:
        texts = {row["generation_id"] for row in self.tables.get("generation_output", [])}
        known = {row["generation_id"] for row in self.tables.get("generation", [])}
        return [{"generation_id": key} for key in ids if key in known - texts]

    def _answered(self, ids: list[str]) -> list[dict[str, Any]]:
        texts = {row["generation_id"]: row["output_text"] for row in self.tables.get("generation_output", [])}
        return [
            {**row, "output_text": texts[row["generation_id"]]}
            for row in self.tables.get("generation", [])
            if row["generation_id"] in ids and row["generation_id"] in texts
        ]


class Model:
    """Answers each request with `say(request)`: a text, a Refused detail in a tuple, or an error to raise."""

    def __init__(self, say: Callable[[Request], Any] = lambda request: f"answer to {request.text}") -> None:
        self.say = say
        self.asked: list[Request] = []
        self.closed = False

    def __call__(self, config: LlmConfig) -> "Model":
        return self

    def complete(self, requests: Iterable[Request | None]) -> Iterator[Answer | Refused]:
        """Answer in reverse order all that is to be had at once: nobody may rely on any order."""
        todo = iter(requests)
        while batch := list(takewhile(lambda request: request is not None, todo)):
            for request in reversed(batch):
                self.asked.append(request)
                said = self.say(request)
                if isinstance(said, Exception):
                    raise said
                if isinstance(said, tuple):
                    yield Refused(request.generation_id, said[0])
                else:
                    yield Answer(request.generation_id, said, "stop", 7, 3, {"seconds": 0.1})

    def texts(self) -> list[str]:
        """The prompts that were asked."""
        return [request.text for request in self.asked]


def runtime(
    model: Model,
    *,
    lineage: RecordingLineage | None = None,
    objects: MemoryObjects | None = None,
    run_id: str = "run-1",
) -> Runtime:
    """A runtime over fakes whose model is `model`."""
    return Runtime(
        objects=objects if objects is not None else MemoryObjects(),
        lineage=lineage if lineage is not None else AnsweringLineage(),
        run=RunContext(run_id=run_id, job="test", dataset="test", partition_key="2026-10"),
        model_client=model,
    )


def document(number: int, text: str | None = None) -> dict[str, Any]:
    """A row with the columns of DOCUMENT."""
    text = f"Document {number} tells how to brew tea." if text is None else text
    source_id = content_id("source_record", number)
    return {
        "source_record_id": source_id,
        "source_kind": "warc",
        "source_uri": "a.warc.gz",
        "locator": canonical_json({"length": 100, "offset": number * 100}),
        "record_sha256": sha256_text(f"record {number}"),
        "claimed_digest": None,
        "record_name": f"<urn:{number}>",
        "target_uri": f"https://tea.example/{number}",
        "record_at": "2026-01-02T03:04:05Z",
        "document_id": content_id("document", number),
        "extract_config_id": content_id("config", "extract", {}),
        "extractor": "test@1",
        "text": text,
        "text_sha256": sha256_text(text),
        "title": f"Tea {number}",
        "language": "en",
        "charset": "utf-8",
    }
