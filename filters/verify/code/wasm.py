"""placeholder"""


def missing() -> str:
    return "not yet"


class WasmSandbox: ...
