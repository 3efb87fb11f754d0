"""`corrigenda schema`: the config as JSON Schema, for editors and whoever writes configs by program."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def add_schema(commands: "Commands") -> None:
    """Add `schema` to the command line."""
    schema = commands.add_parser(
        "schema",
        help="print the config's JSON Schema, for editors",
        description="Print the JSON Schema of a config with the options of every source, engine, recipe, filter and "
        "gate. An editor completes and checks a YAML file whose first line is "
        "`# yaml-language-server: $schema=FILE`.",
    )
    schema.set_defaults(run=_schema)


def _schema(args: argparse.Namespace) -> int:
    import json

    from pipelines.config import BuildConfig

    print(json.dumps({"$schema": DIALECT, **BuildConfig.model_json_schema()}, indent=2, ensure_ascii=False))
    return 0
