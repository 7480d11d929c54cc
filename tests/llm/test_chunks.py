"""Chunk objects: what goes in comes out, under a name made from the content."""

from typing import Any

from tasks.llm.chunks import load_chunks, store_chunk
from tests.fakes.objects import MemoryObjects


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "generation_id": f"g{number}",
        "stage": "score",
        "prompt_id": "p",
        "model_id": "m",
        "sampling": {"temperature": 0.7, "max_tokens": 12},
        "seed": 2**31 - 1,
        "attempt": number,
        "rendered_sha256": "r",
        "finish_reason": "stop",
        "prompt_tokens": 7,
        "output_tokens": 3,
        "output_sha256": "o",
        "facts": {"seconds": 0.25},
        "generated_by": "run",
        "output_text": "Ünïcode ☕\n\t“quoted”",
        **changes,
    }


def test_rows_survive_the_way_through_a_chunk() -> None:
    """Every column comes back as it was, JSON columns included."""
    objects = MemoryObjects()
    rows = [row(1), row(2, sampling={}, facts={"nested": {"a": [1, None]}}, output_text="")]
    store_chunk(objects, "generations/score/s", rows)
    assert list(load_chunks(objects, "generations/score/s")) == [rows]


def test_a_chunk_is_named_by_what_it_holds() -> None:
    """The same answers overwrite themselves; other answers to the same requests are another object."""
    objects = MemoryObjects()
    first = store_chunk(objects, "p", [row(1), row(2)])
    assert store_chunk(objects, "p", [row(1), row(2)]) == first
    assert store_chunk(objects, "p", [row(1), row(2, output_sha256="other")]) != first
    assert store_chunk(objects, "p", [row(1)]) != first
    assert first.startswith("p/") and first.endswith(".parquet")
    assert len(objects.content) == 3


def test_the_same_chunk_has_the_same_bytes() -> None:
    """Nothing of the time or the host is in a chunk."""
    stores = MemoryObjects(), MemoryObjects()
    for objects in stores:
        store_chunk(objects, "p", [row(1), row(2)])
    assert stores[0].content == stores[1].content


def test_chunks_of_another_shard_are_not_read() -> None:
    """A prefix ends at a slash: shard `ab` is not below shard `a`."""
    objects = MemoryObjects()
    store_chunk(objects, "p/ab", [row(1)])
    assert list(load_chunks(objects, "p/a")) == []
    assert len(list(load_chunks(objects, "p/ab"))) == 1
