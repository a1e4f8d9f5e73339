"""Reads the service description of a model: ``{"name", "model_path", "processor", "model_config", "metadata", …}``."""

import difflib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.json_file import Json, kind_of, read_json_object, shown
from chatbot.predict.base import Description
from chatbot.predict.batching import BatchLimits

_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")
_KEYS = ("name", "model_path", "processor", "model_config", "generate_token", "metadata")
_METADATA = ("instance", "cpu", "memory", "rpc")
_RPC = ("worker_threads", "batching", "max_batch_size", "max_batch_timeout", "max_queue_size", "keepalive")
DEFAULT_SECONDS = 5.0
AS_FITS = 0
"""Batches predicted at once: as many as suit the model and the machine (``PredictService.limits_for``)."""
TOKEN_VARIABLE = "CHATBOT_PREDICT_TOKEN_"


@dataclass(frozen=True, slots=True)
class PredictService:
    """One named service. ``settings`` are ``model_config``; ``seconds`` is what a request may take.

    ``limits.threads`` is ``AS_FITS`` where the description does not say.

    ``token`` is the one of the environment, if any; without it, ``generate_token`` asks for one to be made.
    ``memory_mb`` and ``cpu`` are limits to warn of and to size thread pools by; ``ignored`` are a cloud's own keys.
    """

    name: str
    processor: str
    model_path: Path | None
    settings: Mapping[str, Json] = field(default_factory=dict)
    generate_token: bool = False
    token: str = field(default="", repr=False)
    instances: int = 1
    cpu: int | None = None
    memory_mb: int | None = None
    limits: BatchLimits = field(default_factory=BatchLimits)
    seconds: float = DEFAULT_SECONDS
    ignored: tuple[str, ...] = ()

    def limits_for(self, description: Description) -> BatchLimits:
        """The limits with ``threads`` decided: a core each where batches can run side by side, else one."""
        if self.limits.threads != AS_FITS:
            return self.limits
        cores = self.cpu or len(os.sched_getaffinity(0))
        return replace(
            self.limits, threads=max(1, cores // self.instances) if description.side_by_side else 1
        )


def load_predict_service(path: Path, environment: Mapping[str, str] = os.environ) -> PredictService:
    """The description in ``path``; ``model_path`` is relative to it.

    Raises:
        ConfigError: broken JSON, a wrong type or value, a misspelt key, or none that is needed.
    """
    path = path.absolute()
    raw = read_json_object(path, "服务描述")
    ignored = _others(raw, _KEYS, path, "")
    metadata = _object(raw, "metadata", path)
    ignored += _others(metadata, _METADATA, path, "metadata.")
    rpc = _object(metadata, "rpc", path, "metadata.")
    ignored += _others(rpc, _RPC, path, "metadata.rpc.")
    name = _name(raw.get("name"), path)
    return PredictService(
        name=name,
        processor=_text(raw, "processor", path),
        model_path=_model_path(raw, path),
        settings=_settings(raw.get("model_config"), path),
        generate_token=_switch(raw, "generate_token", path, False),
        token=environment.get(token_variable(name), ""),
        instances=_integer(metadata, "instance", path, 256, 1),
        cpu=_integer(metadata, "cpu", path, 1024, 0) or None,
        memory_mb=_integer(metadata, "memory", path, 2**31, 0) or None,
        limits=_limits(rpc, path),
        seconds=_integer(rpc, "keepalive", path, 3_600_000, int(DEFAULT_SECONDS * 1000)) / 1000,
        ignored=ignored,
    )


def token_variable(name: str) -> str:
    """The environment variable that may hold the token of the service ``name``."""
    return TOKEN_VARIABLE + re.sub(r"[^A-Za-z0-9]", "_", name).upper()


def _limits(rpc: Mapping[str, Json], path: Path) -> BatchLimits:
    default = BatchLimits()
    together = _switch(rpc, "batching", path, True)
    size = _integer(rpc, "max_batch_size", path, 4096, default.max_batch_size)
    wait = _integer(rpc, "max_batch_timeout", path, 10_000, int(default.max_wait_seconds * 1000))
    return BatchLimits(
        max_batch_size=size if together else 1,
        max_wait_seconds=wait / 1000 if together else 0.0,
        max_queue=_integer(rpc, "max_queue_size", path, 1_000_000, default.max_queue),
        threads=_integer(rpc, "worker_threads", path, 256, AS_FITS),
    )


def _others(found: Mapping[str, Json], known: tuple[str, ...], path: Path, prefix: str) -> tuple[str, ...]:
    """Keys that are not ours; one that is nearly ours is a typing error."""
    others = tuple(key for key in found if key not in known)
    for key in others:
        near = difflib.get_close_matches(key, known, 1, 0.8)
        if near:
            raise ConfigError(f"{path}: 不认识的键 {prefix}{key} → 是不是想写 {prefix}{near[0]}？")
    return tuple(prefix + key for key in others)


def _object(found: Mapping[str, Json], key: str, path: Path, prefix: str = "") -> Mapping[str, Json]:
    value = found.get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: {prefix}{key} 的值是 {shown(value)}（{kind_of(value)}）→ 应是对象 {{…}}")
    return value


def _name(name: Json, path: Path) -> str:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ConfigError(
            f"{path}: name 的值是 {shown(name)} → 应是 1 到 63 个字母、数字、_ 或 -，它会出现在网址里"
        )
    return name


def _text(found: Mapping[str, Json], key: str, path: Path) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{path}: {key} 的值是 {shown(value)} → 应是文字")
    return value


def _model_path(raw: Mapping[str, Json], path: Path) -> Path | None:
    """Where the model is; some processors need none."""
    return path.parent / _text(raw, "model_path", path) if "model_path" in raw else None


def _settings(value: Json, path: Path) -> Mapping[str, Json]:
    """``model_config``: an object, or one written as a string, as clouds want it."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ConfigError(
                f"{path}: model_config 里的文字不是合法的 JSON（{error}）→ 直接写成对象 {{…}}"
            ) from error
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: model_config 是{kind_of(value)} → 应是对象，或写成文字的 JSON 对象")
    return value


def _switch(found: Mapping[str, Json], key: str, path: Path, default: bool) -> bool:
    value = found.get(key, default)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ConfigError(f"{path}: {key} 的值是 {shown(value)} → 应是 true 或 false")
    return value


def _integer(found: Mapping[str, Json], key: str, path: Path, most: int, default: int) -> int:
    value = found.get(key, default)
    if value == default:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ConfigError(f"{path}: {key} 的值是 {shown(value)}（{kind_of(value)}）→ 应是整数，1 到 {most}")
    return value
