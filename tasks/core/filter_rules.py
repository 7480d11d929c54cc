"""What a filter rule looks like in a specification: its name alone, or its name with parameters.

    rules:
      - c4_curly_bracket
      - too_short: {min_chars: 600}

The parameters of each rule are a frozen model in `filter_rules_papers.py`, `filter_rules_pages.py` or
`filter_rules_lists.py`, whose class is named as the rule; the rule itself is `tasks/filters/<name>.py`.
"""

import re
from typing import Any, ClassVar, Literal

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tasks.core.base import Config

# What a rule is asked of: all of the text, as the papers do, or the text without lines of source code.
Part = Literal["text", "prose"]

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class RuleParams(Config):
    """The parameters of one rule. Its digest and its dump carry the rule's name."""

    NAME: ClassVar[str] = ""
    IS_BASE: ClassVar[bool]
    CLASSES: ClassVar[dict[str, type["RuleParams"]]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Name the rule after the class, and make it known, unless it is a base of others."""
        if "IS_BASE" in cls.__dict__:
            return
        cls.NAME = _WORD.sub("_", cls.__name__).lower()
        RuleParams.CLASSES[cls.NAME] = cls

    @property
    def reason(self) -> str:
        """The reason code of what the rule rejects."""
        return self.NAME

    def body(self) -> dict[str, Any]:
        """Return the rule's name with its parameters, all of them, as JSON values."""
        return {self.NAME: super().body()}

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, data: Any) -> Any:
        """Take the form of the specification as well as the bare parameters."""
        if data == cls.NAME:
            return {}
        if isinstance(data, dict) and list(data) == [cls.NAME]:
            data = {} if data[cls.NAME] is None else data[cls.NAME]
        if isinstance(data, dict):
            for key in data:
                if key not in cls.model_fields:
                    raise ValueError(
                        f"unknown parameter {key!r}; {cls.NAME} takes {', '.join(cls.model_fields) or 'none'}"
                    )
        elif not isinstance(data, cls):
            raise ValueError(f"{cls.NAME} takes a mapping of parameters: {', '.join(cls.model_fields) or 'none'}")
        return data

    @model_serializer(mode="wrap")
    def _wrap(self, handler: Any) -> dict[str, Any]:
        return {self.NAME: handler(self)}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the form of the specification: for editors."""
        inner = handler.resolve_ref_schema(handler(schema))
        properties = inner.get("properties", {})
        params: JsonSchemaValue = {"type": "object", "properties": properties, "additionalProperties": False}
        if inner.get("required"):
            params["required"] = inner["required"]
        text = inner.get("description", "")
        wrapped = {
            "type": "object",
            "properties": {cls.NAME: params},
            "required": [cls.NAME],
            "additionalProperties": False,
            "description": text,
        }
        return wrapped if inner.get("required") else {"anyOf": [{"const": cls.NAME, "description": text}, wrapped]}


def rule_name(entry: Any) -> str | None:
    """Return the rule that an entry of a list of rules names, None when it has no form of one."""
    if isinstance(entry, RuleParams):
        return entry.NAME
    if isinstance(entry, dict) and len(entry) == 1:
        entry = next(iter(entry))
    return entry if isinstance(entry, str) else None


class AnyRule:
    """Annotation of a field that takes an entry of a list of rules: validates it as the class that it names."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Build the union of all rules there are, told apart by their names."""
        choices = {name: handler.generate_schema(rule) for name, rule in RuleParams.CLASSES.items()}
        return core_schema.tagged_union_schema(
            choices,
            discriminator=rule_name,
            custom_error_type="no_such_rule",
            custom_error_message=f"names no rule, alone or with its parameters; there are {', '.join(sorted(choices))}",
        )
