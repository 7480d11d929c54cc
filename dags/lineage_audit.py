"""# Lineage audit: every night, is what we recorded still true?

**What.** `run_audits` runs each query in `sql/audits/`: every one must return no rows. `verify_sample` takes a random
sample of published rows and derives each of them again, from the bytes of its web page to the text that was published.

**When.** Nightly. By hand at any time; it changes nothing.

**Resume.** There is nothing to resume: run it again.

**Needs a person.** Any failure: the message names the audit or the row, and the link of its chain that broke.
`backforth trace ID` and `backforth verify ID` show the same on the command line.
"""

from airflow.sdk import CronTriggerTimetable, dag, task

from backforth.adapter import in_run
from backforth.defaults import task_defaults
from backforth.specs import valid_specs


@dag(
    dag_id="lineage_audit",
    schedule=CronTriggerTimetable("0 3 * * *", timezone="UTC"),
    catchup=False,
    is_paused_upon_creation=False,
    max_active_runs=1,
    tags=["backforth"],
    description="audits that must be empty, and a random sample of rows derived again",
    doc_md=__doc__,
    default_args=task_defaults(),
)
def lineage_audit() -> None:
    @task
    def run_audits() -> dict[str, int]:
        from tasks.audit.queries import run

        return in_run(None, run)

    @task
    def verify_sample() -> dict[str, int]:
        from tasks.audit.sample import run

        return in_run(None, lambda rt: run(valid_specs(), rt))

    run_audits()
    verify_sample()


lineage_audit()
