"""The made evaluation sets as files, and as an index."""

import json
from typing import Any

from tasks.core.decontaminate_config import DecontaminateConfig, EvaluationSet
from tasks.core.list_file import ListFile
from tasks.decontaminate.index import Index
from tasks.decontaminate.items import Item, items
from tests.decontaminate.made_items import SETS


def jsonl(values: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values).encode()


def set_of(uri: str = "made.jsonl", name: str = "made", **fields: Any) -> EvaluationSet:
    return EvaluationSet.model_validate({"name": name, "file": ListFile(uri=uri), **fields})


def config_of(**fields: Any) -> DecontaminateConfig:
    return DecontaminateConfig.model_validate(fields)


def index_of(*texts: str | tuple[str, ...], **fields: Any) -> Index:
    """An index of items of one set, named 1, 2, …; an item is a text or several."""
    found = [
        Item("made", str(place), (text,) if isinstance(text, str) else text)
        for place, text in enumerate(texts, start=1)
    ]
    return Index(found, config_of(**fields))


def all_items() -> list[tuple[Item, dict[str, Any]]]:
    """Every made item, as it is read from its file and as it was made."""
    return [
        (item, value)
        for name, values in SETS.items()
        for item, value in zip(items(jsonl(values), set_of(name=name)), values, strict=True)
    ]
