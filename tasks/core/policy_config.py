"""What is left out of a corpus, or changed in it, for the sake of others: personal data, opt-outs, line edits."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tasks.core.base import Config
from tasks.core.list_file import ListFile
from tasks.core.text.personal_data import KINDS, Kind


class PersonalDataConfig(Config):
    """Email addresses, telephone numbers and the like in the text and title of a page."""

    action: Literal["replace", "reject", "keep"] = Field(
        "replace", description="by placeholders; reject: the page, by reason personal_data; keep: nothing is looked for"
    )
    kinds: tuple[Kind, ...] = KINDS
    style: Literal["typed", "example"] = Field(
        "typed",
        description='typed: "[email address]"; example: "email@example.com", which reads as text but is not true',
    )
    placeholders: dict[Kind, str] = Field(
        default_factory=dict, description="what to write instead, by kind, where not in `style`"
    )
    careful: bool = Field(
        True,
        description="leave what is set aside for documentation, what manuals print, what is likely a version or a date",
    )
    public_ips_only: bool = Field(True, description="leave addresses of private and other special networks")


Signal = Literal["noai", "noimageai", "tdm_reservation", "content_usage", "noindex"]


class OptOutConfig(Config):
    """Whose pages are not used. Lists are files of the user, one entry a line; signals are what a page says itself."""

    domains: tuple[ListFile, ...] = Field((), description="of domains, each with all of its subdomains")
    urls: tuple[ListFile, ...] = Field((), description="of addresses; one that ends in /* means all below it")
    signals: tuple[Signal, ...] = Field(
        ("noai", "noimageai", "tdm_reservation", "content_usage"),
        description="honoured in HTTP headers and <meta>: noai and noimageai of robots directives, tdm-reservation: 1, "
        "Content-Usage and Content-Signal against training; noindex is about search and off by default",
    )


class C4Lines(Config):
    """C4's rules for lines (Raffel et al. 2019, arXiv 1910.10683, section 2.2)."""

    edit: Literal["c4_lines"] = "c4_lines"
    filter_no_terminal_punct: bool = Field(True, description="drop lines that do not end a sentence")
    min_words_per_line: int = Field(3, ge=0, description="the paper says at least three words")
    max_word_length: int = Field(1_000, ge=1, description="drop lines with a longer word")
    filter_javascript: bool = True
    filter_policy: bool = Field(True, description="drop lines about cookies, terms of use and privacy")
    remove_citations: bool = Field(True, description="take out [1], [edit] and [citation needed]")


class SubstringLines(Config):
    """Lines that hold one of these strings are dropped, or only the strings (DCLM, arXiv 2406.11794)."""

    edit: Literal["substring_lines"] = "substring_lines"
    banlist: tuple[str, ...] = Field(min_length=1)
    case_sensitive: bool = False
    location: Literal["any", "prefix", "suffix", "whole"] = "any"
    max_length: int | None = Field(None, ge=1, description="words; longer lines are left")
    remove_substring_only: bool = False

    @model_validator(mode="after")
    def _no_empty_string(self) -> Self:
        if not all(self.banlist):
            raise ValueError("banlist: an empty string is in every line")
        return self


class LineLength(Config):
    """Bounds on the words of a line (DCLM)."""

    edit: Literal["line_length"] = "line_length"
    min_length: int = Field(0, ge=0)
    max_length: int | None = Field(None, ge=1)


class PunctuationLines(Config):
    """Lines that do not end in punctuation are dropped (DCLM)."""

    edit: Literal["punctuation_lines"] = "punctuation_lines"
    remove_ellipses: bool = False


class UppercaseRatioLines(Config):
    """Lines with too large a share of capitals are dropped (DCLM; RefinedWeb, arXiv 2306.01116, its appendix G)."""

    edit: Literal["uppercase_ratio_lines"] = "uppercase_ratio_lines"
    max_ratio: float = Field(0.5, ge=0.0, le=1.0)


class NumericRatioLines(Config):
    """Lines with too large a share of digits are dropped (DCLM; RefinedWeb)."""

    edit: Literal["numeric_ratio_lines"] = "numeric_ratio_lines"
    max_ratio: float = Field(0.999999, ge=0.0, le=1.0, description="RefinedWeb drops lines of digits alone")


class CounterLines(Config):
    """Lines such as "3 likes" and "1.2K views" are dropped (RefinedWeb)."""

    edit: Literal["counter_lines"] = "counter_lines"


class SymbolLines(Config):
    """Lines without a letter or digit are dropped (datatrove)."""

    edit: Literal["symbol_lines"] = "symbol_lines"


class RemoveCitations(Config):
    """Marks of an encyclopaedia are taken out: [1], [edit], [citation needed] (C4)."""

    edit: Literal["remove_citations"] = "remove_citations"


class RemoveUrls(Config):
    """Addresses of web pages are taken out, and lines that hold nothing else (DCLM)."""

    edit: Literal["remove_urls"] = "remove_urls"


class WithinPageDedup(Config):
    """A line or paragraph that the page has had already is dropped (DCLM)."""

    edit: Literal["within_page_dedup"] = "within_page_dedup"
    granularity: Literal["line", "paragraph"] = "paragraph"
    normalize: bool = Field(True, description="compare without case and surrounding spaces")


class MaxNewlines(Config):
    """No more line ends in a row than this (DCLM's newline removal); extraction leaves two at most."""

    edit: Literal["max_newlines"] = "max_newlines"
    max_consecutive: int = Field(2, ge=1)


Edit = Annotated[
    C4Lines
    | SubstringLines
    | LineLength
    | PunctuationLines
    | UppercaseRatioLines
    | NumericRatioLines
    | CounterLines
    | SymbolLines
    | RemoveCitations
    | RemoveUrls
    | WithinPageDedup
    | MaxNewlines,
    Field(discriminator="edit"),
]
