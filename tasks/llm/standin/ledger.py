"""What was asked and answered, counted, so that a test can prove that nothing was asked twice."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass
class Ledger:
    """Counters since the server started. Nothing in it flows back into an answer."""

    received: int = 0
    refused: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def answer(self, stage: str, prompt: str, sampling: object, tokens: tuple[int, int]) -> None:
        """Count one answered prompt; `sampling` tells apart two attempts with the same prompt."""
        self.answered[stage] += 1
        self.prompts[_digest(prompt)] += 1
        self.requests[_digest(f"{prompt}\x1f{sampling!r}")] += 1
        self.prompt_tokens += tokens[0]
        self.completion_tokens += tokens[1]

    def shown(self) -> dict[str, Any]:
        """Return everything that is counted. `prompts` maps the sha256 of a prompt to how often it was answered;
        `requests` does so for prompt, sampling and seed together."""
        return {
            "received": self.received,
            "refused": self.refused,
            "answered": self.answered.total(),
            "answered_by_stage": dict(sorted(self.answered.items())),
            "faults": dict(sorted(self.faults.items())),
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "prompts": dict(self.prompts),
            "requests": dict(self.requests),
        }

    def metrics(self) -> str:
        """Return the counters in the Prometheus text form."""
        lines = [
            "# TYPE backforth_standin_requests_received_total counter",
            f"backforth_standin_requests_received_total {self.received}",
            "# TYPE backforth_standin_requests_answered_total counter",
            *(
                f'backforth_standin_requests_answered_total{{stage="{name}"}} {self.answered[name]}'
                for name in sorted(self.answered)
            ),
            "# TYPE backforth_standin_faults_total counter",
            *(f'backforth_standin_faults_total{{mode="{name}"}} {self.faults[name]}' for name in sorted(self.faults)),
            "# TYPE backforth_standin_tokens_total counter",
            f'backforth_standin_tokens_total{{kind="prompt"}} {self.prompt_tokens}',
            f'backforth_standin_tokens_total{{kind="completion"}} {self.completion_tokens}',
        ]
        return "\n".join(lines) + "\n"


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()
