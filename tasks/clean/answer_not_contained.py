"""The document does not speak of what is asked: it cannot be the answer, or the instruction is about something else."""

from tasks.clean.content_words import acronyms, content_words
from tasks.clean.rule import Case, Rule

# A single word that the document lacks may be a paraphrase ("fix" for "repair"), however large its share is.
MIN_WORDS = 2


def _fault(case: Case) -> str | None:
    asked = content_words(case.instruction)
    if len(asked) < MIN_WORDS:
        return None
    document, short = case.vocabulary, acronyms(case.instruction)
    missing = [w for w in asked if not (document.speaks_of(w) or (w in short and document.spells_out(w)))]
    share = 1 - len(missing) / len(asked)
    if share >= case.config.min_answered:
        return None
    shown = ", ".join(missing[:10])
    return f"the document holds {len(asked) - len(missing)} of {len(asked)} words of the subject, and not: {shown}"


RULE = Rule("answer_not_contained", _fault)
