"""The assets that hand a partition from one Dag to the next. Each Dag awaits exactly one.

Two awaited assets can make two runs for one key (apache/airflow #71070, #68045).
"""

from datetime import UTC, datetime, time

from airflow.sdk import Asset, CronPartitionTimetable

from tasks.core.config import DatasetSpec


def documents(spec: DatasetSpec) -> Asset:
    """Clean documents of one partition, made by web_corpus."""
    return Asset(name=f"documents__{spec.name}", uri=f"backforth://{spec.name}/documents", group="backforth")


def pairs(spec: DatasetSpec) -> Asset:
    """Verified pairs of one partition, made by instruction_pairs."""
    return Asset(name=f"pairs__{spec.name}", uri=f"backforth://{spec.name}/pairs", group="backforth")


def release(spec: DatasetSpec) -> Asset:
    """A published release, made by dataset_release."""
    return Asset(name=f"release__{spec.name}", uri=f"backforth://{spec.name}/release", group="backforth")


def corpus_schedule(spec: DatasetSpec) -> CronPartitionTimetable:
    """Each tick refreshes the partition that ended last."""
    schedule = spec.schedule
    return CronPartitionTimetable(
        schedule.cron, timezone=schedule.timezone, run_offset=-1, key_format=schedule.key_format
    )


def start_date(spec: DatasetSpec) -> datetime | None:
    """From when the schedule counts; None waits for the next tick."""
    day = spec.schedule.start_date
    return datetime.combine(day, time(), tzinfo=UTC) if day else None
