"""A rule of another installed package: perplexity under a language model, a classifier, a house rule.

The package names a factory in the entry point group `backforth.filters`:

    [project.entry-points."backforth.filters"]
    perplexity = "my_package.perplexity:make"

`make(**params)` is called once per task and returns `ask(text, url)`, which returns what is wrong with the document,
for people, or None; `url` may be None. The same text must always get the same answer: no clock, no network, no random
numbers. The specification names the package's version, because a key must change when the code does; it names no
module and no path, so a specification can only run what was installed on purpose.
"""

from collections.abc import Callable
from functools import partial
from importlib.metadata import EntryPoint, entry_points

from tasks.core.errors import ConfigError, FatalError
from tasks.core.filter_rules_lists import Plugin
from tasks.filters.document import DocumentText
from tasks.filters.rule import Means, Question, Rule

GROUP = "backforth.filters"
Ask = Callable[[str, str | None], str | None]


def _fault(name: str, ask: Ask, document: DocumentText) -> str | None:
    fault = ask(document.text, document.url or None)
    if fault is not None and not isinstance(fault, str):
        raise FatalError(f"the filter plugin {name} returned a {type(fault).__name__}; it must return text or None")
    return fault


def _entry_point(params: Plugin) -> EntryPoint:
    installed = entry_points(group=GROUP)
    found = [point for point in installed if point.name == params.name]
    if not found:
        there = ", ".join(sorted({point.name for point in installed})) or "none"
        raise ConfigError(f"filters: no plugin {params.name!r} in the entry points {GROUP}; installed: {there}")
    version = found[0].dist.version if found[0].dist else ""
    if version != params.version:
        raise ConfigError(
            f"filters: plugin {params.name}: version {version} is installed, the specification asks for "
            f"{params.version}; install that one, or change the version in the specification"
        )
    return found[0]


def _prepare(params: Plugin, means: Means) -> Question:
    point = _entry_point(params)
    try:
        ask = point.load()(**params.params)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"filters: plugin {params.name} ({point.value}) cannot be made: {error}") from error
    return partial(_fault, params.name, ask)


RULE = Rule(Plugin, _prepare)
