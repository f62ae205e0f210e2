"""Who PostgreSQL runs as when root starts it: it refuses to run as root. Standard library only, Linux only.

Two ways, the first that this machine allows and that can reach the files:

1. a user namespace of its own, in which root is called 65534: files stay root's, nobody else can touch them;
2. user 65534 with the one right to open files, because the folders above may be closed to everybody but root.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from registry.config.children import LIBC

NOBODY = 65534
CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
CAP_DAC_OVERRIDE = 1
LINUX_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True)
class Disguise:
    """How a child stops being root, and which user owns its files as seen from outside."""

    become: Callable[[], None] | None
    owner: int


class NoDisguise(Exception):
    """Root here may neither make a user namespace nor become another user."""


def disguise(program: Path, folder: Path) -> Disguise:
    """The way for this process to start ``program`` on files in ``folder``. Raises NoDisguise."""
    if os.geteuid() != 0 or sys.platform != "linux":
        return Disguise(become=None, owner=os.geteuid())
    for way in (Disguise(enter_namespace, owner=0), Disguise(become_nobody, owner=NOBODY)):
        if _works(way.become, program, folder):
            return way
    raise NoDisguise


def enter_namespace() -> None:
    """Move this process into a user namespace in which its user is called 65534. Raises OSError where forbidden."""
    uid, gid = os.geteuid(), os.getegid()
    _check(LIBC.unshare(CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{NOBODY} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{NOBODY} {gid} 1")


def become_nobody() -> None:
    """Become user 65534 and keep CAP_DAC_OVERRIDE through exec. Raises OSError where that is forbidden."""
    _check(LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    right = 1 << CAP_DAC_OVERRIDE
    header = struct.pack("Ii", LINUX_CAPABILITY_VERSION_3, 0)
    _check(LIBC.capset(header, struct.pack("6I", right, right, right, 0, 0, 0)))
    _check(LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _works(become: Callable[[], None] | None, program: Path, folder: Path) -> bool:
    """Try it in a child that ends at once. After a user change the kernel checks files by the effective rights."""
    child = os.fork()
    if child == 0:
        try:
            if become:
                become()
            reached = os.access(program, os.X_OK, effective_ids=True) and os.access(folder, os.W_OK, effective_ids=True)
            os._exit(0 if reached else 1)
        except BaseException:  # noqa: BLE001 - a forked child must end here whatever happens
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
