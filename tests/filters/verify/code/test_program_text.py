"""Programs found in models' replies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.verify.code.program_text import program_in

GOOD = "def add(a, b):\n    return a + b"


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        (f"```python\n{GOOD}\n```", GOOD + "\n"),
        (f"Here:\n\n```\n{GOOD}\n```\nDone.", GOOD + "\n"),
        (f"~~~py\n{GOOD}\n~~~", GOOD + "\n"),
        (f"````python\n{GOOD}\n```` ", GOOD + "\n"),
        (f"```python\ndef add(a, b): pass\n```\nNo, better:\n```python\n{GOOD}\n```", GOOD + "\n"),
        (f"```python\n{GOOD}\n```\nUse it:\n```python\nprint(add(1, 2))\n```", GOOD + "\n"),
        (f"```python\n{GOOD}\n```\nOutput:\n```text\n3\n```", GOOD + "\n"),
        (f"```python\n{GOOD}\n```\n```bash\npython add.py\n```", GOOD + "\n"),
        (f"1. Write\n   ```python\n   {GOOD.replace(chr(10), chr(10) + '   ')}\n   ```", GOOD + "\n"),
        (f"```python\r\n{GOOD}\r\n```".replace("\n", "\r\n").replace("\r\r", "\r"), GOOD + "\n"),
        (f"```python\n{GOOD}\n```\nand cut short:\n```python\ndef add(a, b):\n    return", GOOD + "\n"),
        (GOOD, GOOD),
        ("```python\ndef add(a, b)\n    return\n```", "def add(a, b)\n    return\n"),
        ("```python\ndef add(a, b):\n    return", None),
        ("I cannot do this.", None),
        ("add", None),
        ("", None),
    ],
)
def test_programs_in_replies(reply: str, program: str | None) -> None:
    assert program_in(reply, "add") == program


def test_without_an_entry_point_the_last_block_that_parses_is_taken() -> None:
    assert program_in("```python\nx = 1\n```\n```python\ny = 2\n```\n```python\nz =\n```") == "y = 2\n"


@given(st.text(alphabet="`~ \nadef():python", max_size=60))
def test_any_reply_is_read(reply: str) -> None:
    found = program_in(reply, "f")
    assert found is None or isinstance(found, str)
