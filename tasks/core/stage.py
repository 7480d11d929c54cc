"""The vocabulary of a stage: its name, its version, what it reads and writes, and what it says of a row."""

from dataclasses import dataclass

import pyarrow as pa

from tasks.core.runtime import Row


@dataclass(frozen=True)
class Stage:
    """One stage. `version` is part of every key it writes: raise it when the same input gives other output."""

    name: str
    version: int
    reads: pa.Schema
    writes: pa.Schema


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that goes no further: `reason` is a counted snake_case code, `detail` is for people."""

    row: Row
    reason: str
    detail: str = ""


Outcome = Row | Rejected
