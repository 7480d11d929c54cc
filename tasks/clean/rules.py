"""The rules in the order in which they are asked: the first fault found is the reason."""

from tasks.clean import (
    answer_not_contained,
    copies_response,
    echoes_prompt,
    empty,
    meta,
    new_names,
    new_numbers,
    refers_to_text,
    refuses,
    repeats_itself,
    too_long,
    too_short,
    wrong_language,
)
from tasks.clean.rule import Case, Rule
from tasks.core.config import CleanConfig
from tasks.core.errors import DataError

# Lengths first, so that no later rule sees a huge text; then what the model did instead of asking; then what it asks,
# and last whether the document has it. Duplicates are looked for among what is left, see run.py.
ORDER: tuple[Rule, ...] = (
    empty.RULE,
    too_short.RULE,
    too_long.RULE,
    repeats_itself.RULE,
    refuses.RULE,
    echoes_prompt.RULE,
    meta.RULE,
    copies_response.RULE,
    refers_to_text.RULE,
    wrong_language.RULE,
    new_names.RULE,
    new_numbers.RULE,
    answer_not_contained.RULE,
)


_DEFAULT = CleanConfig.model_validate({})


def check(
    instruction: str,
    *,
    document: str,
    prompt_text: str,
    language: str | None,
    config: CleanConfig = _DEFAULT,
    title: str | None = None,
) -> DataError | None:
    """Return the first fault of `instruction` as the error that rejects its row, or None when it is clean.

    `prompt_text` is the template of the prompt, `language` and `title` are the document's. Nothing is
    raised, whatever the text.
    """
    case = Case(instruction, document, prompt_text, language, config, title or "")
    for rule in ORDER:
        if (fault := rule.fault(case)) is not None:
            return DataError(rule.reason, fault)
    return None
