"""The published row as it stands in the objects: in the candidate, and in the release that was copied from it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.audit.links import LinkError
from tasks.core.errors import FatalError
from tasks.core.runtime import ObjectStore, Row
from tasks.storage.shards import read_rows

LINK = "published row"


class PublishedRows:
    """Reads the rows of one release side by side with those of its candidate."""

    def __init__(self, objects: ObjectStore, dataset: str, version: str) -> None:
        self._folder = f"releases/{dataset}/{version}/data"
        self._candidate = _Cursor(objects)
        self._release = _Cursor(objects)

    def at(self, key: str, number: int) -> dict[str, Row]:
        """Return row `number` of the candidate's shard `key`, and of the release's file of that name, by their keys.

        The release's comes last. Ask in the order of (key, number): memory is then bounded by a batch of each file.
        Raises LinkError when a file is gone, garbled or too short.
        """
        released = f"{self._folder}/{key.rpartition('/')[2]}"
        return {key: self._candidate.row(key, number), released: self._release.row(released, number)}


def insist_on_same(published: Mapping[str, Row], number: int, derived: Row) -> None:
    """Raise LinkError unless each of the `published` rows has the columns and the values that were derived."""
    for key, row in published.items():
        for name in {**derived, **row}:
            if name not in row or name not in derived or row[name] != derived[name]:
                raise LinkError(LINK, f"{key} row {number}: {name} differs from what is derived")


class _Cursor:
    """One Parquet object at a time, read forwards; a row before the last one makes it begin again."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._open("")

    def _open(self, key: str) -> None:
        self._key = key
        self._rows: Iterator[Row] = read_rows(self._objects, key)
        self._number = -1
        self._row: dict[str, Any] = {}
        self._fault = ""

    def row(self, key: str, number: int) -> Row:
        if key != self._key or number < self._number:
            self._open(key)
        while self._number < number:
            self._advance(number)
        return self._row

    def _advance(self, number: int) -> None:
        """Go to the next row. What ended a file once ends it for all rows behind."""
        if not self._fault:
            try:
                self._row = next(self._rows)
                self._number += 1
                return
            except StopIteration:
                self._fault = f"{self._key} has {self._number + 1} rows"
            except KeyError:
                self._fault = f"{self._key}: the shard is gone"
            except FatalError as error:
                self._fault = str(error)
        raise LinkError(LINK, f"{self._fault}, this one should be row {number}")
