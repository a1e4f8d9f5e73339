"""What the graphics processors of this machine do, where it has any: asked of their driver's own tool at each scrape."""

import shutil
import subprocess

_QUERY = ["--query-gpu=index,utilization.gpu,memory.used", "--format=csv,noheader,nounits"]
_SECONDS = 2.0


def gpu_figures() -> list[tuple[str, float, float]]:
    """Index, utilisation (0 to 1) and memory in use (bytes) of each; empty where there is none or it does not answer."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    try:
        done = subprocess.run([tool, *_QUERY], capture_output=True, text=True, timeout=_SECONDS, check=True)
        rows = [line.split(",") for line in done.stdout.splitlines() if line.strip()]
        return [(index.strip(), float(used) / 100, float(memory) * 2**20) for index, used, memory in rows]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
