"""The system calls of a sandbox that Python has no name for, called straight. Standard library only.

Works on x86_64 and aarch64 with any libc that exports `syscall`.
"""

import ctypes
import os
import signal

CLONE_NEWNS, CLONE_NEWPID = 0x20000, 0x20000000
_CLONE_CHILD_CLEARTID, _CLONE_CHILD_SETTID = 0x00200000, 0x01000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_CAPABILITY_VERSION_3 = 0x20080522

# PyDLL keeps the interpreter's lock over the call: a child made by `clone` could not take it again.
_libc = ctypes.PyDLL(None, use_errno=True)
_ARM = os.uname().machine == "aarch64"
_NUMBERS = {
    "clone": (56, 220),
    "capset": (126, 91),
    "get_robust_list": (274, 100),
    "close_range": (436, 436),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def call(name: str, *arguments: int) -> int:
    """One system call by name; `OSError` where it fails."""
    number = _NUMBERS[name][_ARM]
    result: int = _libc.syscall(
        ctypes.c_long(number), *(ctypes.c_long(argument) for argument in (*arguments, 0, 0, 0, 0, 0)[:6])
    )
    return _checked(result)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _thread_number_address() -> int:
    """Where glibc keeps the number of this thread, 0 where that is not certain.

    `clone` called straight leaves the parent's number there, and a thread of the child may be given
    just that number: two threads would hold one recursive lock. In `struct pthread` the number
    stands 16 bytes before the robust list, on both machines; it is used only if it reads as ours.
    """
    head, length = ctypes.c_void_p(), ctypes.c_size_t()
    call("get_robust_list", 0, ctypes.addressof(head), ctypes.addressof(length))
    if not head.value:
        return 0
    address = head.value - 16
    return address if ctypes.c_int.from_address(address).value == os.getpid() else 0


class Cloner:
    """Makes children of a process that has a single thread, in new namespaces where asked.

    One system call does what setns, unshare, fork and unshare do (0.6 instead of 0.8 ms here); what
    `os.fork` adds, the hooks after a fork and the rest of glibc's fork, only matters with threads.
    """

    def __init__(self, flags: int) -> None:
        address = _thread_number_address()
        if address:
            flags |= _CLONE_CHILD_SETTID | _CLONE_CHILD_CLEARTID
        last = (0, address) if _ARM else (address, 0)
        self._arguments = [
            ctypes.c_long(a) for a in (_NUMBERS["clone"][_ARM], flags | signal.SIGCHLD, 0, 0, *last)
        ]

    def clone(self) -> int:
        """The child's number in the parent, 0 in the child."""
        return _checked(_libc.syscall(*self._arguments))


class Filter:
    """A seccomp program, kept where the kernel reads it."""

    def __init__(self, instructions: bytes) -> None:
        self._bytes = ctypes.create_string_buffer(instructions, len(instructions))
        self._program = _Program(len(instructions) // 8, ctypes.addressof(self._bytes))

    def load(self) -> None:
        """From here on this process has only the system calls that the program lets through."""
        _checked(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(self._program), 0, 0))


def mount_private_folder(path: str, size_bytes: int) -> None:
    """An empty folder in memory at `path`, seen by this mount namespace only."""
    options = f"size={max(size_bytes, 4096)},nr_inodes=512,mode=0700".encode()
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOEXEC
    _checked(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options))


def drop_capabilities() -> None:
    """Give up every capability."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    call("capset", ctypes.addressof(header), ctypes.addressof(nothing))


def close_from(fd: int) -> None:
    """Close every file descriptor from `fd` on."""
    call("close_range", fd, 0x7FFFFFFF)


def die_with_parent() -> None:
    """SIGKILL for this process when the thread that started it ends."""
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def seal_process() -> None:
    """For this process and its children: no debugger of the same user, no privileges by execution."""
    _checked(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
