"""Only source code, logs or dumps, and nothing that explains them."""

import re

from tasks.core.filter_rules_pages import MachineOutput
from tasks.filters.code_lines import ends_sentence, is_list_item
from tasks.filters.document import DocumentText
from tasks.filters.rule import plain

_LOG = re.compile(
    r"\W{0,3}(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov"
    r"|dec) +\d{1,2} \d\d:\d\d"
    r"|\d{1,2}/[a-z]{3}/\d{4}:|\d{1,3}(?:\.\d{1,3}){3} - |\[? {0,2}\d+\.\d{3,6}\]|(?:debug|info|warn(?:ing)?|error"
    r"|fatal|trace)\b\W{1,3}\S"
    r"|0x[0-9a-f]{4,}|[0-9a-f]{6,16}:? (?:[0-9a-f]{2} ){4}|at [\w.$<>]+\([\w.]+:\d+\)|file \"[^\"]{1,200}\", line \d+)",
    re.IGNORECASE,
)
# Below this the page is no code: whether it is prose is for others to ask.
MIN_CODE_SHARE = 0.5
MIN_LINES = 5
_MAX_LOG_CHARS = 300
_MIN_ITEM_WORDS = 4


def _fault(document: DocumentText, params: MachineOutput) -> str | None:
    lines = document.whole.lines
    if len(lines) < MIN_LINES:
        return None
    logs = sum(1 for line in lines if _LOG.match(line, 0, _MAX_LOG_CHARS))
    log_share = document.note("log_line_ratio", logs / len(lines))
    if log_share > params.max_log_line_ratio:
        return f"{logs} of {len(lines)} lines are of a log"
    prose = document.prose
    total = document.whole.line_characters
    if prose is document.whole or total - prose.line_characters < MIN_CODE_SHARE * total:
        return None
    told = sum(len(line) for line in prose.lines if _tells(line))
    share = document.note("prose_ratio", told / total)
    return f"{share:.0%} of the characters are prose, the others code" if share < params.min_prose_ratio else None


def _tells(line: str) -> bool:
    return ends_sentence(line) or (is_list_item(line) and line.count(" ") >= _MIN_ITEM_WORDS)


RULE = plain(MachineOutput, _fault)
