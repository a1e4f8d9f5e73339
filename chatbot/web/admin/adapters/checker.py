"""Lint, run as a command; asked again only when files have changed since."""

import threading
from collections.abc import Sequence
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.json_file import Json
from chatbot.learning.layout import Layout
from chatbot.web.admin.adapters.command import Command
from chatbot.web.admin.values import LintRow


class CommandChecker:
    """A ``Checker`` over ``chatbot lint --json``."""

    def __init__(self, config: EngineConfig, command: Command) -> None:
        self._layout, self._command, self._lock = Layout(config), command, threading.Lock()
        self._stamp: tuple[tuple[Path, int], ...] = ()
        self._rows: tuple[LintRow, ...] = ()

    def rows(self) -> Sequence[LintRow]:
        """As promised."""
        stamp = tuple((path, path.stat().st_mtime_ns) for path in self._layout.files().values())
        with self._lock:
            if stamp != self._stamp:
                found = self._command("lint").get("findings")
                rows = found if isinstance(found, list) else []
                self._rows = tuple(sorted((_row(row) for row in rows if isinstance(row, dict)), key=_order))
                self._stamp = stamp
            return self._rows


def _row(row: dict[str, Json]) -> LintRow:
    line = row.get("line", 0)
    return LintRow(
        "fault" if row.get("severity") == "fault" else "notice",
        str(row.get("check") or row.get("part") or ""),
        str(row.get("message", "")),
        str(row.get("file", "")),
        line if isinstance(line, int) else 0,
        str(row.get("mend", "")),
    )


def _order(row: LintRow) -> tuple[bool, str]:
    return row.severity != "fault", row.kind
