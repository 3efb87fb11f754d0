"""docs/gates.md names every gate, option and default as they are."""

import re

import pytest
import yaml

from pipelines.gates.base import GATES
from pipelines.gates.masks import COUNTED
from pipelines.members import member
from tests.commands import ROOT

PAGE = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("gate", GATES.names())
def test_the_table_has_the_gates_options_and_defaults(gate: str) -> None:
    (row,) = re.findall(rf"^\| `{gate}` \| (.*?) \|", PAGE, re.M)
    written = dict(re.findall(r"`(\w+)`(?: \(([^()]*)\))?", row))
    made = GATES.find(gate)()
    assert list(written) == list(type(made).model_fields)
    for name, default in written.items():
        value = getattr(made, name)
        if default and default != "all":
            assert yaml.safe_load(default.strip("`")) == value, name
        else:
            assert not value, name


def test_the_pages_config_is_one() -> None:
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.S)
    assert block is not None
    made = [member(GATES, gate, "gates") for gate in yaml.safe_load(block[1])["gates"]]
    assert sorted(gate.name for gate in made) == GATES.names()


def test_the_page_names_what_is_only_counted() -> None:
    assert f"`{COUNTED[0]}`" in PAGE and "exit code 5" in PAGE
