"""Which documents can be answers: a list of rules, in order, each with its bounds."""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from tasks.core import filter_rules_lists, filter_rules_pages, filter_rules_papers
from tasks.core.base import OPERATIONAL, Config
from tasks.core.filter_presets import FILTER_PRESETS
from tasks.core.filter_rules import AnyRule, RuleParams, rule_name

# Read for their classes, which make themselves known to AnyRule.
RULE_MODULES = (filter_rules_lists, filter_rules_pages, filter_rules_papers)


class FilterConfig(Config):
    """Which documents can be answers.

    The rules are those of `preset`, with `change` applied: rule: {parameter: value} sets parameters, rule: false
    leaves the rule out, and a rule that the preset does not have is added at the end. Or they are given as a whole,
    in `rules`. What is recorded is always the whole list with every parameter, so a digest names what was asked.
    """

    preset: Literal["backforth", "gopher", "c4", "fineweb"] = Field(
        "backforth", json_schema_extra=OPERATIONAL, description="where the rules come from when `rules` is not given"
    )
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...] = Field(
        ("en",), min_length=1, description="ISO 639-1 codes that wrong_language lets pass"
    )
    change: dict[str, bool | dict[str, Any] | None] | None = Field(
        None,
        json_schema_extra=OPERATIONAL,
        description="of the preset's rules: {too_short: {min_chars: 600}, promotional: false, c4_curly_bracket: true}",
    )
    rules: tuple[Annotated[RuleParams, AnyRule], ...] = Field(
        (), description="all rules in order, in place of the preset's; the first that finds a fault gives the reason"
    )
    max_reject_rate: float = Field(1.0, ge=0.0, le=1.0, json_schema_extra=OPERATIONAL)

    @model_validator(mode="before")
    @classmethod
    def _resolve(cls, data: Any) -> Any:
        """Write out the rules of the preset, changed as asked for; `change` is used up by that."""
        if not isinstance(data, dict):
            return data
        data = dict(data)
        change = data.get("change")
        if data.get("rules") is not None:
            if change:
                raise ValueError("change: is for the rules of a preset; with `rules` given, write it there")
            return data
        preset = data.get("preset", "backforth")
        if isinstance(preset, str) and preset in FILTER_PRESETS and isinstance(change, dict | None):
            data |= {"rules": changed(FILTER_PRESETS[preset], change or {}), "change": None}
        return data

    @model_validator(mode="after")
    def _reasons_differ(self) -> Self:
        twice = [reason for reason, count in Counter(rule.reason for rule in self.rules).items() if count > 1]
        if twice:
            raise ValueError(f"rules: {twice[0]} is there twice; a second block list needs a `code` of its own")
        return self


def changed(rules: list[Any], change: dict[str, Any]) -> list[Any]:
    """Return the list of rules `rules` with the parameters set, rules left out and rules added that `change` names.

    Raises ValueError for a rule that does not exist or is left out but not there, and for parameters it does not take.
    """
    out = {
        str(rule_name(entry)): dict(next(iter(entry.values()))) if isinstance(entry, dict) else {} for entry in rules
    }
    for name, wanted in change.items():
        if name not in RuleParams.CLASSES:
            raise ValueError(f"change: no rule {name!r}; there are {', '.join(sorted(RuleParams.CLASSES))}")
        if wanted is False:
            if name not in out:
                raise ValueError(f"change.{name}: the preset does not have it; it has {', '.join(out)}")
            del out[name]
        elif isinstance(wanted, dict) or wanted is True or wanted is None:
            out[name] = out.get(name, {}) | (wanted if isinstance(wanted, dict) else {})
            _insist_on_params(name, out[name])
        else:
            raise ValueError(f"change.{name}: takes false, true or a mapping of parameters")
    return [{name: params} for name, params in out.items()]


def _insist_on_params(name: str, params: dict[str, Any]) -> None:
    """Raise ValueError under the key that the user wrote, not under the place in the list that comes of it."""
    try:
        RuleParams.CLASSES[name].model_validate(params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[0]
        where = ".".join(["change", name, *map(str, found["loc"])])
        raise ValueError(f"{where}: {found['msg'].removeprefix('Value error, ')}") from error
