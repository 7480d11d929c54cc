"""A trace as a tree for the terminal. What came from the web is shown without control characters or markup."""

import re
from typing import Any, Protocol

from rich.text import Text
from rich.tree import Tree

from tasks.core.ids import canonical_json
from tasks.core.runtime import Row

# C0 and C1 controls, and the characters that turn the direction of writing.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
SHOWN_CHARS = 160


class Traced(Protocol):
    """What is rendered: a Trace."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def parts(self) -> dict[str, Any]: ...


def render_tree(trace: Traced) -> Tree:
    """Return the tree: from the release down to the bytes of the web page."""
    parts = trace.parts
    tree = Tree(_line(f"{trace.kind} {trace.id}", style="bold"))
    if trace.kind == "pair":
        _add_pair(tree, parts)
    elif trace.kind == "document":
        for pair in parts["pairs"]:
            node = tree.add(
                _line(f"pair {pair['pair_id']}", "the document is the response" if not pair["response_id"] else "")
            )
            _add_verdicts(node, pair)
        for generation in parts["generations"]:
            _add_generation(tree, generation["stage"], generation)
    else:
        _add_generation(tree, "generation", parts["generation"])
        for pair in parts["pairs"]:
            tree.add(_line(f"pair {pair['pair_id']}"))
    for origin in parts.get("documents", [parts]):
        _add_document(tree, origin["document"], origin["source_record"])
    runs = tree.add(_line("runs"))
    for run in parts["runs"]:
        runs.add(
            _line(
                f"{run['job']}",
                f"try {run['try_number']}, {run['started_at']:%Y-%m-%d %H:%M:%S} UTC, code {run['code_version']}",
                f"Dag run {run['dag_run_id']}, run {run['run_id']}",
            )
        )
    return tree


def _line(head: str, *details: str, style: str = "cyan") -> Text:
    text = Text(_safe(head), style=style)
    for detail in details:
        if detail:
            text.append("  " + _safe(detail), style="default")
    return text


def _safe(text: str) -> str:
    return _UNSAFE.sub(" ", text)


def _short(text: str | None) -> str:
    line = _safe(text or "").strip()
    return line if len(line) <= SHOWN_CHARS else line[:SHOWN_CHARS] + "…"


def _add_pair(tree: Tree, parts: dict[str, Any]) -> None:
    for row in parts["releases"]:
        head = f"release {row['dataset']} {row['version']}" if row["version"] else f"candidate of {row['dataset']}"
        tree.add(_line(head, row["state"] or "not staged", f"row {row['shard_row']} of {row['shard_key']}"))
    if not parts["releases"]:
        tree.add(_line("in no release"))
    if parts["response"]:
        _add_generation(tree, "response", parts["response"])
    else:
        tree.add(_line("response", "the document itself"))
    _add_verdicts(tree, parts)
    if parts["instruction"]:
        _add_generation(tree, "instruction", parts["instruction"])


def _add_verdicts(tree: Tree, parts: dict[str, Any]) -> None:
    for row in parts["decisions"]:
        verdict = "kept" if row["kept"] else "dropped"
        score = "" if row["score"] is None else f"at score {row['score']:g}"
        node = tree.add(_line(f"{verdict} by {row['policy']}", row["reason"], score, f"(looked at the {row['of']})"))
        node.add(_line("policy", canonical_json(row["policy_config"])))
    for row in parts["scores"]:
        value = "none" if row["value"] is None else f"{row['value']:g}"
        node = tree.add(_line(f"score {row['metric']} = {value}", row["reason"] or "", f"(of the {row['of']})"))
        if row["judgement"]:
            _add_generation(node, "judgement", row["judgement"])
        else:
            node.add(_line("rule", f"{row['rule']}", canonical_json(row["rule_config"])))


def _add_generation(tree: Tree, role: str, row: Row) -> None:
    node = tree.add(_line(role, f"{row['prompt']}, {row['model']}"))
    node.add(_line("request", row["generation_id"], f"rendered sha256 {row['rendered_sha256']}"))
    node.add(_line("sampling", canonical_json(row["sampling"]), f"seed {row['seed']}, attempt {row['attempt']}"))
    tokens = f"{row['prompt_tokens']} + {row['output_tokens']} tokens"
    node.add(_line("answer", f"{tokens}, {row['finish_reason']}, sha256 {row['output_sha256']}"))
    if row["output_text"] is None:
        node.add(_line("text", f"erased at {row['erased_at']}" if row["erased_at"] else "missing", style="red"))
    else:
        node.add(_line("text", _short(row["output_text"])))


def _add_document(tree: Tree, document: Row, source: Row) -> None:
    node = tree.add(_line(f"document {document['document_id']}", _short(document["title"]), document["language"] or ""))
    node.add(
        _line("text", f"sha256 {document['text_sha256']}", f"row {document['shard_row']} of {document['shard_key']}")
    )
    node.add(_line("extractor", document["extractor"], canonical_json(document["extract_config"])))
    record = node.add(_line(f"source record {source['source_record_id']}", ", ".join(source["datasets"])))
    locator = ", ".join(f"{name} {value}" for name, value in sorted(source["locator"].items(), reverse=True))
    record.add(_line(source["source_kind"], source["source_uri"], locator))
    record.add(_line("bytes", f"sha256 {source['record_sha256']}", f"claimed {source['claimed_digest'] or 'nothing'}"))
    record.add(
        _line("page", _short(source["target_uri"]), f"{source['record_at'] or 'no date'}", source["record_name"] or "")
    )
