"""Parameters of the rules that come from papers, named as there, with their numbers as defaults.

Gopher: Rae et al. 2021, arXiv 2112.11446, appendix A.1.1. C4: Raffel et al. 2019, arXiv 1910.10683, section 2.2.
FineWeb: Penedo et al. 2024, arXiv 2406.17557. Shares lie between 0 and 1; bounds are inclusive.
"""

from pydantic import Field

from tasks.core.filter_rules import Part, RuleParams

_OF: Part = "text"


class WrongLanguage(RuleParams):
    """The document is in none of the dataset's `languages`, or in none that can be told."""

    min_probability: float = Field(0.8, ge=0.0, le=1.0, description="of the language that is told")


class TooShort(RuleParams):
    """The document is shorter than the dataset's band."""

    min_chars: int = Field(400, ge=0, description="Humpback's band starts at 600 characters")


class TooLong(RuleParams):
    """The document is longer than the dataset's band."""

    max_chars: int = Field(24_000, ge=1, description="draft and rewrite must fit the model's context")


class GopherWordCount(RuleParams):
    """Too few words or too many (Gopher)."""

    min_words: int = Field(50, ge=0)
    max_words: int = Field(100_000, ge=1)
    of: Part = _OF


class BadMeanWordLength(RuleParams):
    """Words are too short or too long on average to be prose (Gopher)."""

    min_mean_word_length: float = Field(3.0, ge=0)
    max_mean_word_length: float = Field(10.0, ge=0)
    of: Part = _OF


class TooManySymbols(RuleParams):
    """Hash signs or ellipses strew the text (Gopher)."""

    max_symbol_to_word_ratio: float = Field(0.1, ge=0)
    combined: bool = Field(False, description="count both kinds together, not each by itself")
    of: Part = _OF


class TooManyListLines(RuleParams):
    """Nothing but list items (Gopher)."""

    max_bullet_lines_ratio: float = Field(0.9, ge=0, le=1)
    numbered: bool = Field(False, description="items marked by a number or a letter count too, and marks need a space")
    sentences: bool = Field(True, description="items that are whole sentences count too")


class TooManyEllipsisLines(RuleParams):
    """Too many lines that break off (Gopher)."""

    max_ellipsis_lines_ratio: float = Field(0.3, ge=0, le=1)
    min_lines: int = Field(1, ge=1, description="fewer such lines are no pattern, whatever their share")
    of: Part = _OF


class TooFewAlphabeticWords(RuleParams):
    """Too many words without a letter (Gopher)."""

    min_alphabetic_words_ratio: float = Field(0.8, ge=0, le=1)
    of: Part = _OF


class TooFewStopWords(RuleParams):
    """The text lacks the commonest words of its language, so it is no running text (Gopher)."""

    min_stop_words: int = Field(2, ge=0)
    stop_words: tuple[str, ...] = ("the", "be", "to", "of", "and", "that", "have", "with")
    distinct: bool = Field(True, description="count each word once, not each time it occurs")
    language: str | None = Field("en", description="of the words; documents in others pass; null: of all")
    of: Part = _OF


class TooManyRepeatedLines(RuleParams):
    """The same lines again and again (Gopher, table A1)."""

    max_line_fraction: float = Field(0.3, ge=0, le=1)
    max_character_fraction: float = Field(0.2, ge=0, le=1)
    count_first: bool = Field(False, description="the first of several equal ones counts as repeated too")
    of: Part = _OF


class TooManyRepeatedParagraphs(RuleParams):
    """The same paragraphs again and again (Gopher, table A1)."""

    max_paragraph_fraction: float = Field(0.3, ge=0, le=1)
    max_character_fraction: float = Field(0.2, ge=0, le=1)
    count_first: bool = Field(False, description="the first of several equal ones counts as repeated too")
    of: Part = _OF


class TooFrequentNgram(RuleParams):
    """One group of words makes up too much of the text (Gopher, table A1)."""

    top_2_gram: float = Field(0.20, ge=0, description="share of the characters that the commonest 2-gram covers")
    top_3_gram: float = Field(0.18, ge=0)
    top_4_gram: float = Field(0.16, ge=0)
    of: Part = _OF


class TooManyDuplicateNgrams(RuleParams):
    """Too much of the text are groups of words that came before (Gopher, table A1)."""

    dup_5_gram: float = Field(0.15, ge=0, le=1, description="share of the characters in repeated 5-grams")
    dup_6_gram: float = Field(0.14, ge=0, le=1)
    dup_7_gram: float = Field(0.13, ge=0, le=1)
    dup_8_gram: float = Field(0.12, ge=0, le=1)
    dup_9_gram: float = Field(0.11, ge=0, le=1)
    dup_10_gram: float = Field(0.10, ge=0, le=1)
    of: Part = _OF


class C4CurlyBracket(RuleParams):
    """A curly bracket, which is code more often than prose (C4)."""


class C4LoremIpsum(RuleParams):
    """Blind text (C4)."""


class C4Javascript(RuleParams):
    """Too many lines with the word Javascript (C4 drops such lines; `extract.edits` does that)."""

    max_line_ratio: float = Field(0.0, ge=0, le=1)


class C4TooFewSentences(RuleParams):
    """Too few sentences (C4)."""

    min_sentences: int = Field(5, ge=0)
    min_words_per_line: int = Field(3, ge=0, description="shorter lines do not count")
    terminal_punctuation: bool = Field(True, description="lines that end in no full stop or its kin do not count")


class C4TerminalPunctuation(RuleParams):
    """Too many lines end in no full stop or its kin (C4 drops such lines; the bound is NeMo Curator's)."""

    max_lines_without_ratio: float = Field(0.85, ge=0, le=1)


class Mc4LongLines(RuleParams):
    """Too few long lines (mC4: Xue et al. 2020, arXiv 2010.11934, section 3.1)."""

    min_lines: int = Field(3, ge=0)
    min_line_length: int = Field(200, ge=1)


class FinewebLinePunctuation(RuleParams):
    """Too few lines end in punctuation (FineWeb)."""

    line_punct_thr: float = Field(0.12, ge=0, le=1)
    line_punct_exclude_zero: bool = Field(False, description="a text without any such line passes")


class FinewebShortLines(RuleParams):
    """Too many short lines (FineWeb)."""

    short_line_thr: float = Field(0.67, ge=0, le=1)
    short_line_length: int = Field(30, ge=0)


class FinewebCharDuplicates(RuleParams):
    """Too many characters lie in lines that came before (FineWeb)."""

    char_duplicates_ratio: float = Field(0.01, ge=0, le=1)


class FinewebNewLines(RuleParams):
    """Too many line ends for so few words (FineWeb)."""

    new_line_ratio: float = Field(0.3, ge=0)
