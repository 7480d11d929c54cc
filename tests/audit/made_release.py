"""One published row, made by the real stages from the bytes of a page, with everything that verification looks at."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tasks.audit.rederive import Broken, Release
from tasks.backtranslate import run as backtranslate
from tasks.core.config import DatasetSpec
from tasks.core.records import SCORED
from tasks.core.refs import SourceRef
from tasks.core.runtime import Runtime
from tasks.extract import run as extract
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Request
from tasks.rewrite import run as rewrite
from tasks.score import run as score
from tasks.storage.shards import ShardWriter
from tests.clean.made_shard import make_shard, rows_of
from tests.extract.warc_bytes import http, record
from tests.fakes.objects import MemoryObjects
from tests.llm.answering import MODEL, Model, runtime

SOURCE = "2026-10/pages.warc.gz"
SHARD = "candidates/made/data.parquet"
PUBLISHED = pa.schema(
    [
        ("id", pa.string()),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("score", pa.int64()),
        ("source_url", pa.string()),
        ("document_id", pa.string()),
    ]
)
SPEC = DatasetSpec.model_validate(
    {
        "name": "made",
        "source": {"uri": "file:///corpus"},
        "models": {"backward": MODEL, "judge": MODEL, "rewriter": MODEL},
    }
)


def page(number: int) -> bytes:
    """A web page with enough text to be one."""
    lines = "".join(
        f"<p>Step {step} of recipe {number}: warm the pot, wait a while, and pour the tea slowly into the cup.</p>"
        for step in range(6)
    )
    return f"<html><head><title>Tea {number}</title></head><body><main>{lines}</main></body></html>".encode()


def answer(request: Request) -> Any:
    """Answers of each stage's form."""
    return {
        "backtranslate": "How do I brew tea in a warm pot?",
        "score": "Clear and complete.\nScore: 5",
        "rewrite": "[RES]Warm the pot, wait a while, and pour the tea slowly.[/RES]",
    }[request.stage]


@dataclass
class Made:
    """A release of two rows. Change anything in it, then `verify`."""

    rt: Runtime
    sources: MemoryObjects
    examples: list[dict[str, Any]]
    generations: list[dict[str, Any]]
    published: list[dict[str, Any]]
    releases: list[dict[str, Any]] = field(default_factory=list)

    def generation(self, stage: str) -> dict[str, Any]:
        """The generation of the first row's stage."""
        wanted = {
            "backtranslate": self.examples[0]["instruction_id"],
            "score": self.examples[0]["scores"][0]["generation_id"],
            "rewrite": self.examples[0]["response_id"],
        }[stage]
        return next(row for row in self.generations if row["generation_id"] == wanted)

    def open(self) -> Release:
        """Open the release for verification."""
        with ShardWriter(PUBLISHED) as writer:
            for row in self.published:
                writer.write(row)
            writer.upload(self.rt.objects, SHARD)
        self.rt.lineage.answers |= {
            "release_by_version": self.releases,
            "latest_release": [{**row, "version": "2026.10.0"} for row in self.releases],
            "examples_to_verify": self.examples,
            "generations_to_verify": lambda ids: [row for row in self.generations if row["generation_id"] in ids],
        }
        return Release(
            spec=SPEC,
            version="2026.10.0",
            objects=self.rt.objects,
            lineage=self.rt.lineage,
            open_source=lambda root: self.sources,
        )

    def verify(self) -> list[Broken | None]:
        """Return what is broken of each row."""
        opened = self.open()
        return list(opened.verify(opened.rows()))


def make_release() -> Made:
    """Run the stages over two pages and publish both pairs."""
    members = [
        gzip.compress(record(http(page(number)), uri=f"https://tea.example/{number}"), mtime=0) for number in (1, 2)
    ]
    sources = MemoryObjects({SOURCE: b"".join(members)})
    rt = runtime(Model(answer))
    rt.source_store = lambda root: sources
    source = SourceRef(kind="warc", root="file:///corpus", uri=SOURCE, byte_count=len(sources.content[SOURCE]))
    documents = extract.run(source, SPEC.extract, rt)
    scored, _ = rows_of(rt, score.run(backtranslate.run(documents, SPEC.backtranslate, rt), SPEC.score, rt))
    assert len(scored) == 2
    rows, _ = rows_of(rt, rewrite.run(make_shard(rt, scored, SCORED, "curate"), SPEC.rewrite, rt))
    return Made(
        rt=rt,
        sources=sources,
        examples=[_example(row, number) for number, row in enumerate(rows)],
        generations=[_generation(row, rt) for row in rt.lineage.tables["generation"]],
        published=[_published(row) for row in rows],
        releases=[{"partition_key": "2026-10", "manifest_sha256": "0" * 64}],
    )


def _example(row: dict[str, Any], number: int) -> dict[str, Any]:
    names = ("pair_id", "source_uri", "record_sha256", "target_uri", "document_id", "text_sha256", "extractor")
    return {
        **{name: row[name] for name in names},
        "shard_key": SHARD,
        "shard_row": number,
        "locator": json.loads(row["locator"]),
        "extract_config": SPEC.extract.body(),
        "instruction_id": row["instruction_generation_id"],
        "response_id": row["response_generation_id"],
        "scores": [{"metric": score.METRIC, "value": 5.0, "generation_id": row["score_generation_id"]}],
    }


def _generation(row: dict[str, Any], rt: Runtime) -> dict[str, Any]:
    texts = {item["generation_id"]: item["output_text"] for item in rt.lineage.tables["generation_output"]}
    prompts = {item["prompt_id"]: item for item in rt.lineage.tables["prompt"]}
    prompt = load_prompt(row["stage"], prompts[row["prompt_id"]]["version"])
    return {
        **row,
        "output_text": texts[row["generation_id"]],
        "prompt_version": prompt.version,
        "template_sha256": prompts[row["prompt_id"]]["template_sha256"],
        "model_name": MODEL["name"],
        "model_revision": MODEL["revision"],
    }


def _published(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["pair_id"],
        "messages": [
            {"role": "user", "content": row["instruction"]},
            {"role": "assistant", "content": row["response"]},
        ],
        "score": row["score"],
        "source_url": row["target_uri"],
        "document_id": row["document_id"],
    }
