"""The kinds of value a setting may have: how each is read from JSON and from an environment variable."""

import json
import math
import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from chatbot.errors import ConfigError
from chatbot.frozen import dataclass
from chatbot.json_file import Json, kind_of, shown

Kind = Literal[
    "text",
    "choice",
    "integer",
    "number",
    "boolean",
    "dir",
    "file",
    "path",
    "texts",
    "origins",
    "addresses",
    "networks",
]

_EXPECTED: dict[Kind, str] = {
    "text": "文字",
    "choice": "给定的几个词之一",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "dir": "目录的路径（文字）",
    "file": "文件的路径（文字）",
    "path": "路径（文字）",
    "texts": '文字的列表，如 ["a", "b"]',
    "origins": '网站来源的列表，如 ["https://www.example.com"]，或 ["*"]',
    "addresses": '地址的列表，如 ["10.0.0.1:26379"]',
    "networks": 'IP 地址或网段的列表，如 ["10.0.0.0/8", "::1"]',
}
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_ORIGIN = re.compile(r"\*|https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:]+\](:\d{1,5})?")
_ADDRESS = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:]+\])(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings table. ``built`` marks what a command of ours makes, so it may not exist yet."""

    name: str
    kind: Kind
    default: Any
    zh: str
    en: str
    required: bool = False
    built: bool = False
    secret: bool = False
    minimum: float = -math.inf
    maximum: float = math.inf
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What a value must be, for a person."""
        if self.choices:
            return " / ".join(self.choices)
        if not math.isinf(self.maximum):
            return f"{_EXPECTED[self.kind]}，{self.minimum:g} 到 {self.maximum:g}"
        return _EXPECTED[self.kind]

    def shown(self, value: Json) -> str:
        """``value`` for a message; a secret is never shown."""
        return "（已隐去）" if self.secret else f"{shown(value)}（{kind_of(value)}）"


def read_value(setting: Setting, value: Json, base: Path, place: str) -> Any:
    """``value`` as the setting's type; relative paths are relative to ``base``.

    Raises:
        ConfigError: a wrong type or range; names the key, the value and what is expected.
    """
    try:
        return _READERS[setting.kind](setting, value, base)
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: ~ without a home
        reason = f"（{error}）" if str(error) else ""
        raise ConfigError(
            f"{place}: {setting.name} 的值是 {setting.shown(value)}{reason} → 应是{setting.expected}"
        ) from error


def from_environment(setting: Setting, text: str) -> Json:
    """The JSON value that ``text`` stands for: lists are JSON or separated by commas."""
    word = text.strip()
    if setting.kind == "boolean" and word.lower() in _TRUE + _FALSE:
        return word.lower() in _TRUE
    if setting.kind in ("integer", "number"):
        return _number(word)
    if setting.kind in ("texts", "origins", "addresses", "networks"):
        return _list(word)
    return text


def _number(word: str) -> Json:
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word


def _list(word: str) -> Json:
    if word.startswith("["):
        try:
            value: Json = json.loads(word)
            return value
        except ValueError:
            return word
    return [part.strip() for part in word.split(",") if part.strip()]


def _text(setting: Setting, value: Json, base: Path) -> str:
    if not isinstance(value, str):
        raise TypeError
    if setting.choices and value not in setting.choices:
        raise ValueError
    return value


def _integer(setting: Setting, value: Json, base: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return int(_in_range(setting, value))


def _float(setting: Setting, value: Json, base: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(_in_range(setting, value))


def _in_range(setting: Setting, value: float) -> float:
    if not setting.minimum <= value <= setting.maximum:
        raise ValueError
    return value


def _boolean(setting: Setting, value: Json, base: Path) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _path(setting: Setting, value: Json, base: Path) -> Path | None:
    if not isinstance(value, str):
        raise TypeError
    if "\0" in value:
        raise ValueError("含有 NUL 字符")
    return (base / Path(value).expanduser()).absolute() if value else None


def _texts(setting: Setting, value: Json, base: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    items: list[str] = []
    for item in value:
        if not isinstance(item, str) or not item:
            raise ValueError(f"其中 {shown(item)} 不是非空的文字")
        if item in items:
            raise ValueError(f"其中 {shown(item)} 写了两次")
        items.append(item)
    if setting.required and not items:
        raise ValueError("不能为空")
    return tuple(items)


def _origins(setting: Setting, value: Json, base: Path) -> tuple[str, ...]:
    origins = tuple(item.lower() for item in _texts(setting, value, base))
    for origin in origins:
        if _ORIGIN.fullmatch(origin) is None:
            raise ValueError(f"其中“{origin}”不是来源，只写协议、域名和端口，末尾没有斜杠")
    return origins


def _addresses(setting: Setting, value: Json, base: Path) -> tuple[str, ...]:
    addresses = _texts(setting, value, base)
    for item in addresses:
        found = _ADDRESS.fullmatch(item)
        if found is None or not 1 <= int(found["port"] or 1) <= 65535:
            raise ValueError(f"其中“{item}”不是 主机:端口")
    return addresses


def _networks(setting: Setting, value: Json, base: Path) -> tuple[str, ...]:
    networks = _texts(setting, value, base)
    for item in networks:
        try:
            ip_network(item, strict=False)
        except ValueError as error:
            raise ValueError(f"其中“{item}”不是 IP 地址或网段") from error
    return networks


_READERS: dict[Kind, Callable[[Setting, Json, Path], Any]] = {
    "text": _text,
    "choice": _text,
    "integer": _integer,
    "number": _float,
    "boolean": _boolean,
    "dir": _path,
    "file": _path,
    "path": _path,
    "texts": _texts,
    "origins": _origins,
    "addresses": _addresses,
    "networks": _networks,
}
