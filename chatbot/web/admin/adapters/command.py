"""Heavy work in a process of its own: ``chatbot <verb> --json``, so that neither its memory nor its time is a worker's."""

import json
import subprocess
import sys
from pathlib import Path

from chatbot.errors import PublishError
from chatbot.json_file import Json

SECONDS = 600


class Command:
    """The command line over one configuration."""

    def __init__(self, config: Path, seconds: int = SECONDS) -> None:
        self._config, self._seconds = config, seconds

    def __call__(self, *words: str) -> dict[str, Json]:
        """What the verb prints as JSON. A check that found faults (exit 1 with an object) is an answer too.

        Raises:
            PublishError: the verb's own message, or that it took too long.
        """
        command = [sys.executable, "-m", "chatbot", *words, "--config", str(self._config), "--json"]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=self._seconds,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired as error:
            raise PublishError(
                f"超过 {self._seconds} 秒还没做完 → 在命令行里运行 chatbot {words[0]}"
            ) from error
        return _answer(done, words[0])


def _answer(done: "subprocess.CompletedProcess[str]", verb: str) -> dict[str, Json]:
    try:
        found = json.loads(done.stdout)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        lines = done.stderr.strip().splitlines()
        raise PublishError(
            lines[-1][:500] if lines else f"chatbot {verb} 没有做成（退出码 {done.returncode}）"
        )
    error = found.get("error")
    if isinstance(error, dict):
        raise PublishError(str(error.get("message", "")))
    return found
