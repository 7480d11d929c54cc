"""Generation over a few rows, and models that answer in the worst order."""

from collections.abc import Iterable, Iterator
from typing import Any

from tasks.core.config import LlmConfig
from tasks.core.errors import DataError
from tasks.core.stage import Rejected
from tasks.llm.generate import Generated, generate
from tasks.llm.prompts import Prompt
from tasks.llm.request import Answer, Refused, Request
from tests.llm.answering import MODEL, Model, document

PROMPT = Prompt(stage="score", version=1, template="Judge: {{ document }}")


def parse(answer: Answer) -> str:
    """Answers that start with `bad` are no good."""
    if answer.output_text.startswith("bad"):
        raise DataError("score_missing", answer.output_text)
    return answer.output_text.upper()


def stream(
    rows: Iterable[dict[str, Any]], rt: Any, *, samples: int = 1, prompt: Prompt = PROMPT, **config: Any
) -> Iterator[Generated | Rejected]:
    """Generate over `rows`, as they are taken."""
    return generate(
        rows,
        prompt=prompt,
        values=lambda row: {"document": row["text"]},
        instruction_id=lambda row: row.get("instruction_generation_id"),
        parse=parse,
        config=LlmConfig.model_validate({"model": MODEL, "seed": 5, **config}),
        rt=rt,
        shard_key="shard",
        samples=samples,
    )


def run(rows: Iterable[dict[str, Any]], rt: Any, **config: Any) -> list[Generated | Rejected]:
    """Generate over `rows`."""
    return list(stream(rows, rt, **config))


def documents(count: int) -> list[dict[str, Any]]:
    return [document(number) for number in range(count)]


def ids(outcomes: list[Generated | Rejected]) -> list[str]:
    return [outcome.row["document_id"] for outcome in outcomes]


class Counted:
    """Rows that are counted as they are read; `most_ahead` is how many were read and not `taken` yet, at most."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self.rows = iter(rows)
        self.read = self.taken = self.most_ahead = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            self.read += 1
            self.most_ahead = max(self.most_ahead, self.read - self.taken)
            yield row

    def take(self, outcomes: Iterable[Generated | Rejected]) -> list[Generated | Rejected]:
        """Take all outcomes, one by one."""
        found = []
        for outcome in outcomes:
            self.taken += 1
            found.append(outcome)
        return found


class LastFirst(Model):
    """Holds `window` requests and answers the newest: the first row waits until nothing else can be asked."""

    window = 8

    def complete(self, requests: Iterable[Request | None]) -> Iterator[Answer | Refused]:
        todo, held = iter(requests), list[Request]()
        is_over = False
        while True:
            while not is_over and len(held) < self.window:
                request = next(todo, self)
                if not isinstance(request, Request):
                    is_over = request is self
                    break
                held.append(request)
            if not held:
                assert is_over, "nothing is held, and nothing more is given"
                return
            request = held.pop()
            self.asked.append(request)
            said = self.say(request)
            if isinstance(said, Exception):
                raise said
            if isinstance(said, tuple):
                yield Refused(request.generation_id, said[0])
            else:
                yield Answer(request.generation_id, said, "stop", 7, 3, {"seconds": 0.1})
