"""The seccomp filter of a case: an allow-list of system calls as classic BPF, assembled here.

Everything that is not listed fails with EPERM, which a Python program sees as PermissionError. Calls of
another machine's numbering (32-bit and x32 on x86_64) end the process. The calls are found by a
balanced tree of comparisons: at each load the kernel tries every number to see which are always
allowed, and a chain of 130 comparisons makes that dear. Source of the layout: linux/seccomp.h, bpf_common.h.
"""

import errno
import struct
from collections.abc import Callable, Iterable, Sequence

from filters.verify.sandbox.syscall_numbers import ANYWHERE, BY_ARGUMENTS, OWN_FILES

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false (both relative), operand."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NUMBER_OFFSET, _MACHINE_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16
_X32 = 0x40000000

_WRITING = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000 | 0o20000000
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND and the bit of O_TMPFILE, the same on both machines."""
_THREAD_FLAGS = (0x3D0F00, 0x7D0F00)
"""What glibc and musl give `clone` for a thread; anything else would be a process or a namespace."""
_FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032, 1034)
"""Duplicate, flags, locks, the size of a pipe and seals to read; no owner for signals, no leases, no larger pipes."""
_IOCTL = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)
"""Is it a terminal, bytes to read, non-blocking, close on exec."""
_PRCTL = (15, 16, 0x53564D41)
"""Names of threads and of memory."""


def seccomp_filter(machine: str, *, own_files: bool) -> bytes:
    """The filter for `os.uname().machine`; with `own_files` opening for writing and the like are allowed.

    Raises KeyError for a machine whose numbers are not known.
    """
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in instructions(machine, own_files))


def instructions(machine: str, own_files: bool) -> list[Instruction]:
    """The same before it is packed."""
    audit = _AUDIT[machine]
    leaves: dict[int, list[Instruction]] = {}
    for number in _numbers(machine, ANYWHERE + (OWN_FILES if own_files else "")).values():
        leaves[number] = [_give(_ALLOW)]
    for name, number in _numbers(machine, BY_ARGUMENTS).items():
        leaves[number] = _CHECKS[name](own_files)
    ranges = list(_ranges(leaves))
    return [
        (_LOAD, 0, 0, _MACHINE_OFFSET),
        (_EQUAL, 1, 0, audit),
        _give(_KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
        *_tree(ranges),
    ]


def _numbers(machine: str, table: str) -> dict[str, int]:
    column = list(_AUDIT).index(machine) + 1
    rows = [entry.split(":") for entry in table.split()]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


def _ranges(leaves: dict[int, list[Instruction]]) -> Iterable[tuple[int, list[Instruction]]]:
    """First number and what to do from there to the next range's first number."""
    end, last = 0, None
    for number in sorted(leaves):
        if number > end:
            last = _DENY
            yield end, last
        if leaves[number] != last:
            last = leaves[number]
            yield number, last
        end = number + 1
    yield end, _DENY
    yield _X32, [_give(_KILL_PROCESS)]


def _tree(ranges: Sequence[tuple[int, list[Instruction]]]) -> list[Instruction]:
    if len(ranges) == 1:
        return ranges[0][1]
    middle = len(ranges) // 2
    low, high = _tree(ranges[:middle]), _tree(ranges[middle:])
    if len(low) > 255:
        raise ValueError(f"a jump over {len(low)} instructions does not fit")
    return [(_AT_LEAST, len(low), 0, ranges[middle][0]), *low, *high]


def _give(action: int) -> Instruction:
    return (_RETURN, 0, 0, action)


_DENY = [_give(_ERRNO | errno.EPERM)]


def _argument(index: int, half: int = 0) -> Instruction:
    return (_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * index + 4 * half)


def _one_of(index: int, values: Sequence[int]) -> list[Instruction]:
    """Allow where the low half of an argument is one of these; the kernel reads no more of such a one."""
    tests = [(_EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
    return [_argument(index), *tests, *_DENY, _give(_ALLOW)]


def _null(index: int) -> list[Instruction]:
    """Allow where an argument, a pointer, is null."""
    return [
        _argument(index),
        (_EQUAL, 0, 3, 0),
        _argument(index, 1),
        (_EQUAL, 0, 1, 0),
        _give(_ALLOW),
        *_DENY,
    ]


def _open(own_files: bool) -> list[Instruction]:
    if own_files:
        return [_give(_ALLOW)]
    return [_argument(2), (_ANY_BIT, 0, 1, _WRITING), *_DENY, _give(_ALLOW)]


_CHECKS: dict[str, Callable[[bool], list[Instruction]]] = {
    "openat": _open,
    "clone": lambda _: _one_of(0, _THREAD_FLAGS),
    "clone3": lambda _: [_give(_ERRNO | errno.ENOSYS)],  # glibc then takes `clone`, whose flags can be seen
    "prctl": lambda _: _one_of(0, _PRCTL),
    "prlimit64": lambda _: _null(2),
    "getrlimit": lambda _: [_give(_ALLOW)],
    "fcntl": lambda _: _one_of(1, _FCNTL),
    "ioctl": lambda _: _one_of(1, _IOCTL),
    "socketpair": lambda _: _one_of(0, (1,)),
    "sendto": lambda _: _null(4),
}
