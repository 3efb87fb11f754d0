"""The config as JSON Schema: for editors, and for Prefect, which refuses wrong parameters before a run.

Members of families are written by `type` with their options; the schema spells out every member's.
"""

from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.family import Family, Options

Schema = dict[str, Any]


class MemberOf:
    """Annotation of a mapping that names a member of a family by `type`: its JSON Schema is that of all members."""

    def __init__(self, family: Family[Any]) -> None:
        self._family = family

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        family = self._family
        return {
            "title": family.noun,
            "type": "object",
            "oneOf": [_member(name, family.find(name)) for name in family.names()],
        }


def _member(name: str, options: type[Options]) -> Schema:
    schema = _inlined(options.model_json_schema())
    return {
        "title": name,
        "type": "object",
        "properties": {"type": {"const": name}, **schema.get("properties", {})},
        "required": ["type", *schema.get("required", [])],
        "additionalProperties": False,
    }


def _inlined(schema: Schema) -> Schema:
    """The schema with every reference replaced by what it names: a part of another schema has no `$defs` of its own."""
    definitions: Schema = schema.pop("$defs", {})

    def replaced(part: Any) -> Any:  # noqa: ANN401 (any part of a schema)
        if isinstance(part, dict):
            if "$ref" in part:
                name = part["$ref"].rpartition("/")[2]
                rest = {key: value for key, value in part.items() if key != "$ref"}
                return {**replaced(definitions[name]), **rest}
            return {key: replaced(value) for key, value in part.items()}
        return [replaced(entry) for entry in part] if isinstance(part, list) else part

    whole: Schema = replaced(schema)
    return whole
