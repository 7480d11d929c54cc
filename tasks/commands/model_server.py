"""The supervisor of one model server: `python -m tasks.commands.model_server LEASE`, its job as JSON on stdin.

It stands here, with what puts parts together, because it is the model server's life cycle over the lineage database,
which tasks/llm itself does not know. Nobody types it: a set-up task starts it, and `ps` shows the lease.
"""

import sys

from tasks.lineage.store import PostgresLineage
from tasks.llm.server.supervisor import Job, supervise


def main() -> int:
    """Run the server of the job until it ends or nobody holds its lease."""
    job = Job.from_json(sys.stdin.read())
    return supervise(PostgresLineage(job.lineage_url), job)


if __name__ == "__main__":
    sys.exit(main())
