"""Lock tokens that say which process holds the lock, so that one that died need not be waited for."""

import hashlib
import os
import secrets
from functools import cache
from pathlib import Path


def new_token() -> str:
    """``<where>.<process id>.<random>``; unique, and recognisable by every process of this machine or container."""
    return f"{_pid_space()}.{os.getpid()}.{secrets.token_hex(8)}"


def holder_died(token: str) -> bool:
    """Whether the process that made ``token`` is known to have ended; ``False`` when it ran somewhere else."""
    where, _, rest = token.partition(".")
    pid = rest.partition(".")[0]
    if where != _pid_space() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _is_zombie(pid)


@cache
def _pid_space() -> str:
    """Eight digits that are the same wherever a process id means the same process: this boot, this container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_bytes()
        space = os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return secrets.token_hex(4)  # no such files here: only this process recognises its own
    return hashlib.sha256(boot + str(space).encode()).hexdigest()[:8]


def _is_zombie(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in ("Z", "X")
