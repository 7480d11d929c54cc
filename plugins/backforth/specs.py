"""The specifications that Dags are made from. A bad one breaks its own Dags only, and says why in the UI."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from airflow.sdk import dag, task

from tasks.core.config import DatasetSpec
from tasks.core.errors import ConfigError
from tasks.core.spec import DATASETS, load_spec, spec_file, spec_folders, spec_names


@dataclass(frozen=True)
class BrokenSpec:
    """A file that is no valid specification."""

    name: str
    message: str


def load_specs(folders: Sequence[Path] | None = None) -> list[DatasetSpec | BrokenSpec]:
    """Read every specification in `folders` (by default those of `spec_folders`), in order of name."""
    folders = spec_folders() if folders is None else folders
    found: list[DatasetSpec | BrokenSpec] = []
    for name in spec_names(folders):
        try:
            found.append(load_spec(spec_file(name, folders)))
        except ConfigError as error:
            found.append(BrokenSpec(name, str(error).replace(f"{DATASETS}/", "dags/datasets/")))
    return found


def for_each_dataset(
    family: str, build: Callable[[DatasetSpec], object], folders: Sequence[Path] | None = None
) -> None:
    """Make one Dag of a family for every specification, and a failing placeholder for each broken one."""
    for spec in load_specs(folders):
        if isinstance(spec, BrokenSpec):
            _placeholder(family, spec)
        else:
            build(spec)


def _placeholder(family: str, broken: BrokenSpec) -> None:
    @dag(
        dag_id=f"{family}__{broken.name}",
        schedule=None,
        catchup=False,
        is_paused_upon_creation=False,
        tags=["backforth", broken.name, "invalid specification"],
        description=f"INVALID SPECIFICATION {broken.message.splitlines()[0]}"[:250],
        doc_md=f"# This Dag does nothing: its specification is invalid\n\n```\n{broken.message}\n```\n\n"
        f"Mend `{broken.name}.yaml` (check it with `backforth validate`); the Dag comes back by itself.",
    )
    def invalid() -> None:
        @task(retries=0)
        def explain() -> None:
            raise ConfigError(broken.message)

        explain()

    invalid()


def valid_specs() -> list[DatasetSpec]:
    """Return the specifications that are valid."""
    return [spec for spec in load_specs() if isinstance(spec, DatasetSpec)]
