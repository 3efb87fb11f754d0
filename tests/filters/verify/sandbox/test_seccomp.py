"""The filter, run by a small interpreter of classic BPF, for both machines."""

import errno
import struct

import pytest

from filters.verify.sandbox.seccomp import Instruction, instructions, seccomp_filter

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY = 0x00050000 | errno.EPERM
MACHINES = pytest.mark.parametrize("machine", sorted(AUDIT))


def verdict(program: list[Instruction], arch: int, number: int, *arguments: int) -> int:
    """What the kernel would do with a system call."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    accumulator, at = 0, 0
    for _ in range(1000):
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, operand)
        else:
            true = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: accumulator & operand}[
                code
            ]
            at += if_true if true else if_false
    raise AssertionError("no end")


def call(machine: str, own_files: bool, numbers: tuple[int, int], *arguments: int) -> int:
    """Verdict on a call given by its numbers on both machines."""
    number = numbers[machine == "aarch64"]
    return verdict(instructions(machine, own_files), AUDIT[machine], number, *arguments)


@MACHINES
@pytest.mark.parametrize("own_files", [False, True])
@pytest.mark.parametrize(
    "numbers",
    [(0, 63), (1, 64), (3, 57), (9, 222), (11, 215), (202, 98), (231, 94), (228, 113), (318, 278), (13, 134)],
)
def test_a_computing_program_has_what_it_needs(
    machine: str, own_files: bool, numbers: tuple[int, int]
) -> None:
    assert call(machine, own_files, numbers) == ALLOW


@MACHINES
@pytest.mark.parametrize("own_files", [False, True])
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("ptrace", (101, 117)),
        ("kill", (62, 129)),
        ("mount", (165, 40)),
        ("unshare", (272, 97)),
        ("setns", (308, 268)),
        ("bpf", (321, 280)),
        ("io_uring_setup", (425, 425)),
        ("keyctl", (250, 219)),
        ("userfaultfd", (323, 282)),
        ("memfd_create", (319, 279)),
        ("execve", (59, 221)),
        ("execveat", (322, 281)),
        ("socket", (41, 198)),
        ("connect", (42, 203)),
        ("perf_event_open", (298, 241)),
        ("process_vm_readv", (310, 270)),
        ("pidfd_getfd", (438, 438)),
        ("seccomp", (317, 277)),
        ("personality", (135, 92)),
        ("setpriority", (140 + 1, 140)),
        ("shmget", (29, 194)),
        ("open_by_handle_at", (304, 265)),
    ],
)
def test_what_reaches_beyond_is_refused(
    machine: str, own_files: bool, name: str, numbers: tuple[int, int]
) -> None:
    assert call(machine, own_files, numbers) == DENY, name


@pytest.mark.parametrize(("arch", "number"), [(0x40000003, 4), (AUDIT["x86_64"], 0x40000001), (0, 0)])
def test_another_numbering_ends_the_process(arch: int, number: int) -> None:
    assert verdict(instructions("x86_64", True), arch, number) == KILL


@MACHINES
def test_clone_makes_threads_only(machine: str) -> None:
    clone, clone3 = (56, 220), (435, 435)
    assert call(machine, True, clone, 0x3D0F00) == ALLOW
    for flags in (17, 0x4111, 0x10000000 | 17, 0x3D0F00 | 0x20000000, 0):
        assert call(machine, True, clone, flags) == DENY
    assert call(machine, True, clone3) == 0x00050000 | errno.ENOSYS


@MACHINES
def test_files_are_opened_for_writing_only_where_they_are_its_own(machine: str) -> None:
    openat = (257, 56)
    reading, writing = 0o2000000, [0o1, 0o2, 0o100, 0o1000, 0o2000, 0o20200000]
    for own_files in (False, True):
        assert call(machine, own_files, openat, 0, 0, reading) == ALLOW
    for flags in writing:
        assert call(machine, True, openat, 0, 0, flags) == ALLOW
        assert call(machine, False, openat, 0, 0, flags) == DENY
    assert call(machine, False, (263, 35)) == DENY  # unlinkat


@MACHINES
def test_arguments_decide_where_only_some_uses_are_harmless(machine: str) -> None:
    assert call(machine, True, (302, 261), 0, 3, 0) == ALLOW  # prlimit64 that reads
    assert call(machine, True, (302, 261), 0, 3, 0x7F0000000000) == DENY
    assert call(machine, True, (302, 261), 0, 3, 8) == DENY
    assert call(machine, True, (157, 167), 15) == ALLOW  # prctl: a thread's name
    assert call(machine, True, (157, 167), 4) == DENY  # dumpable
    assert call(machine, True, (72, 25), 3, 8) == DENY  # fcntl: owner of signals
    assert call(machine, True, (53, 199), 1) == ALLOW  # socketpair
    assert call(machine, True, (53, 199), 2) == DENY
    assert call(machine, True, (44, 206), 3, 0, 0, 0, 1 << 40) == DENY  # sendto an address


def test_the_bytes_are_the_instructions() -> None:
    packed = seccomp_filter("x86_64", own_files=True)
    assert [struct.unpack_from("<HBBI", packed, n) for n in range(0, len(packed), 8)] == instructions(
        "x86_64", True
    )


def test_a_machine_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError):
        seccomp_filter("riscv64", own_files=False)
