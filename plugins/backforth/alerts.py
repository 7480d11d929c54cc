"""Tells a person when work failed for good, or is late: in the log, and where the connection `backforth_alerts` says.

The connection is optional. Type `http`: its address gets a POST of JSON, with the text under `text`, as chat services
take it, and every fact by its name beside. Type `smtp`: mail from `from_email` to `to` of its extra. An alert that
cannot be delivered is logged and changes nothing: the failure it tells of matters more.
"""

import asyncio
import logging
import shlex
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import httpx
from airflow.sdk import AsyncCallback, Connection, DeadlineAlert, DeadlineReference
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException, AirflowRuntimeError

from tasks.core.config import DatasetSpec

log = logging.getLogger(__name__)

ALERTS = "backforth_alerts"
TIMEOUT_SECONDS = 10.0
MAX_REASON_CHARS = 1_500
# Also where the connection cannot be asked for: the second is what Airflow's own API answers with.
_AIRFLOW = (AirflowException, AirflowRuntimeError)


@dataclass(frozen=True)
class Alert:
    """What a person needs in order to act."""

    what: str  # 'failed' or 'late'
    dataset: str
    partition_key: str
    stage: str  # dag_id.task_id, with the map index of a mapped task
    reason: str
    next_command: str

    @property
    def text(self) -> str:
        about = f"{self.dataset} {self.partition_key}".strip() or "backforth"
        return f"{about}: {self.stage} {self.what}: {self.reason}\nnext: {self.next_command}"


def tell_failure(context: Any) -> None:
    """The failure callback of every task: called once, when no retry is left."""
    deliver(failure(context))


def failure(context: Any) -> Alert:
    """Return the alert about a failed task; `context` may lack what is unknown of a task that was killed."""
    instance, run = context["ti"], context.get("dag_run")
    index = getattr(instance, "map_index", -1)
    error = context.get("exception")
    return Alert(
        what="failed",
        dataset=_dataset(instance.dag_id),
        partition_key=getattr(run, "partition_key", None) or "",
        stage=f"{instance.dag_id}.{instance.task_id}" + (f"[{index}]" if index is not None and index >= 0 else ""),
        reason=_told(error) if error else "the task ended without a word; its log has the last one",
        next_command="mend what the reason names, then: airflow dags clear --only-failed --yes "
        f"--run-id {shlex.quote(str(instance.run_id))} {instance.dag_id}",
    )


def deadline(spec: DatasetSpec) -> DeadlineAlert | None:
    """Return the alert about a Dag run that has not ended `schedule.deadline_hours` after it was queued."""
    if spec.schedule.deadline_hours is None:
        return None
    facts = {"dataset": spec.name, "hours": spec.schedule.deadline_hours}
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=spec.schedule.deadline_hours),
        callback=AsyncCallback(tell_late, kwargs=facts),
    )


async def tell_late(dataset: str, hours: float, **given: Any) -> None:
    """The deadline's callback; the triggerer calls it, with the Dag run as a dictionary in `context`."""
    run = (given.get("context") or {}).get("dag_run") or {}
    dag_id = str(run.get("dag_id") or dataset)
    alert = Alert(
        what="late",
        dataset=dataset,
        partition_key=run.get("partition_key") or "",
        stage=dag_id,
        reason=f"not ended {hours:g} hours after it was queued",
        next_command=f"look at the run's grid in the UI, or: airflow dags list-runs {dag_id} --state running",
    )
    await asyncio.to_thread(deliver, alert)


def deliver(alert: Alert) -> None:
    """Log the alert, and send it where the connection says. Never raises."""
    log.error("ALERT %s", alert.text)
    try:
        conn = Connection.get(ALERTS)
        _SENDERS.get(str(conn.conn_type), _refuse)(alert, conn)
    except AirflowNotFoundException:
        return
    except (*_AIRFLOW, httpx.HTTPError, httpx.InvalidURL, OSError, KeyError, ValueError) as error:
        # Its text may hold the address, which may hold a token.
        log.warning("the alert was not delivered by connection %s: %s", ALERTS, type(error).__name__)


def _post(alert: Alert, conn: Connection) -> None:
    port = f":{conn.port}" if conn.port else ""
    scheme, _, host = str(conn.host).rpartition("://")
    # A connection that was given as one address has its path in the place of the scheme, and the scheme as its type.
    path = f"/{conn.schema}" if conn.schema and conn.schema not in ("http", "https") else ""
    url = f"{scheme or (conn.conn_type if path else conn.schema or 'https')}://{host}{port}{path}"
    headers = {"authorization": f"Bearer {conn.password}"} if conn.password else {}
    answer = httpx.post(url, json={"text": alert.text, **asdict(alert)}, headers=headers, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()


def _mail(alert: Alert, conn: Connection) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    first = " ".join(alert.text.splitlines()[0].split())
    with SmtpHook(smtp_conn_id=ALERTS) as hook:
        hook.send_email_smtp(
            to=conn.extra_dejson["to"], subject=first[:200], html_content=f"<pre>{_escaped(alert.text)}</pre>"
        )


def _refuse(alert: Alert, conn: Connection) -> None:
    log.warning("connection %s has type %r; an alert goes to http or smtp", ALERTS, conn.conn_type)


_SENDERS = {"http": _post, "https": _post, "smtp": _mail, "email": _mail}


def _dataset(dag_id: str) -> str:
    return dag_id.partition("__")[2]


def _told(error: Any) -> str:
    name = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
    return f"{name}{error}"[:MAX_REASON_CHARS]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
