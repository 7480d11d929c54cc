"""One published row, made by the real stages from the bytes of a page, with everything that verification looks at."""

import copy
import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.audit.links import Broken
from tasks.audit.rederive import Release
from tasks.backtranslate import run as backtranslate
from tasks.core.config import DatasetSpec
from tasks.core.ids import sha256_bytes
from tasks.core.records import DOCUMENT
from tasks.core.refs import SourceRef, SourceShard
from tasks.core.runtime import Runtime
from tasks.curate import run as curate
from tasks.extract import run as extract
from tasks.llm.prompts import load_prompt
from tasks.llm.request import Request
from tasks.publish.assemble import example
from tasks.publish.candidate import RELEASE, presentation
from tasks.publish.provenance import provenance
from tasks.rewrite import run as rewrite
from tasks.score import run as score
from tasks.storage.shards import ShardWriter
from tasks.verify import run as verify
from tests.clean.made_shard import make_shard, rows_of
from tests.extract.warc_bytes import http, record
from tests.fakes.objects import MemoryObjects
from tests.llm.answering import MODEL, Model, runtime

SOURCE = "2026-10/pages.warc.gz"
SHARD = "candidates/made/data/train-00000-of-00001.parquet"
RELEASED = "releases/made/2026.10.0/data/train-00000-of-00001.parquet"
MANIFEST = "releases/made/2026.10.0/manifest.json"
SPEC = DatasetSpec.model_validate(
    {
        "name": "made",
        "source": {"uri": "file:///corpus"},
        "models": {"backward": MODEL, "judge": MODEL, "rewriter": MODEL},
    }
)


def steps(number: int) -> list[str]:
    """The paragraphs of a page."""
    return [
        f"Step {step} of recipe {number}: warm the pot, wait a while, and pour the tea slowly into the cup."
        for step in range(6)
    ]


def page(number: int) -> bytes:
    """A web page with enough text to be one."""
    lines = "".join(f"<p>{line}</p>" for line in steps(number))
    return f"<html><head><title>Tea {number}</title></head><body><main>{lines}</main></body></html>".encode()


def source_file(kind: str) -> bytes:
    """Two pages as a file of a source of this kind."""
    if kind == "warc":
        pages = {f"https://tea.example/{number}": http(page(number)) for number in (1, 2)}
        return b"".join(gzip.compress(record(block, uri=uri), mtime=0) for uri, block in pages.items())
    rows = [{"text": "\n\n".join(steps(number)), "url": f"https://tea.example/{number}"} for number in (1, 2)]
    if kind == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), out)
        return out.getvalue()
    return gzip.compress(b"".join(json.dumps(row).encode() + b"\n" for row in rows), mtime=0)


def answer(request: Request) -> Any:
    """Answers of each stage's form."""
    return {
        "backtranslate": "How do I brew tea in a warm pot?",
        "score": "Clear and complete.\nScore: 5",
        "rewrite": f"[RES]{'Warm the pot, wait a while, and pour the tea slowly into the cup. ' * 3}[/RES]",
    }[request.stage]


@dataclass
class Made:
    """A release of two rows. Change anything in it, then `verify`."""

    rt: Runtime
    sources: MemoryObjects
    examples: list[dict[str, Any]]
    generations: list[dict[str, Any]]
    candidate: list[dict[str, Any]]
    published: list[dict[str, Any]]
    releases: list[dict[str, Any]]

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
        for key, rows in ((SHARD, self.candidate), (RELEASED, self.published)):
            with ShardWriter(RELEASE) as writer:
                for row in rows:
                    writer.write(row)
                writer.upload(self.rt.objects, key)
        self.rt.lineage.answers |= {
            "release_by_version": self.releases,
            "latest_release": [{**row, "version": "2026.10.0"} for row in self.releases],
            "examples_to_verify": self._examples_to_verify,
            "example_ids_of_release": lambda row_limit, **_: [
                {"pair_id": row["pair_id"]} for row in self.examples[:row_limit]
            ],
            "generations_to_verify": lambda ids: [row for row in self.generations if row["generation_id"] in ids],
        }
        return Release(
            spec=SPEC,
            version="2026.10.0",
            objects=self.rt.objects,
            lineage=self.rt.lineage,
            open_source=lambda root: self.sources,
        )

    def _examples_to_verify(self, pair_id: str | None, **_: Any) -> list[dict[str, Any]]:
        return [row for row in self.examples if pair_id in (None, row["pair_id"])]

    def verify(self) -> list[Broken | None]:
        """Return what is broken of each row."""
        opened = self.open()
        return list(opened.verify(opened.rows()))


def make_release(*, kind: str = "warc", keep_source: bool = False) -> Made:
    """Run the stages over two pages and publish both pairs."""
    sources = MemoryObjects({SOURCE: source_file(kind)})
    rt = runtime(Model(answer))
    rt.source_store = lambda root: sources
    source = SourceRef(kind=kind, root="file:///corpus", uri=SOURCE, byte_count=len(sources.content[SOURCE]))
    documents = extract.run(SourceShard(pieces=(source,), keep_source=keep_source), SPEC.extract, rt)
    pages, _ = rows_of(rt, documents)
    filtered = make_shard(rt, [{**row, "language": "en"} for row in pages], DOCUMENT, "filters")
    scored = score.run(backtranslate.run(filtered, SPEC.backtranslate, rt), SPEC.score, rt)
    rewritten = rewrite.run(curate.run(scored, SPEC.curate, rt), SPEC.rewrite, rt)
    verified = verify.run(rewritten, SPEC.verify, rt)
    rows, rejected = rows_of(rt, verified)
    assert len(rows) == 2, rejected
    published = [example(row, provenance(rt.objects, verified)) for row in rows]
    manifest = json.dumps({"files": [], "spec": presentation(SPEC), "stages": []}).encode()
    rt.objects.put(MANIFEST, manifest)
    return Made(
        rt=rt,
        sources=sources,
        examples=[_example(row, number, rt) for number, row in enumerate(rows)],
        generations=[_generation(row, rt) for row in rt.lineage.tables["generation"]],
        candidate=copy.deepcopy(published),
        published=published,
        releases=[{"partition_key": "2026-10", "manifest_sha256": sha256_bytes(manifest), "variant": "filter+rewrite"}],
    )


def _example(row: dict[str, Any], number: int, rt: Runtime) -> dict[str, Any]:
    names = ("pair_id", "source_kind", "source_uri", "record_sha256", "target_uri", "document_id", "text_sha256")
    return {
        **{name: row[name] for name in (*names, "language", "extractor")},
        "shard_key": SHARD,
        "shard_row": number,
        "locator": json.loads(row["locator"]),
        "extract_config": SPEC.extract.body(),
        "instruction_id": row["instruction_generation_id"],
        "response_id": row["response_generation_id"],
        "scores": _scores(row, rt),
        "decisions": _decisions(row, rt),
    }


def _scores(row: dict[str, Any], rt: Runtime) -> list[dict[str, Any]]:
    """The scores and votes of a pair's draft, as the view gives them."""
    asked = {item["generation_id"]: item for item in rt.lineage.tables["generation"]}
    return [
        {
            **{name: item[name] for name in ("score_id", "metric", "value", "generation_id")},
            **{name: asked[item["generation_id"]][name] for name in ("sampling", "attempt")},
            "prompt": f"score@{SPEC.score.prompt}",
            "judge": f"{MODEL['name']}@{MODEL['revision']}",
        }
        for item in rt.lineage.tables["score"]
        if item["pair_id"] == row["draft_pair_id"]
    ]


def _decisions(row: dict[str, Any], rt: Runtime) -> list[dict[str, Any]]:
    """The decisions on a pair and on its draft, as the view gives them."""
    configs = {item["config_id"]: item for item in rt.lineage.tables["config"]}
    return [
        {
            "kept": item["kept"],
            "reason": item["reason"],
            "policy": configs[item["config_id"]]["kind"],
            "policy_config": copy.deepcopy(configs[item["config_id"]]["body"]),
        }
        for item in rt.lineage.tables["decision"]
        if item["pair_id"] in (row["pair_id"], row["draft_pair_id"])
    ]


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
