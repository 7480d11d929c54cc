"""The page is of a host that the user does not take: adult sites, spam, sites that asked not to be used."""

from functools import partial

from tasks.core.filter_rules_lists import BlockedDomains
from tasks.filters.addresses import host_of
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule, entries_of


def _fault(domains: frozenset[str], below: bool, document: DocumentText) -> str | None:
    host = host_of(document.url)
    while host:
        if host in domains:
            return f"{host!r} is listed"
        parent = host.partition(".")[2]
        host = parent if below or host == f"www.{parent}" else ""
    return None


def _prepare(params: BlockedDomains, means: Means) -> Question:
    domains = frozenset(host_of(entry) for entry in entries_of(params, means))
    return partial(_fault, domains, params.subdomains)


RULE = Rule(BlockedDomains, _prepare)
