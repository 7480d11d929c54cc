"""Parameters of the rules that the user brings along: block lists, and rules from other packages."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, field_validator, model_validator

from tasks.core.filter_rules import RuleParams
from tasks.core.list_file import ListFile

_REASON = r"^[a-z][a-z0-9_]{0,59}$"


class BlockList(RuleParams):
    """Entries given in the specification, in a file, or both; each list may have a reason code of its own."""

    IS_BASE: ClassVar[bool] = True

    entries: tuple[Annotated[str, Field(pattern=r"\S")], ...] = Field(
        (), description="a few entries; longer lists go into a file"
    )
    file: ListFile | None = Field(None, description="one entry a line, # for comments")
    code: str | None = Field(None, pattern=_REASON, description="reason code, where the rule's name is not enough")

    @property
    def reason(self) -> str:
        """The reason code: the list's own, or the rule's name."""
        return self.code or self.NAME

    @model_validator(mode="after")
    def _has_entries(self) -> Self:
        if not self.entries and self.file is None:
            raise ValueError(f"{self.NAME}: give `entries`, or a `file` with one a line")
        return self


class BlockedWords(BlockList):
    """Words and phrases that the text must not hold, such as adult words and spam (C4's list of bad words)."""

    min_matches: int = Field(1, ge=1, description="matches that reject a document")
    whole_words: bool = Field(True, description="false: also inside a word")
    case_sensitive: bool = False


class BlockedDomains(BlockList):
    """Hosts whose pages are not taken."""

    subdomains: bool = Field(True, description="what lies below a listed domain is blocked too")


class BlockedUrls(BlockList):
    """Single addresses that are not taken; the scheme and a slash at the end make no difference."""


class BlockedUrlSubstrings(BlockList):
    """Addresses that hold a listed string (RefinedWeb: Penedo et al. 2023, arXiv 2306.01116, appendix G.1)."""

    min_matches: int = Field(1, ge=1, description="matches that reject a document; they do not overlap")
    whole_words: bool = Field(False, description="only between signs that are no letter, digit or underscore")
    case_sensitive: bool = False
    ignore_chars: str = Field("", description="signs left out of the address first: -. finds bad-word as badword")


class Plugin(RuleParams):
    """A rule of another installed package, found by its entry point; see tasks/filters/plugin.py."""

    name: str = Field(pattern=_REASON, description="of the entry point in the group backforth.filters; the reason code")
    version: str = Field(min_length=1, description="of the package; another one installed is refused")
    params: dict[str, Any] = Field(default_factory=dict, description="keyword arguments: JSON values")

    @property
    def reason(self) -> str:
        """The reason code: the name of the entry point."""
        return self.name

    @field_validator("name")
    @classmethod
    def _is_no_rule_of_ours(cls, name: str) -> str:
        if name in RuleParams.CLASSES:
            raise ValueError(f"{name!r} is a rule of ours; reason codes must tell rules apart")
        return name
