"""Asks the rules of a specification, in order, of one text after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tasks.core.errors import ConfigError
from tasks.core.filter_config import FilterConfig
from tasks.core.ids import sha256_bytes
from tasks.core.list_file import ListFile
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means
from tasks.filters.rules import questions_of
from tasks.storage.lists import lines, split_uri


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of one text.

    `reason` and `detail` are of the first rule that found a fault, None and empty for a kept document. `language` is
    the ISO 639-1 code, None for a document that was rejected before its language was asked for. `figures` are the
    numbers behind the rules that were asked, by name; where a bound was enough to pass, it is named `…_at_most`.
    """

    kept: bool
    reason: str | None
    detail: str
    language: str | None
    figures: dict[str, float]


class Chain:
    """The rules of one specification, made ready once; `check` may be called from one thread at a time."""

    def __init__(self, config: FilterConfig, *, read_list: Callable[[ListFile], list[str]] | None = None) -> None:
        """Raises ConfigError for a list that cannot be read, or a plugin that is not installed.

        `read_list` returns the entries of a list; without it lists are files of this machine.
        """
        self._questions = questions_of(config, Means(config.languages, read_list or _read_local))

    def check(self, text: str, *, url: str | None = None) -> Verdict:
        """Return whether a document passes, and what is wrong with it otherwise."""
        document = DocumentText(text, url=url)
        document.figures = {
            "chars": len(text),
            "words": len(document.whole.words),
            "lines": len(document.whole.lines),
        }
        for reason, ask in self._questions:
            fault = ask(document)
            if fault is not None:
                return Verdict(False, reason, fault, document.known_language, document.figures)
        return Verdict(True, None, "", document.language[0], document.figures)


def _read_local(file: ListFile) -> list[str]:
    """Return the entries of a list that lies on this machine, after a look at its digest."""
    root, name = split_uri(file.uri, where="filters")
    folder = root.removeprefix("file://")
    if "://" in folder:
        raise ConfigError(
            f"filters: {file.uri} is not on this machine; a task reads it, `check` only takes local files"
        )
    try:
        data = (Path(folder) / name).read_bytes()
    except OSError as error:
        raise ConfigError(f"filters: {file.uri} cannot be read ({error.strerror})") from error
    if file.content_sha256 and sha256_bytes(data) != file.content_sha256:
        raise ConfigError(f"filters: {file.uri} holds something else than content_sha256 says")
    return lines(data)
