"""What a rule is: the parameters it takes, and how to make of them a question that is asked of documents."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from tasks.core.filter_rules import RuleParams
from tasks.core.filter_rules_lists import BlockList
from tasks.core.list_file import ListFile
from tasks.filters.document import DocumentText

P = TypeVar("P", bound=RuleParams)
# What is wrong with a document, for people, or None when it passes.
Question = Callable[[DocumentText], str | None]


@dataclass(frozen=True, slots=True)
class Means:
    """What a rule may need beside its parameters: the dataset's languages, and the entries of the user's lists."""

    languages: tuple[str, ...]
    read_list: Callable[[ListFile], list[str]]


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One kind of rule. `prepare` does once what need not be done for each document; it raises ConfigError."""

    params: type[P]
    prepare: Callable[[P, Means], Question]

    @property
    def name(self) -> str:
        """The name in specifications, and the reason code where the parameters give no other."""
        return self.params.NAME


def plain(params: type[P], fault: Callable[[DocumentText, P], str | None]) -> Rule[P]:
    """Return the rule that asks `fault(document, parameters)` and needs nothing else."""

    def prepare(given: P, means: Means) -> Question:
        return partial(_ask, fault, given)

    return Rule(params, prepare)


def _ask(fault: Callable[[DocumentText, Any], str | None], params: Any, document: DocumentText) -> str | None:
    return fault(document, params)


def entries_of(params: BlockList, means: Means) -> list[str]:
    """Return all entries of a block list: those of the specification and those of its file."""
    return [*params.entries, *(means.read_list(params.file) if params.file else ())]
