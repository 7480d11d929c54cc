"""Which evaluation sets a dataset must not hold, and what counts as holding an item of one."""

from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from tasks.core.base import OPERATIONAL, Config
from tasks.core.list_file import ListFile

Format = Literal["jsonl", "json", "csv", "tsv", "txt", "parquet"]
_FORMATS: dict[str, Format] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "txt",
    ".parquet": "parquet",
}
_COMPRESSED = {".gz", ".zst"}


class EvaluationSet(Config):
    """One evaluation set, kept by the user in a file. Its layout: tasks/decontaminate/items.py."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$", description="as rejects are to call it")]
    file: ListFile
    format: Format = Field(description="told by the file's name (.gz and .zst may follow) where it is not given")
    fields: tuple[str, ...] = Field(
        (),
        description="what of an item is looked for, in order; numbers of columns, from 0, where a table has no header. "
        "Empty: the fields of the known sets, such as question and choices",
    )

    @model_validator(mode="before")
    @classmethod
    def _format_by_name(cls, data: Any) -> Any:
        """The format is part of the digest and the file's name is not, so it is settled here."""
        if not isinstance(data, dict) or data.get("format") is not None:
            return data
        file = data.get("file")
        uri = file.get("uri", "") if isinstance(file, dict) else getattr(file, "uri", "")
        if not uri:
            return data  # no file is the first fault, not that its name tells nothing
        suffixes = [suffix.lower() for suffix in PurePosixPath(str(uri)).suffixes]
        if suffixes and suffixes[-1] in _COMPRESSED:
            suffixes.pop()
        found = _FORMATS.get(suffixes[-1]) if suffixes else None
        if found is None:
            allowed = ", ".join(dict.fromkeys(_FORMATS.values()))
            raise ValueError(f"format: {str(uri)!r} does not tell it; give one of {allowed}")
        return {**data, "format": found}


class DecontaminateConfig(Config):
    """Documents and instructions against evaluation sets. Without sets nothing is compared and no task is made.

    A word counts as one, a sign of a script without spaces as half a word. Two things count as holding an item:

    - `ngram_words` of its words in a row. 13 is GPT-3's number (arXiv 2005.14165, appendix C).
    - `min_overlap` of all its words, in their order and close together, whatever stands between or was changed. 0.8 is
      where Llama 2 calls a sample dirty (arXiv 2307.09288, A.6). Of an item shorter than `ngram_words` one word may
      be missing, and none that tells what it is about: another word would be another question.
    """

    sets: tuple[EvaluationSet, ...] = ()
    ngram_words: int = Field(13, ge=5, le=100, description="words in a row that are enough by themselves")
    min_overlap: float = Field(0.8, ge=0.5, le=1.0, description="share of an item's words, in order")
    min_item_words: int = Field(6, ge=3, le=100, description="shorter items are counted, and not looked for")
    min_telling_words: int = Field(
        3, ge=0, le=100, description="of an item: words other than those that any question may hold; as above"
    )
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        names = [item.name for item in self.sets]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"sets: {', '.join(repeated)} is the name of two; a reject must tell which it is of")
        return self
