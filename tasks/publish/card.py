"""The dataset card: README.md with the header that Hugging Face reads, made from a manifest alone."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined

from tasks.publish.candidate import CandidateManifest
from tasks.publish.seed import FILE as SEED_FILE

CARD_VERSION = 2
TEMPLATE = Path(__file__).parent / f"card_v{CARD_VERSION}.md.jinja"
# The name under which the stand-in server of the demo serves; see tasks/llm/standin.py.
STANDIN_MODEL = "backforth-standin"
# Hugging Face's classes: https://huggingface.co/docs/hub/datasets-cards
SIZES = [
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
]
LARGEST = "10M<n<100M"
COLUMN_MEANINGS = {
    "id": "key of the pair; the same in every release that holds it",
    "messages": "the instruction as `user`, the response as `assistant`",
    "source_url": "the web page",
    "document_id": "key of the text taken from that page",
    "score": "what the judge gave, 1 to 5; null where nobody judged",
    "language": "of the document",
    "grounding": "JSON: how close the response stays to the document; null where it was not rewritten",
    "instruction_model": "wrote the instruction, name@revision",
    "judge_model": "gave the score, name@revision",
    "response_model": "wrote the response, name@revision; null where it is the document itself",
    "instruction_prompt": "prompt of the instruction, stage@version",
    "judge_prompt": "prompt of the judge, stage@version",
    "response_prompt": "prompt of the response, stage@version",
    "extractor": "took the text from the page, name@version",
}
# What was done, by variant; see tasks/core/variants.py.
_HOW = {
    "filter": "a model reads a document and writes the request that it would answer, a judge rates the two on a scale "
    "from 1 to 5, and the document itself is published as the answer, as it is.",
    "rewrite": "a model reads a document and writes the request that it would answer, and a second step turns the "
    "document into the answer that is published. No judge looked at the two. Each answer was checked against its "
    "document.",
    "filter+rewrite": "a model reads a document and writes the request that it would answer, a judge rates the two on "
    "a scale from 1 to 5, and a third step turns the document into the answer that is published. Each answer was "
    "checked against its document.",
    "filter+distil": "a model reads a document and writes the request that it would answer, and a judge rates the two "
    "on a scale from 1 to 5. The published answer was written by a model that saw the request alone: it is not "
    "grounded in the document.",
    "humpback": "a model reads a document and writes the request that it would answer, judges rate the two one after "
    "the other on a scale from 1 to 5, and the document itself is published as the answer, as it is. The score is that "
    "of the last judge.",
}
_SAMPLING = ("temperature", "top_p", "max_tokens", "max_attempts", "seed")


def render_card(manifest: CandidateManifest, version: str) -> str:
    """Return the card of one release. The same manifest and version give the same text."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 Markdown
    environment.filters["cell"] = _cell
    release = manifest.spec["release"]
    judged = [line for line in manifest.funnel if line.stage == "score"]
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        header=_header(manifest),
        title=_line(release["title"] or manifest.dataset),
        version=version,
        description=manifest.spec["description"].strip(),
        demo=manifest.demo,
        how=_HOW[manifest.variant],
        variant=manifest.variant,
        seed=manifest.seed,
        tags={name: tag for name, tag in release.items() if name.endswith("_tag")},
        by_standin=_by_standin(manifest),
        standin=STANDIN_MODEL,
        partition_key=manifest.partition_key,
        rows="1 pair" if manifest.row_count == 1 else f"{manifest.row_count} pairs",
        row_count=manifest.row_count,
        documents_in=manifest.funnel[0].read if manifest.funnel else manifest.row_count,
        funnel=manifest.funnel,
        judged=sum(line.read for line in judged),
        scores=_scores([line.facts for line in judged]),
        unparseable=sum(line.facts.get("unparseable", 0) for line in judged),
        steps=_steps(manifest),
        settings=_settings(manifest),
        licence=release["licence"],
        source_licence=manifest.spec["source"]["licence"],
        columns=[(name, COLUMN_MEANINGS[name]) for name in manifest.columns],
    )


def _by_standin(manifest: CandidateManifest) -> str:
    """Return what the stand-in wrote, in words; empty when it wrote nothing."""
    words = {"instruction": "instructions", "judge": "scores", "response": "responses"}
    found = [
        word
        for role, word in words.items()
        if any(name.startswith(f"{STANDIN_MODEL}@") for name in manifest.models[role])
    ]
    return ", ".join(found[:-1]) + (" and " if found[1:] else "") + found[-1] if found else ""


def _header(manifest: CandidateManifest) -> str:
    """Return the YAML between the two lines of dashes."""
    languages = next((s.config.get("languages") for s in manifest.stages if s.stage == "filters"), None)
    header: dict[str, Any] = {
        "pretty_name": _line(manifest.spec["release"]["title"] or manifest.dataset),
        "license": manifest.spec["release"]["licence"],
        "language": list(languages or []),
        "task_categories": ["text-generation"],
        "size_categories": [next((name for limit, name in SIZES if manifest.row_count < limit), LARGEST)],
        "tags": ["instruction-tuning", "synthetic", "back-and-forth-translation", *(["demo"] if manifest.demo else [])],
        "configs": [{"config_name": "default", "data_files": _data_files(manifest)}],
    }
    text: str = yaml.safe_dump(header, sort_keys=False, allow_unicode=True, width=10_000)
    return text


def _data_files(manifest: CandidateManifest) -> list[dict[str, str]]:
    seed = [{"split": "seed", "path": SEED_FILE}] if manifest.seed else []
    return [{"split": "train", "path": "data/*.parquet"}, *seed]


def _scores(facts: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return (score, pairs) from 5 down to 1, with zeroes; scores between two whole ones count as the nearer."""
    counts: Counter[int] = Counter()
    for fact in facts:
        for score, count in fact.get("scores", {}).items():
            counts[round(float(score))] += count
    return [(str(score), counts[score]) for score in range(5, 0, -1)]


def _steps(manifest: CandidateManifest) -> list[dict[str, Any]]:
    """Return one line per stage that asked a model, and per configuration of it."""
    steps = []
    for stage in manifest.stages:
        if "model" in stage.config:
            model = stage.config["model"]
            named = {
                "model": f"{model['name']}@{model['revision']}",
                "prompt": f"{stage.stage}@{stage.config['prompt']}",
            }
            steps.append({"stage": stage.stage, **named, **{name: stage.config.get(name, "") for name in _SAMPLING}})
    return steps


def _settings(manifest: CandidateManifest) -> list[tuple[str, str, str]]:
    """Return (stage, setting, value as JSON) of every stage that asks no model."""
    return [
        (stage.stage, name, json.dumps(value, ensure_ascii=False))
        for stage in manifest.stages
        if "model" not in stage.config
        for name, value in _flat(stage.config)
    ]


def _flat(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the settings by their dotted names; of a list of named parts, such as rules, in its own order."""
    for name, found in sorted(value.items()):
        is_list_of_parts = isinstance(found, list) and bool(found) and all(isinstance(part, dict) for part in found)
        for part in found if is_list_of_parts else [found]:
            if isinstance(part, dict) and part:
                yield from _flat(part, f"{prefix}{name}.")
            else:
                yield prefix + name, part


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(value: Any) -> str:
    """Keep a value inside its table cell, whatever it holds."""
    return _line(str(value)).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
