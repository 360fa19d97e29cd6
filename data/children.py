"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any, Final

PR_SET_PDEATHSIG: Final = 1
GRACE_S: Final = 5.0

# Loaded here: after a fork nothing may be imported any more.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the process ``parent`` dies, even by SIGKILL.

    Linux only; elsewhere nothing happens and children are stopped by their parent alone. The
    kernel watches the *thread* that forked, so children are started from the main thread.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked
        os._exit(1)


def start_child(
    command: Sequence[str],
    *,
    stdout: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a process that is killed when this one dies.

    It has a process group of its own, so that Ctrl-C in the terminal reaches only the launcher,
    which then stops its children in the right order.
    """
    parent = os.getpid()
    # preexec_fn is safe here: it makes two system calls and takes no lock.
    return subprocess.Popen(  # noqa: S603 - the command is ours, there is no shell
        list(command),
        stdout=stdout,
        env=None if environment is None else dict(environment),
        pass_fds=tuple(pass_fds),
        process_group=0,
        preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
    )


def stop_child(process: subprocess.Popen[Any], grace_s: float = GRACE_S) -> int:
    """Stop a child: SIGTERM, then SIGKILL after ``grace_s`` seconds; returns its exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()
