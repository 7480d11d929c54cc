"""Asks a model about every row of a shard, and asks nothing twice.

Rows stream through: a block is looked up in the lineage store, what is not answered yet is sent, answers are flushed
in chunks as they come, first as an immutable chunk object, then as rows in PostgreSQL, and a row goes downstream
when its stored answers are there. A task that was killed loads the chunks that never got their rows and sends only
what is missing: at most one unflushed chunk, and what was in flight, is asked again.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.errors import DataError
from tasks.core.records import text_bytes
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Rejected
from tasks.llm.asked import Asked, declare
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer, Refused, Request, build_request
from tasks.llm.room import Room
from tasks.llm.tokenizer import local_tokenizer

# Rows that are looked up at once, and rows that may be under way: what memory is bounded by. The bytes are of the
# whole task; a row is held about four times over, as row, prompt, request and in the chunk that is flushed.
BLOCK_ROWS = 256
MAX_ROWS_AHEAD = 4096
MAX_BYTES_AHEAD = 16 * 1024 * 1024


@dataclass(frozen=True)
class Parsed:
    """An answer and what the stage read in it."""

    answer: Answer
    value: Any


@dataclass(frozen=True)
class Generated:
    """A row with the answers that were accepted for it, in the order of the samples; at least one."""

    row: Row
    answers: tuple[Parsed, ...]

    @property
    def answer(self) -> Answer:
        return self.answers[0].answer

    @property
    def value(self) -> Any:
        return self.answers[0].value


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
    samples: int = 1,
) -> Iterator[Generated | Rejected]:
    """Yield one outcome per row, in the order of `rows`.

    `values` fills the prompt, `parse` turns an answer into a value or raises DataError, upon which the row is
    asked again as another attempt, up to `config.max_attempts`. `samples` independent answers are asked for each
    row: sample s is sent as the attempts s, s + samples, s + 2 samples …; a row of which none parses is rejected with
    the first sample's reason. Raises RetriableError when the model server or the store is away; everything answered
    until then is kept.
    """
    with rt.lineage.lock("generate", prompt.stage, shard_key):
        tokenizer = local_tokenizer(config.served_by)
        template = tokenizer.chat_template() if tokenizer and config.served_by.api == "completions" else None
        declare(prompt, config.served_by, template, rt)
        client = rt.model_client(config)
        asked = Asked(config, rt, f"generations/{prompt.stage}/{shard_key}")
        flow = _Flow(
            rows=iter(rows),
            request=lambda row, attempt: build_request(prompt, config, attempt, values(row), template),
            instruction_id=instruction_id,
            parse=parse,
            attempts=config.max_attempts,
            samples=samples,
            asked=asked,
            room=Room(config, tokenizer, client),
            rt=rt,
        )
        yield from flow.run(client)
        asked.report()


@dataclass
class _Sample:
    """One of the answers that a row needs: which attempt is under way, and what came of it."""

    attempt: int
    outcome: Parsed | Rejected | None = None


@dataclass
class _Entry:
    """A row under way."""

    row: Row
    samples: list[_Sample]
    byte_count: int

    def outcome(self) -> Generated | Rejected | None:
        """Return what became of the row, None while a sample is missing."""
        found = [sample.outcome for sample in self.samples]
        if None in found:
            return None
        parsed = tuple(item for item in found if isinstance(item, Parsed))
        first = next((item for item in found if isinstance(item, Rejected)), None)
        return Generated(self.row, parsed) if parsed or first is None else first


@dataclass
class _Flow:
    """The rows of one shard on their way through the model."""

    rows: Iterator[Row]
    request: Callable[[Row, int], Request]
    instruction_id: Callable[[Row], str | None]
    parse: Parse
    attempts: int
    samples: int
    asked: Asked
    room: Room
    rt: Runtime
    under_way: deque[_Entry] = field(default_factory=deque)
    # Who waits for which request, and the requests that are to be sent.
    waiting: dict[str, list[tuple[_Entry, _Sample]]] = field(default_factory=dict)
    to_send: deque[Request] = field(default_factory=deque)
    in_flight: int = 0
    bytes_ahead: int = 0
    is_read: bool = False

    @property
    def is_full(self) -> bool:
        """Whether no more rows are to be read before one goes downstream."""
        return len(self.under_way) >= MAX_ROWS_AHEAD or self._is_heavy

    @property
    def _is_heavy(self) -> bool:
        return self.bytes_ahead >= MAX_BYTES_AHEAD // self.rt.shards_beside

    def run(self, client: Any) -> Iterator[Generated | Rejected]:
        """Yield the outcomes. A round ends when nothing is in flight and nothing can be sent: answers that wait to be
        flushed may bring retries, and rows whose answers were stored must go before more are read."""
        while not self.is_read or self.under_way:
            try:
                with closing(client.complete(self._requests())) as answers:
                    for answer in answers:
                        self.in_flight -= 1
                        if self.asked.take(answer):
                            self._flush()
                        yield from self._ready()
            finally:
                # Also when the caller stops, or the server is away: what was answered is kept.
                self._flush()
            yield from self._ready()

    def _requests(self) -> Iterator[Request | None]:
        """Yield what is to be sent; None where only an answer in flight can bring more."""
        while True:
            if not self.to_send and not self.is_read and not self.is_full:
                self._read_block()
            if self.to_send:
                self.in_flight += 1
                yield self.to_send.popleft()
            elif self.in_flight:
                yield None
            elif self.is_read or self.is_full:
                return

    def _read_block(self) -> None:
        """Take the next rows, and look up what is answered already."""
        block: list[_Entry] = []
        for row in self.rows:
            size = text_bytes(row)
            block.append(_Entry(row, [_Sample(attempt) for attempt in range(self.samples)], size))
            self.bytes_ahead += size
            if len(block) == BLOCK_ROWS or self._is_heavy:
                break
        else:
            self.is_read = True
        self.rt.add_metrics({"rows_in": len(block)})
        self.under_way.extend(block)
        self._ask([(entry, sample) for entry in block for sample in entry.samples])

    def _ask(self, wanted: list[tuple[_Entry, _Sample]]) -> None:
        """See that each of these samples gets its answer: a stored one, one that is under way, or a new one."""
        new: dict[str, Request] = {}
        for entry, sample in wanted:
            request = self.request(entry.row, sample.attempt)
            key = request.generation_id
            if key not in self.waiting:
                new[key] = request
            self.waiting.setdefault(key, []).append((entry, sample))
        stored = self.asked.stored(list(new))
        reused = [key for key, answer in stored.items() if isinstance(answer, Answer)]
        self.asked.link([link for key in reused for link in self._links(key)])
        self._settle(stored)
        missing = [request for key, request in new.items() if key not in stored]
        refused = {}
        for request in missing:
            if told := self.room.refusal(request):
                refused[request.generation_id] = told
            else:
                self.asked.expect(request)
                self.to_send.append(request)
        self._settle(refused)

    def _flush(self) -> None:
        self._settle(self.asked.flush(self._links))

    def _links(self, key: str) -> list[Row]:
        """Return which documents (and instructions) a request was about."""
        return [
            {
                "generation_id": key,
                "document_id": entry.row["document_id"],
                "instruction_id": self.instruction_id(entry.row),
            }
            for entry, _ in self.waiting.get(key, ())
        ]

    def _settle(self, answers: Mapping[str, Answer | Refused]) -> None:
        """Hand answers to those who wait for them; ask again where one did not parse and attempts are left."""
        again: list[tuple[_Entry, _Sample]] = []
        for key, answer in answers.items():
            for entry, sample in self.waiting.pop(key, ()):
                sample.outcome = _outcome(entry.row, answer, self.parse)
                # What the server refused it would refuse again, and what was erased stays erased.
                may_retry = isinstance(answer, Answer) and isinstance(sample.outcome, Rejected)
                if may_retry and sample.attempt + self.samples < self.attempts * self.samples:
                    sample.attempt += self.samples
                    sample.outcome = None
                    again.append((entry, sample))
        if again:
            self._ask(again)

    def _ready(self) -> Iterator[Generated | Rejected]:
        """Yield the rows at the head whose answers are all there."""
        while self.under_way and (outcome := self.under_way[0].outcome()) is not None:
            self.bytes_ahead -= self.under_way.popleft().byte_count
            yield outcome


def _outcome(row: Row, answer: Answer | Refused, parse: Parse) -> Parsed | Rejected:
    if isinstance(answer, Refused):
        return Rejected(row, answer.reason, answer.detail)
    try:
        return Parsed(answer, parse(answer))
    except DataError as error:
        return Rejected(row, error.reason, f"generation {answer.generation_id}: {error.detail}")
