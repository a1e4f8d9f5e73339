"""Test files: kept beside the state, run as a command, their results out of the store."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.errors import InvalidUploadError, NotThereError, PublishError
from chatbot.store.base import Store
from chatbot.store.records import RunRow
from chatbot.web.admin.adapters.command import Command
from chatbot.web.admin.values import TrialCase, TrialRun

_RUNS = 200
_SUFFIXES = (".csv", ".xlsx", ".yaml", ".yml")
_NOT_IN_NAMES = re.compile(r"[^\w.()（）【】 +@-]+")


class CommandTrials:
    """A ``Trials`` over ``chatbot test --json``; uploads are kept in ``state_dir/tests``."""

    def __init__(self, config: EngineConfig, store: Store, command: Command) -> None:
        self._folder, self._store, self._command = config.state_dir / "tests", store, command

    def files(self) -> Sequence[str]:
        """As promised."""
        if not self._folder.is_dir():
            return []
        return sorted(path.name for path in self._folder.iterdir() if path.suffix.lower() in _SUFFIXES)

    def run(self, name: str, content: bytes | None = None) -> TrialRun:
        """As promised."""
        path = self._path(name)
        if content is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.is_file():
            raise NotThereError(f"没有测试文件 {path.name} → 重新上传")
        before = self._store.test_runs.last(str(path.resolve()))
        self._command("test", str(path))
        ran = self._store.test_runs.last(str(path.resolve()))
        if ran is None or (before is not None and ran.run_id == before.run_id):
            raise PublishError("测试跑完了，但结果没有存下来 → 检查数据库能不能写")
        return _run(ran, before)

    def history(self) -> Sequence[TrialRun]:
        """As promised."""
        return [_run(row, None, with_cases=False) for row in self._store.test_runs.all(_RUNS)]

    def get(self, run_id: str) -> TrialRun:
        """As promised."""
        rows = list(self._store.test_runs.all(_RUNS))
        for place, row in enumerate(rows):
            if row.run_id == run_id:
                return _run(row, next((old for old in rows[place + 1 :] if old.file == row.file), None))
        raise NotThereError("没有这次测试的结果 → 回到“测试”再找")

    def _path(self, name: str) -> Path:
        safe = _NOT_IN_NAMES.sub("_", Path(name.replace("\\", "/")).name).lstrip(".")[-100:]
        if Path(safe).suffix.lower() not in _SUFFIXES or Path(safe).stem == "":
            raise InvalidUploadError(f"“{name[:80]}”不是测试文件 → 用 CSV、XLSX 或 YAML")
        return self._folder / safe


def _run(row: RunRow, before: RunRow | None, *, with_cases: bool = True) -> TrialRun:
    cases: tuple[TrialCase, ...] = ()
    if with_cases:
        old: dict[str, str] = json.loads(before.results) if before else {}
        now: dict[str, str] = json.loads(row.results)
        cases = tuple(
            TrialCase(name, problem, "" if name not in old else "failed" if old[name] else "passed")
            for name, problem in now.items()
        )
    return TrialRun(row.run_id, row.at_ms, Path(row.file).name, row.kb_version, row.passed, row.failed, cases)
