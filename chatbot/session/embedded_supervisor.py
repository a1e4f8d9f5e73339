"""The process between the chatbot and the bundled redis-server: it lets the server live as long as anyone uses it.

Run by path, not imported: ``python -I -S embedded_supervisor.py USERS_LOCK SERVER_LOCK COMMAND…``. It forks away from
its caller at once, takes SERVER_LOCK (the server inherits it: whoever can take it knows that no server runs on this
data), starts COMMAND, writes its process id into SERVER_LOCK, and then waits for USERS_LOCK exclusively. Every user holds that lock shared, and the kernel
lets go of it however a user dies, so the wait ends exactly when the last user has gone, kill -9 included.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading

ALREADY_RUNNING = 75
_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 5


def main(users_lock: str, server_lock: str, command: list[str]) -> int:
    """Exit status of the short-lived parent: 0 once a child watches, ``ALREADY_RUNNING`` when a server runs."""
    held = os.open(server_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return ALREADY_RUNNING
    if os.fork() > 0:
        return 0
    os.setsid()
    os.chdir("/")
    os.ftruncate(held, 0)
    server = subprocess.Popen(command, pass_fds=[held], preexec_fn=_die_with_parent)
    os.write(held, f"{server.pid}\n".encode())
    threading.Thread(target=_leave_with, args=(server,), daemon=True).start()
    users = os.open(users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)
    server.terminate()
    try:
        server.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    return 0


def _die_with_parent() -> None:
    """On Linux the server also goes when this supervisor is killed; elsewhere the next user finds and joins it.

    SIGKILL loses nothing: what the server has acknowledged is already written to its append-only file.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _leave_with(server: "subprocess.Popen[bytes]") -> None:
    """A server that died needs no supervisor: give both locks back at once, so that a user can start another."""
    server.wait()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
