"""A try for people: the two prompts side by side, as Markdown or as a page. Every text from outside stays text."""

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.commands.try_outcomes import Tried, Version
from tasks.core.runtime import Row

# Characters of a document that Markdown shows; the page shows all of it.
SHOWN_CHARS = 1_200

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@dataclass(frozen=True)
class Trial:
    """Everything a report shows. `versions` are the present prompt and the new one."""

    title: str
    subtitle: str
    rows: list[Row]
    versions: tuple[Version, Version]


def figures(trial: Trial) -> list[tuple[str, list[str]]]:
    """Return the lines of the summary: a name, and the figure of each version."""
    versions, count = trial.versions, len(trial.rows)
    lines = [("kept", [_share(version.kept, count) for version in versions])]
    reasons = dict.fromkeys(reason for version in versions for reason in version.reasons)
    lines += [(reason, [_share(version.reasons.get(reason, 0), count) for version in versions]) for reason in reasons]
    named = {
        "mean score": "score",
        "mean characters made": "made_chars",
        "prompt tokens a row": "prompt_tokens",
        "output tokens a row": "output_tokens",
    }
    for name, what in named.items():
        means = [version.mean(what) for version in versions]
        if any(mean is not None for mean in means):
            lines.append((name, ["" if mean is None else f"{mean:.4g}" for mean in means]))
    lines.append(("requests sent now", [str(version.sent) for version in versions]))
    lines.append(("answers known before", [str(version.reused) for version in versions]))
    return lines


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.0%})"


def as_markdown(trial: Trial) -> str:
    """Return the report as Markdown."""
    names = [version.name for version in trial.versions]
    lines = [f"# {_inline(trial.title)}", "", _inline(trial.subtitle), ""]
    lines += [f"| | {' | '.join(map(_inline, names))} |", "|---|---|---|"]
    lines += [f"| {_inline(name)} | {' | '.join(values)} |" for name, values in figures(trial)]
    for number, row in enumerate(trial.rows):
        lines += ["", f"## {number + 1}. {_inline(row['target_uri'] or row['document_id'])}", ""]
        if row.get("instruction"):
            lines += ["Instruction:", "", _fenced(row["instruction"]), ""]
        text = row["text"]
        cut = f", the first {SHOWN_CHARS} of {len(text)} characters" if len(text) > SHOWN_CHARS else ""
        lines += [f"Document{cut}:", "", _fenced(text[:SHOWN_CHARS])]
        for version in trial.versions:
            one = version.tried[number]
            lines += ["", f"**{_inline(version.name)}**: {_verdict(one)}", "", _fenced(one.text)]
    return "\n".join(lines) + "\n"


def as_html(trial: Trial) -> str:
    """Return the report as one page that loads and runs nothing."""
    rows = [{**row, "instruction": row.get("instruction")} for row in trial.rows]
    page = _templates.get_template("try_page.html.jinja")
    return page.render(
        title=trial.title, subtitle=trial.subtitle, versions=trial.versions, figures=figures(trial), rows=rows
    )


def _verdict(one: Tried) -> str:
    score = "" if one.score is None else f"score {one.score:g}, "
    return f"{score}rejected, {_inline(one.reason)}: {_inline(one.detail)}" if one.reason else f"{score}kept"


def _inline(text: str) -> str:
    """Return `text` on one line, with everything escaped that Markdown or HTML would read."""
    return re.sub(r"([\\`*_{}\[\]()<>#|!~&])", r"\\\1", " ".join(text.split()))


def _fenced(text: str) -> str:
    """Return `text` between fences that are longer than any in it."""
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
