"""What a running service says of itself in its own folder, for ``chatbot reload`` and for ``/readyz``.

One small file, replaced in one piece by the master alone; workers and commands read it.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from chatbot.frozen import dataclass

STATUS_FILE = "master.json"
SERVICE_FOLDERS = "metrics-"
"""How the names of running services' folders in ``state_dir`` begin."""

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Names the running service's own folder."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """``reloads`` counts finished reloads, good and bad; ``error`` is why the last one failed, empty when it did not."""

    pid: int
    reloads: int = 0
    error: str = ""


def write_status(folder: Path, status: ServiceStatus) -> None:
    """Replace the status of the service whose folder it is. A disk that does not take it is not an error."""
    beside = folder / f".{STATUS_FILE}.{os.getpid()}"
    with contextlib.suppress(OSError):
        beside.write_text(json.dumps(asdict(status), ensure_ascii=False), "utf-8")
        beside.replace(folder / STATUS_FILE)


def read_status(folder: Path) -> ServiceStatus | None:
    """The status in ``folder``, or ``None`` when there is none that can be read."""
    try:
        return ServiceStatus(**json.loads((folder / STATUS_FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def service_pid() -> int:
    """The master of the service that this process is part of; this process itself where there is none."""
    folder = os.environ.get(METRICS_VARIABLE)
    status = read_status(Path(folder)) if folder else None
    return status.pid if status else os.getpid()


def living_services(state_dir: Path) -> Iterator[tuple[Path, ServiceStatus]]:
    """The services that run with this ``state_dir``."""
    for folder in sorted(state_dir.glob(f"{SERVICE_FOLDERS}*")):
        status = read_status(folder)
        if status is not None and alive(status.pid):
            yield folder, status


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
