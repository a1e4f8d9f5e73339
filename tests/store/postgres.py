"""A throw-away PostgreSQL cluster from the system's packages, on a socket of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def missing() -> str:
    """Why no cluster can be started here; empty when one can."""
    if not _PLACES and not shutil.which("initdb"):
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if os.getuid() == 0 and _server_user() is None:
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


def _server_user() -> str | None:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return None


def _binary(name: str) -> str:
    return str(_PLACES[0] / name) if _PLACES else str(shutil.which(name))


@contextmanager
def cluster() -> Iterator[str]:
    """The URL of an empty database; the cluster is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str) -> None:
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [*as_user, _binary(command[0]), *command[1:]],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, cwd="/", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode(errors="replace")
