"""The rules in the order in which they are asked: the first fault found is the reason.

Cheap and certain ones come first, then kinds of page, then the quality of the prose, so that the reason names
what a reader would name.
"""

from tasks.core.config import FilterConfig
from tasks.core.errors import ConfigError
from tasks.filters import (
    bad_mean_word_length,
    cut_off,
    forum_thread,
    listing_page,
    personal_data,
    placeholder_text,
    promotional,
    too_few_alphabetic_words,
    too_few_sentences,
    too_few_stop_words,
    too_long,
    too_many_ellipsis_lines,
    too_many_list_lines,
    too_many_repeated_lines,
    too_many_symbols,
    too_short,
    wrong_language,
)
from tasks.filters.rule import Rule

ORDER: tuple[Rule, ...] = (
    too_short.RULE,
    too_long.RULE,
    placeholder_text.RULE,
    wrong_language.RULE,
    forum_thread.RULE,
    listing_page.RULE,
    promotional.RULE,
    too_many_repeated_lines.RULE,
    too_many_list_lines.RULE,
    too_many_ellipsis_lines.RULE,
    too_many_symbols.RULE,
    too_few_alphabetic_words.RULE,
    bad_mean_word_length.RULE,
    too_few_stop_words.RULE,
    too_few_sentences.RULE,
    cut_off.RULE,
    personal_data.RULE,
)


def rules_of(config: FilterConfig) -> tuple[Rule, ...]:
    """Return the rules that a specification asks for, in its order; all of them when it names none.

    Raises ConfigError for a name that is no rule, or one given twice.
    """
    known = {rule.name: rule for rule in ORDER}
    unknown = [name for name in config.rules if name not in known]
    if unknown:
        raise ConfigError(f"filters.rules: no rule {unknown[0]!r}; there are {', '.join(known)}")
    if len(set(config.rules)) < len(config.rules):
        raise ConfigError("filters.rules: a rule is named twice")
    return tuple(known[name] for name in config.rules) or ORDER
