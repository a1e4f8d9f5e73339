"""``chatbot serve`` on the demo domain, as an operator starts it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.ports import fresh_port
from tests.worked_out import give_worked_out

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class RealService:
    """The address of a running service, without a slash at the end."""

    origin: str


@contextmanager
def real_service(state_dir: Path, *, allowed_origin: str) -> Iterator[RealService]:
    """One worker on a port of its own, with its own state; stopped at the end."""
    give_worked_out(state_dir)
    environment = {
        **os.environ,
        "CHATBOT_STATE_DIR": str(state_dir),
        "CHATBOT_CORS_ALLOW_ORIGINS": allowed_origin,
        "OMP_NUM_THREADS": "1",
    }
    command = [
        sys.executable,
        "-m",
        "chatbot",
        "serve",
        "--port",
        str(fresh_port()),
        "--workers",
        "1",
        "--json",
    ]
    errors = state_dir / "serve.log"
    with (
        errors.open("w") as log,
        subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            announced = process.stdout.readline()
            assert '"url"' in announced, (
                f"chatbot serve did not start: {announced}{errors.read_text('utf-8')[-2000:]}"
            )
            yield RealService(json.loads(announced)["url"].rstrip("/"))
        finally:
            process.terminate()
