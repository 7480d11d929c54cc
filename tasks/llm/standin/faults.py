"""Fault switches: how the server misbehaves when a test tells it to."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from tasks.llm.standin.answer import STAGES
from tasks.llm.standin.choice import share_of
from tasks.llm.standin.protocol import RequestError

# What goes wrong with one prompt's answer, and what with the whole request, which may hold many prompts.
AnswerMode = Literal["truncated", "null_content", "wrong_format", "weights"]
RequestMode = Literal[
    "429", "500", "slow", "late", "hang", "malformed", "html", "empty_choices", "wrong_model", "twice", "half_json"
]
ANSWER_MODES: tuple[str, ...] = get_args(AnswerMode)
MODES: tuple[str, ...] = (*get_args(RequestMode), *ANSWER_MODES)


@dataclass
class Fault:
    """One switch: `mode` for a share `rate` of the prompts of `stage` (all of them: None), `count` times at most.

    `seconds` is how long slow, late and hang wait, and what Retry-After says for 429. Which prompts are hit is a
    function of the prompt, so that a retry of the same prompt is hit again until `count` is used up. Where a request
    holds many prompts, the first decides about what befalls the whole request.
    """

    mode: AnswerMode | RequestMode
    rate: float = 1.0
    stage: str | None = None
    seconds: float | None = None
    count: int | None = None
    fired: int = field(default=0)

    def hits(self, prompt: str, stage: str) -> bool:
        """Whether this request is to go wrong; a hit is counted."""
        if self.stage not in (None, stage) or (self.count is not None and self.fired >= self.count):
            return False
        if share_of("fault", self.mode, prompt) >= self.rate:
            return False
        self.fired += 1
        return True


def read_faults(body: object) -> list[Fault]:
    """Return the switches in `body`: one object, a list of them, or nothing. Raises RequestError 400."""
    if body in (None, {}, []) or (isinstance(body, dict) and body.get("mode", "") is None):
        return []
    return [_read(one) for one in (body if isinstance(body, list) else [body])]


def _read(one: object) -> Fault:
    if not isinstance(one, dict):
        raise RequestError(400, f"a fault must be a JSON object, got {type(one).__name__}")
    allowed = {"mode", "rate", "stage", "seconds", "count"}
    if unknown := sorted(set(one) - allowed):
        raise RequestError(400, f"unknown key {unknown[0]!r}; a fault has {sorted(allowed)}")
    if str(one.get("mode")) not in MODES:
        raise RequestError(400, f"unknown mode {one.get('mode')!r}; there are {list(MODES)}", param="mode")
    if one.get("stage") not in (None, *STAGES):
        raise RequestError(400, f"unknown stage {one.get('stage')!r}; there are {list(STAGES)}", param="stage")
    _check(one, "rate", 0.0, 1.0)
    _check(one, "seconds", 0.0, 86_400.0)
    _check(one, "count", 0, 10**9)
    values: dict[str, Any] = {key: value for key, value in one.items() if value is not None}
    return Fault(**{**values, "mode": str(one["mode"])})


def _check(one: dict[str, Any], name: str, low: float, high: float) -> None:
    value = one.get(name)
    kinds = int if name == "count" else int | float
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= float(value) <= high:
        raise RequestError(400, f"{name} must be a number from {low:g} to {high:g}, got {value!r}", param=name)


@dataclass
class Faults:
    """The switches that are set; of one kind the first that hits decides."""

    switches: list[Fault] = field(default_factory=list)

    def of_request(self, prompt: str, stage: str) -> Fault | None:
        """Return what befalls the request that begins with `prompt`, None when it is to be answered."""
        return self._pick(prompt, stage, of_answer=False)

    def of_answer(self, prompt: str, stage: str) -> Fault | None:
        """Return what is wrong with the answer to one prompt, None when nothing is."""
        return self._pick(prompt, stage, of_answer=True)

    def _pick(self, prompt: str, stage: str, *, of_answer: bool) -> Fault | None:
        switches = (fault for fault in self.switches if (fault.mode in ANSWER_MODES) == of_answer)
        return next((fault for fault in switches if fault.hits(prompt, stage)), None)

    def shown(self) -> list[dict[str, Any]]:
        """Return the switches with how often each has fired."""
        return [asdict(fault) for fault in self.switches]
