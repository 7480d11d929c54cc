"""The instruction holds no word at all."""

from tasks.clean.rule import Case, Rule


def _fault(case: Case) -> str | None:
    return None if case.words else f"{len(case.instruction)} characters without a word"


RULE = Rule("instruction_empty", _fault)
