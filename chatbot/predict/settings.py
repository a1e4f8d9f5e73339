"""Reads ``model_config``: every fault names the key, its value and what is expected; unknown keys are refused."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.json_file import Json, kind_of, shown


class ModelSettings:
    """The settings of one model. ``known`` are all keys it has."""

    def __init__(self, settings: Mapping[str, Json], known: tuple[str, ...]) -> None:
        """Raises ``ConfigError`` for a key that is not known; suggests the nearest."""
        for key in settings:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1, 0.5)
                hint = f"是不是想写 {near[0]}？" if near else f"可用的键：{'、'.join(known)}"
                raise ConfigError(f"model_config: 不认识的键 {shown(key)} → {hint}")
        self._settings = settings

    def text(self, key: str, default: str = "") -> str:
        value = self._settings.get(key, default)
        if not isinstance(value, str):
            raise self._fault(key, value, "文字")
        return value

    def switch(self, key: str, default: bool) -> bool:
        value = self._settings.get(key, default)
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise self._fault(key, value, "true 或 false")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        value = self._settings.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self._fault(key, value, f"数，{least:g} 到 {most:g}")
        return float(value)

    def integer(self, key: str, default: int, least: int, most: int) -> int:
        value = self._settings.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self._fault(key, value, f"整数，{least} 到 {most}")
        return value

    def choice(self, key: str, default: str, offered: tuple[str, ...]) -> str:
        """One of ``offered``."""
        value = self._settings.get(key, default)
        if value not in offered:
            raise self._fault(key, value, f"{'、'.join(offered)} 之一")
        return str(value)

    def some(self, key: str, offered: tuple[str, ...]) -> tuple[str, ...]:
        """At least one of ``offered``, in their order; all when not set."""
        value = self._settings.get(key, list(offered))
        if not isinstance(value, list) or not value or any(one not in offered for one in value):
            raise self._fault(key, value, f"列表，从 {'、'.join(offered)} 里选")
        return tuple(one for one in offered if one in value)

    def file(self, key: str, folder: Path | None) -> Path | None:
        """A file: as it stands, or below the model's ``folder``; ``None`` when not set."""
        return self._path(key, folder, directory=False)

    def directory(self, key: str, folder: Path | None) -> Path | None:
        """A directory, found as ``file`` is."""
        return self._path(key, folder, directory=True)

    def _path(self, key: str, folder: Path | None, directory: bool) -> Path | None:
        name = self.text(key)
        if not name:
            return None
        for path in (folder / name if folder else Path(name), Path(name)):
            if path.is_dir() if directory else path.is_file():
                return path
        what = "目录" if directory else "文件"
        raise ConfigError(
            f"model_config: {key} 指向的{what}不存在：{name} → 写绝对路径，或相对模型目录的路径"
        )

    @staticmethod
    def _fault(key: str, value: Json, expected: str) -> ConfigError:
        return ConfigError(f"model_config: {key} 的值是 {shown(value)}（{kind_of(value)}）→ 应是{expected}")
