"""Reads ``chatbot_service_desc.json``: what a cloud would deploy, honoured on this machine as far as it can be."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.frozen import dataclass
from chatbot.json_file import Json, kind_of, read_json_object, shown

DEFAULT_PORT = 8079
CONFIG_VARIABLE = "chatbot_config"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
_MAX_INSTANCES = 256
_CLOUD_ONLY = (
    "containers[0].image", "containers[0].command", "metadata.cpu", "metadata.resource",
    "oss_endpoint", "oss_path", "oss_mount_path",
    "cloud.networking.security_group_id", "cloud.networking.vswitch_id",
)  # fmt: skip
_HONOURED = ("name", "containers[0].env", "containers[0].port", "metadata.instance", "metadata.memory")
_KNOWN = _HONOURED + _CLOUD_ONLY
_CONTAINERS_OF_KEYS = {key.rpartition(".")[0] for key in _KNOWN} | {"containers", "cloud"}


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """``workers`` is ``metadata.instance``; ``memory_mb`` the limit to warn of; ``environment`` without the
    ``chatbot_config`` that became ``config_path``. ``cloud_only`` are keys with no meaning on this machine, ``cloud_values`` what they say."""

    name: str
    config_path: Path
    port: int = DEFAULT_PORT
    workers: int | None = None
    memory_mb: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    cloud_only: tuple[str, ...] = ()
    cloud_values: Mapping[str, Json] = field(default_factory=dict, repr=False)


def load_service_description(path: Path) -> ServiceDescription:
    """The description in ``path``; ``chatbot_config`` is relative to it.

    Raises:
        ConfigError: broken JSON, a wrong type, a misspelt key, or no ``chatbot_config``.
    """
    path = path.absolute()
    raw = read_json_object(path, "服务描述")
    leaves = dict(_flatten(raw, "", path))
    cloud_only = tuple(key for key in leaves if key not in _HONOURED)
    for key in cloud_only:
        _refuse_misspelt(key, path)
    environment = _environment(leaves.get("containers[0].env", []), path)
    config = environment.pop(CONFIG_VARIABLE, "")
    if not config:
        raise ConfigError(
            f'{path}: containers[0].env 里没有 {CONFIG_VARIABLE} → 加上 {{"name": "{CONFIG_VARIABLE}", '
            '"value": "user_datasets/chatbot_deploy_eas.json"}'
        )
    return ServiceDescription(
        name=_name(leaves.get("name"), path),
        config_path=(path.parent / config).absolute(),
        port=_integer(leaves, "containers[0].port", path, 65535) or DEFAULT_PORT,
        workers=_integer(leaves, "metadata.instance", path, _MAX_INSTANCES),
        memory_mb=_integer(leaves, "metadata.memory", path, 2**31),
        environment=environment,
        cloud_only=cloud_only,
        cloud_values={key: leaves[key] for key in cloud_only},
    )


def _flatten(value: dict[str, Json], prefix: str, path: Path) -> Iterator[tuple[str, Json]]:
    """Dotted keys and their values; the objects that group known keys must be objects."""
    for name, below in value.items():
        key = f"{prefix}{name}"
        if key == "containers":
            yield from _flatten(_first_container(below, path), "containers[0].", path)
            if isinstance(below, list) and len(below) > 1:
                yield f"containers[1…{len(below) - 1}]", None
        elif isinstance(below, dict) and key not in _HONOURED:
            yield from _flatten(below, key + ".", path)
        elif key in _CONTAINERS_OF_KEYS:
            raise ConfigError(f"{path}: {key} 的值是 {shown(below)}（{kind_of(below)}）→ 应是对象 {{…}}")
        else:
            yield key, below


def _first_container(containers: Json, path: Path) -> dict[str, Json]:
    if isinstance(containers, list) and containers and isinstance(containers[0], dict):
        return containers[0]
    raise ConfigError(
        f'{path}: containers 的值是 {shown(containers)} → 应是列表，第一项是对象，如 [{{"port": 8079}}]'
    )


def _refuse_misspelt(key: str, path: Path) -> None:
    """A key that is nearly one of ours is a typing error; any other is the cloud's."""
    if key in _KNOWN:
        return
    near = difflib.get_close_matches(key, _KNOWN, 1, 0.85)
    if near:
        raise ConfigError(f"{path}: 不认识的键 {key} → 是不是想写 {near[0]}？")


def _name(name: Json, path: Path) -> str:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ConfigError(
            f"{path}: name 的值是 {shown(name)} → 应是 1 到 63 个字母、数字、_ 或 -，它会出现在网址里"
        )
    return name


def _integer(leaves: Mapping[str, Json], key: str, path: Path, maximum: int) -> int | None:
    value = leaves.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= maximum:
        raise ConfigError(
            f"{path}: {key} 的值是 {shown(value)}（{kind_of(value)}）→ 应是整数，1 到 {maximum}"
        )
    return value


def _environment(env: Json, path: Path) -> dict[str, str]:
    if not isinstance(env, list):
        raise ConfigError(
            f'{path}: containers[0].env 的值是{kind_of(env)} → 应是列表，如 [{{"name": "A", "value": "1"}}]'
        )
    variables: dict[str, str] = {}
    for position, item in enumerate(env):
        name, value = (item.get("name"), item.get("value")) if isinstance(item, dict) else (None, None)
        place = f"{path}: containers[0].env[{position}]"
        if not isinstance(name, str) or not name or "=" in name or "\0" in name:
            raise ConfigError(f'{place} 是 {shown(item)} → 应是 {{"name": "变量名", "value": "文字"}}')
        if not isinstance(value, str) or "\0" in value:
            raise ConfigError(f"{place} {name} 的值是{kind_of(value)} → 环境变量的值应是文字，数字请加引号")
        if name in variables:
            raise ConfigError(f"{place}: 变量 {name} 写了两次 → 删掉一个")
        variables[name] = value
    return variables
