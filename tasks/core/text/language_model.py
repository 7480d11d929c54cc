"""The language model of py3langid, read where it is asked: what most texts need is a fifth of its 70 MB.

The library holds all of it in memory. Here the two large tables, rows of transitions between states and rows of weights
of features, lie in temporary files, and a row is read when it is first needed. The verdicts are the library's own.
"""

import lzma
import os
import shutil
import tempfile
import zipfile
from array import array
from collections import Counter
from pathlib import Path
from typing import IO, Any

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

COPY_BYTES = 1 << 20
_TYPE_CODES = {2: "H", 4: "I"}


def load_identifier() -> LanguageIdentifier:
    """Return an identifier over the model that comes with the library, with probabilities."""
    with tempfile.TemporaryFile() as file:
        with lzma.open(Path(MODEL_DIR, MODEL_FILE)) as packed:
            shutil.copyfileobj(packed, file, COPY_BYTES)
        with zipfile.ZipFile(file) as arrays:
            return _Identifier(
                _Weights(_Rows(arrays, "ptc")),
                _array(arrays, "pc"),
                _array(arrays, "classes").tolist(),
                _Moves(_Rows(arrays, "nextmove", width=256), _array(arrays, "nextmove_row").tolist()),
                _array(arrays, "out_feat").tolist(),
                norm_probs=True,
                tk_row=(),
            )


class _Identifier(LanguageIdentifier):  # type: ignore[misc]
    """The library's, but for where the rows of its tables come from."""

    __slots__ = ()

    def _raw_score(self, text: bytes) -> Any:
        """Return the score of each language: those of the features on the way of `text` through the states."""
        rows, features, weights, state = self.tk_nextmove, self.tk_output, self.nb_ptc, 0
        found = []
        for letter in text:
            state = rows[state][letter]
            feature = features[state]
            if feature >= 0:
                found.append(feature)
        if not found:
            return np.zeros(len(self.nb_classes), dtype=np.float32)
        visits = Counter(found)
        counts = np.fromiter(visits.values(), dtype=np.float32, count=len(visits))
        table = np.frombuffer(b"".join(map(weights.__getitem__, visits)), dtype=weights.dtype)
        return np.log1p(counts) @ table.reshape(len(visits), -1) + self.nb_pc


class _Rows:
    """Rows of one array of the model, in a file of its own that is gone with the process."""

    def __init__(self, arrays: zipfile.ZipFile, name: str, *, width: int | None = None) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the model
        with arrays.open(f"{name}.npy") as stored:
            shape, self.dtype = _header(stored)
            shutil.copyfileobj(stored, self._file, COPY_BYTES)
        self._file.flush()
        self._row_bytes = (width or shape[1]) * self.dtype.itemsize

    def read(self, number: int) -> bytes:
        """Return the bytes of one row."""
        return os.pread(self._file.fileno(), self._row_bytes, number * self._row_bytes)


class _Moves(dict[int, "array[int]"]):
    """Next states by state and byte; states may share a row."""

    def __init__(self, rows: _Rows, row_of: list[int]) -> None:
        super().__init__()
        self._rows, self._row_of = rows, row_of
        self._code = _TYPE_CODES[rows.dtype.itemsize]
        self._read: dict[int, array[int]] = {}

    def __missing__(self, state: int) -> "array[int]":
        number = self._row_of[state]
        row = self._read.get(number)
        if row is None:
            row = self._read[number] = array(self._code, self._rows.read(number))
        self[state] = row
        return row


class _Weights(dict[int, bytes]):
    """The weights of a feature for each language."""

    def __init__(self, rows: _Rows) -> None:
        super().__init__()
        self._rows, self.dtype = rows, rows.dtype

    def __missing__(self, feature: int) -> bytes:
        row = self[feature] = self._rows.read(feature)
        return row


def _array(arrays: zipfile.ZipFile, name: str) -> Any:
    with arrays.open(f"{name}.npy") as stored:
        return np.lib.format.read_array(stored, allow_pickle=False)


def _header(stored: IO[bytes]) -> tuple[tuple[int, ...], "np.dtype[Any]"]:
    version = np.lib.format.read_magic(stored)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stored)
    return shape, dtype
