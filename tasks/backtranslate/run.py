"""document -> instruction: a backward model writes the request that the document answers."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice

from tasks.backtranslate.parse import parse
from tasks.core.config import BacktranslateConfig
from tasks.core.ids import canonical_json, content_id
from tasks.core.records import DOCUMENT, INSTRUCTION
from tasks.core.refs import ShardRef
from tasks.core.runtime import Row, Runtime
from tasks.core.stage import Outcome, Rejected, Stage
from tasks.llm.generate import generate
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Answer
from tasks.storage.manifest import chain
from tasks.storage.stage import run_stage

VERSION = 2
# Documents that are recorded in one transaction.
BLOCK_ROWS = 512
STAGE = Stage("backtranslate", VERSION, reads=DOCUMENT, writes=INSTRUCTION)


def values(row: Row) -> dict[str, str]:
    """Return what fills the prompt for one document."""
    return {"document": row["text"]}


def read_answer(answer: Answer) -> str:
    """Return the instruction in an answer; raise DataError with the reason when there is none."""
    return parse(answer.output_text, answer.finish_reason)


def run(shard: ShardRef, config: BacktranslateConfig, rt: Runtime) -> ShardRef:
    """Write one instruction for every document of `shard`."""
    prompt = load_prompt("backtranslate", config.prompt)

    def process(rows: Iterable[Row]) -> Iterator[Outcome]:
        for outcome in generate(
            _registered(rows, shard, rt),
            prompt=prompt,
            values=values,
            instruction_id=lambda row: None,
            parse=read_answer,
            config=config,
            rt=rt,
            shard_key=shard.sha256,
        ):
            if isinstance(outcome, Rejected):
                yield outcome
            else:
                yield {
                    **outcome.row,
                    "instruction_generation_id": outcome.answer.generation_id,
                    "instruction": outcome.value,
                }

    return run_stage(STAGE, shard, config, rt, process)


def _registered(documents: Iterable[Row], shard: ShardRef, rt: Runtime) -> Iterator[Row]:
    """Yield the documents, each block recorded first: those that reach a model; others stay in shards and counts.

    The configurations they point to come from the manifests: the store may be younger than the shard.
    """
    manifests = list(chain(rt.objects, shard))
    shard_key = manifests[0].kept.key
    configs = {(m.stage, canonical_json(m.config)): m for m in manifests}.values()
    rt.lineage.insert(
        "config",
        [{"config_id": content_id("config", m.stage, m.config), "kind": m.stage, "body": m.config} for m in configs],
    )
    numbered = enumerate(documents)
    while block := list(islice(numbered, BLOCK_ROWS)):
        rows = [row for _, row in block]
        rt.lineage.insert_all(
            [
                ("source_record", [_source_record(row) for row in rows]),
                ("source_location", [{**_location(row), "dataset": rt.run.dataset} for row in rows]),
                ("document", [_document(row, number, shard_key, rt) for number, row in block]),
            ]
        )
        yield from rows


def _location(row: Row) -> Row:
    return {
        "source_kind": row["source_kind"],
        "source_uri": row["source_uri"],
        "locator": json.loads(row["locator"]),
        "source_record_id": row["source_record_id"],
    }


def _source_record(row: Row) -> Row:
    names = ("record_sha256", "claimed_digest", "record_name", "target_uri", "record_at")
    return {**_location(row), **{name: row[name] for name in names}}


def _document(row: Row, number: int, shard_key: str, rt: Runtime) -> Row:
    names = ("document_id", "source_record_id", "extract_config_id", "extractor", "text_sha256", "title", "language")
    return {
        **{name: row[name] for name in names},
        "shard_key": shard_key,
        "shard_row": number,
        "generated_by": rt.run.run_id,
    }
