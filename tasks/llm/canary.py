"""Are the weights behind a model's name still those that answered before?

A model is known by name and revision, as the specification says them; the server knows only its name. So each model
task asks one question of ours, greedily, before its first document, and compares the answer and the probabilities of
its tokens with those recorded for that name and revision. This notices another model, another fine-tuning, a changed
chat template or system prompt. It does not tell weights from a copy whose probabilities differ by no more than
numbers do from one GPU to another, such as some quantisations.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from tasks.core.config import ModelSpec
from tasks.core.errors import ConfigError, FatalError, RetriableError
from tasks.core.ids import content_id, digest_of
from tasks.core.runtime import LineageStore, Row, Runtime
from tasks.llm.canary_answer import CanaryAnswer, difference
from tasks.llm.request import model_id
from tasks.llm.wire import PATHS

log = logging.getLogger(__name__)

METRIC = "revision_verified"
# No document and no fact that a model could lack: many ways to say it, so that other weights choose other words.
QUESTION = "In one sentence, say why the sky looks blue on a clear day."
SAMPLING = {"temperature": 0, "max_tokens": 16}
ASKED_SHA256 = digest_of([QUESTION, SAMPLING])
_ALTERNATIVES = 5
# A busy server is asked again after so many seconds; then the try fails, as it would with its first document.
_PAUSES = (0.5, 2.0, 5.0)
# A text without probabilities may differ by two words that are about equally likely: one equal answer of three counts.
_TEXT_TRIES = 3
# How a server says that it gives no probabilities.
_NOT_SERVED = re.compile(r"HTTP (?:400|422)\b")


class Server(Protocol):
    """A server of the model: see tasks/llm/client.py."""

    def get(self, path: str) -> Any: ...
    def post(self, path: str, body: dict[str, Any]) -> Any: ...


def check(client: Server | Sequence[Server], model: ModelSpec, rt: Runtime) -> bool | None:
    """Say whether `model` is served, and with the weights that answered before: True, or None where none have.

    `client` is one client for each address, as replicas can differ; one that is away is passed over while another is
    there. The result becomes the metric `revision_verified`. Raises ConfigError when the model is not served there,
    FatalError when other weights answer, RetriableError when no server does.
    """
    servers = client if isinstance(client, Sequence) else [client]
    found: list[bool | None] = []
    away: list[RetriableError] = []
    for server in servers:
        try:
            _insist_on_name(server, model)
            found.append(_compare(server, model, rt))
        except RetriableError as error:
            log.warning("model %s: one of %d servers was not checked: %s", model.name, len(servers), error)
            away.append(error)
    if not found:
        raise away[0]
    return None if None in found else True


def accept(lineage: LineageStore, name: str, revision: str) -> int:
    """Make the newest refused answers of a model the ones to compare with; return how many there were.

    Raises ConfigError when none was refused since the last reference.
    """
    rows = lineage.fetch("refused_canaries", model_id=model_id(name, revision))
    if not rows:
        raise ConfigError(
            f"model {name}@{revision}: no answer was refused, so there is nothing to accept; the name and the revision "
            "must be those of the specification"
        )
    lineage.insert("model_canary", [_row(row, CanaryAnswer.from_row(row), None, None) for row in rows])
    return len(rows)


def _insist_on_name(server: Server, model: ModelSpec) -> None:
    told = _patiently(lambda: server.get("/v1/models"))
    try:
        served = sorted(str(one["id"]) for one in told["data"])
    except (LookupError, TypeError) as error:
        raise RetriableError(f"model {model.name}: GET /v1/models gives no list of models: {told!r:.200}") from error
    if model.name not in served:
        raise ConfigError(
            f"model {model.name!r} is not served there; served are {served}. Correct models.*.name in the "
            "specification, or the Airflow connection"
        )


def _compare(server: Server, model: ModelSpec, rt: Runtime) -> bool | None:
    now = _ask(server, model)
    key = {"model_id": model_id(model.name, model.revision), "api": model.api, "asked_sha256": ASKED_SHA256}
    reference = _reference(rt.lineage, key)
    if reference is None:
        # Of several tasks that are the first, one is.
        with rt.lineage.lock("canary", *key.values()):
            reference = _reference(rt.lineage, key)
            if reference is None:
                _record(_row({**key, "generated_by": rt.run.run_id}, now, None, None), model, rt)
                return None
    then = CanaryAnswer.from_row(reference)
    found = difference(then, now)
    for _ in range(_TEXT_TRIES - 1):
        if not found or (then.tokens and now.tokens):
            break
        now = _ask(server, model)
        found = difference(then, now)
    row = _row({**key, "generated_by": rt.run.run_id}, now, reference["canary_id"], not found)
    _record(row, model, rt)
    rt.set_metrics({METRIC: min(int(not found), rt.metrics.get(METRIC, 1))})
    if found:
        raise FatalError(_changed(model, reference["recorded_at"], then, now, found))
    return True


def _changed(model: ModelSpec, since: datetime, then: CanaryAnswer, now: CanaryAnswer, found: str) -> str:
    known_as = f"{model.name}@{model.revision}"
    return (
        f"the weights behind {known_as} changed since {since:%Y-%m-%d %H:%M}: {QUESTION!r} was answered {then.text!r}, "
        f"and now {now.text!r} ({found}). If other weights are meant to be served, give models.*.revision in the "
        "specification their commit, so that their answers are not taken for those of the old ones. If the weights "
        "are the same and the difference is known (another engine version, GPU or chat template), run "
        f"`backforth accept-canary {known_as}` and clear the task"
    )


def _reference(lineage: LineageStore, key: Row) -> Row | None:
    return next(iter(lineage.fetch("canary_reference", **key)), None)


def _row(about: Row, answer: CanaryAnswer, reference_id: str | None, verified: bool | None) -> Row:
    names = ("model_id", "api", "asked_sha256", "generated_by")
    row = {**{name: about[name] for name in names}, **answer.row(), "reference_id": reference_id, "verified": verified}
    recorded_at = datetime.now(UTC)
    return {"canary_id": content_id("model_canary", row, recorded_at.isoformat()), **row, "recorded_at": recorded_at}


def _record(row: Row, model: ModelSpec, rt: Runtime) -> None:
    known = {"model_id": row["model_id"], "name": model.name, "revision": model.revision}
    rt.lineage.insert_all([("model", [known]), ("model_canary", [row])])


def _ask(server: Server, model: ModelSpec) -> CanaryAnswer:
    body: dict[str, Any] = {"model": model.name, **SAMPLING}
    if model.api == "chat":
        body["messages"] = [{"role": "user", "content": QUESTION}]
        probabilities: dict[str, Any] = {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    else:
        body["prompt"] = QUESTION
        probabilities = {"logprobs": _ALTERNATIVES}
    try:
        told = _patiently(lambda: server.post(PATHS[model.api], {**body, **probabilities}))
    except (ConfigError, RetriableError) as error:
        if not _NOT_SERVED.search(str(error)):
            raise
        told = _patiently(lambda: server.post(PATHS[model.api], body))
    try:
        answer, said_as = CanaryAnswer.from_response(told, model.api), told.get("model")
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise RetriableError(f"model {model.name}: the canary question got no answer but {told!r:.200}") from error
    if said_as not in (None, model.name):
        raise ConfigError(f"asked for model {model.name!r}, the server answered as {said_as!r}")
    return answer


def _patiently(ask: Callable[[], Any]) -> Any:
    for pause in _PAUSES:
        try:
            return ask()
        except RetriableError as error:
            if _NOT_SERVED.search(str(error)):
                raise
            time.sleep(pause)
    return ask()
