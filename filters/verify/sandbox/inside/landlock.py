"""Landlock: the files that this process and its children can still reach. Standard library only.

Source: https://docs.kernel.org/userspace-api/landlock.html (rights by ABI version).
"""

import ctypes
import os

from filters.verify.sandbox.inside.kernel import call

_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NET_RIGHTS = 3
_SCOPES = 3


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The kernel's ABI version, 0 without Landlock."""
    try:
        return call("landlock_create_ruleset", 0, 0, 1)
    except OSError:
        return 0


def only_read(paths: list[str]) -> bool:
    """Nothing but reading beneath `paths` from here on; False where the kernel has no Landlock.

    TCP (ABI 4) and signals and abstract sockets outside (ABI 6) are denied besides. `no_new_privs`
    must be set.
    """
    abi = version()
    if not abi:
        return False
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= abi)]
    words = [rights, _NET_RIGHTS if abi >= 4 else 0, _SCOPES if abi >= 6 else 0]
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = (ctypes.c_uint64 * 3)(*words)
    rules = call("landlock_create_ruleset", ctypes.addressof(attributes), size, 0)
    for path in paths:
        _allow(rules, path)
    call("landlock_restrict_self", rules, 0)
    os.close(rules)
    return True


def _allow(rules: int, path: str) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = _READ_FILE | _READ_FOLDER if os.path.isdir(path) else _READ_FILE  # noqa: PTH112
    beneath = _Beneath(rights, fd)
    call("landlock_add_rule", rules, 1, ctypes.addressof(beneath), 0)
    os.close(fd)
