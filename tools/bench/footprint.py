"""What a running service weighs: memory of a worker, and the time its imports take."""

import subprocess
import sys
import time
from pathlib import Path

IMPORTS = ("flask", "flask_openapi3", "pydantic", "numpy", "faiss", "rapidfuzz", "redis", "opencc", "pypinyin",
           "prometheus_client", "gunicorn.app.base", "typer", "chatbot.app")  # fmt: skip


def worker_memory(master: int) -> tuple[float, float]:
    """Resident and proportional memory of the largest worker, in MB."""
    sizes = []
    for task in Path(f"/proc/{master}/task").iterdir():
        for child in (task / "children").read_text().split():
            rollup = Path(f"/proc/{child}/smaps_rollup").read_text()
            command = Path(f"/proc/{child}/cmdline").read_text()
            if "redis" not in command:
                fields = {line.split(":")[0]: line.split()[1] for line in rollup.splitlines()[1:]}
                sizes.append((int(fields["Rss"]) / 1024, int(fields["Pss"]) / 1024))
    rss, pss = max(sizes)
    return round(rss, 1), round(pss, 1)


def import_costs() -> dict[str, float]:
    """Milliseconds to import each package in a fresh interpreter, interpreter start taken off."""

    def seconds(program: str) -> float:
        def once() -> float:
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            return time.perf_counter() - started

        return min(once() for _ in range(3))

    empty = seconds("pass")
    return {name: round((seconds(f"import {name}") - empty) * 1000, 1) for name in IMPORTS}
