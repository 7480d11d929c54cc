"""The instruction repeats the prompt that asked for it; small backward models do (method notes of a 1.7B one)."""

from tasks.clean.rule import Case, Rule
from tasks.core.text.words import longest_shared_run

# Eight words in a row are shared by chance hardly ever; the prompt's closing tag sentence has just as many.
MIN_RUN = 8


def _fault(case: Case) -> str | None:
    run = longest_shared_run(case.words, case.prompt_words)
    return f"{len(run)} words of the prompt: {' '.join(run)}" if len(run) >= MIN_RUN else None


RULE = Rule("instruction_echoes_prompt", _fault)
