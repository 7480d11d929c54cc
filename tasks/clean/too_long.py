"""The instruction is so long that it holds material of its own, often the answer."""

from tasks.clean.rule import Case, Rule


def _fault(case: Case) -> str | None:
    length, most = len(case.instruction.strip()), case.config.max_chars
    return f"{length} characters, at most {most} wanted" if length > most else None


RULE = Rule("instruction_too_long", _fault)
