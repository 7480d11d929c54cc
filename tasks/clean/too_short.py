"""The instruction is too short to ask for anything in particular."""

from tasks.clean.rule import Case, Rule


def _fault(case: Case) -> str | None:
    length, least = len(case.instruction.strip()), case.config.min_chars
    return f"{length} characters, at least {least} wanted" if length < least else None


RULE = Rule("instruction_too_short", _fault)
