"""How a broken link of a row's chain is told, and the readers of what lineage recorded that may find one."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from tasks.core.runtime import Row

Recorded = TypeVar("Recorded", bound=BaseModel)


@dataclass(frozen=True)
class Broken:
    """One broken link: of which row, between what, and how it shows."""

    pair_id: str
    link: str
    message: str

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.link}: {self.message}"


class LinkError(Exception):
    """The link that broke; it becomes a Broken where the row is known."""

    def __init__(self, link: str, message: str) -> None:
        super().__init__(message)
        self.link = link


def listed(value: Any) -> list[Row]:
    """Return a list that a database driver gave as values or as JSON text."""
    rows: list[Row] = json.loads(value) if isinstance(value, str) else value
    return rows


def recorded_config(kind: type[Recorded], body: Any, link: str) -> Recorded:
    """Return a recorded configuration; raise LinkError when this code cannot read it any more."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        raise LinkError(link, f"its recorded configuration cannot be read any more ({error})") from error
