"""The engine configuration as it is read: the table of settings (``config_table.py``) filled from a file.

Precedence: environment variable ``CHATBOT_<KEY>`` → the file → the default. Every key is in docs/configuration.md.
"""

import difflib
import hashlib
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from chatbot.config_table import EMBEDDED, PII_KINDS, EngineConfig
from chatbot.config_values import Setting, from_environment, read_value
from chatbot.errors import ConfigError
from chatbot.json_file import Json, read_json_object, shown

__all__ = ["EMBEDDED", "PII_KINDS", "SETTINGS", "EngineConfig", "default_state_dir", "load_engine_config"]

ENVIRONMENT_PREFIX = "CHATBOT_"
_APPLICATION = "whitebox-chatbot"
_LOG = logging.getLogger("chatbot.config")


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(**{name: getattr(row, name) for name in Setting.__slots__ if name != "name"}, name=column.name)
    for column in fields(EngineConfig)
    if (row := column.metadata.get("setting")) is not None
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


def load_engine_config(path: Path, environ: Mapping[str, str], *, require_built: bool = True) -> EngineConfig:
    """The configuration in ``path``, overridden by ``environ``.

    ``require_built=False`` is for the tools that make the model and the features: these may not exist yet.

    Raises:
        ConfigError: broken JSON, an unknown key, a wrong type or range, a path that does not exist, or settings
            that contradict each other; names the key, the value and the way out.
    """
    path = path.absolute()
    raw = read_json_object(path, "引擎配置")
    _refuse_unknown(raw, path)
    given: dict[str, Any] = {
        name: read_value(_BY_NAME[name], value, path.parent, str(path)) for name, value in raw.items()
    }
    given |= _environment_values(environ, path.parent)
    values = _with_defaults(given, path, environ)
    _refuse_missing_paths(values, path, require_built)
    config = EngineConfig(source=path, **values)
    _refuse_contradictions(config)
    return config


def _refuse_unknown(raw: Mapping[str, Json], path: Path) -> None:
    for name in (key for key in raw if key not in _BY_NAME):
        near = difflib.get_close_matches(name.lower(), list(_BY_NAME), 1, 0.5)
        hint = f"是不是想写 {near[0]}？" if near else f"可用的键：{'、'.join(_BY_NAME)}"
        raise ConfigError(f"{path}: 不认识的键 {shown(name)} → {hint}")


def _environment_values(environ: Mapping[str, str], base: Path) -> dict[str, Any]:
    """Values of ``CHATBOT_<KEY>``; an empty one counts as not set. A name that nearly fits is warned of."""
    names = {ENVIRONMENT_PREFIX + setting.name.upper(): setting for setting in SETTINGS}
    values = {}
    for name, text in environ.items():
        setting = names.get(name)
        if setting is not None and text:
            values[setting.name] = read_value(
                setting, from_environment(setting, text), base, f"环境变量 {name}"
            )
        elif setting is None and name.startswith(ENVIRONMENT_PREFIX):
            near = difflib.get_close_matches(name, list(names), 1, 0.85)
            if near:
                _LOG.warning("environment variable %s is not a setting; did you mean %s?", name, near[0])
    return values


def _with_defaults(given: Mapping[str, Any], path: Path, environ: Mapping[str, str]) -> dict[str, Any]:
    """``given`` and, for the keys it leaves out, the defaults; those that are paths follow from others."""
    for setting in SETTINGS:
        if setting.required and setting.default is None and given.get(setting.name) is None:
            raise ConfigError(f"{path}: 缺少 {setting.name}（{setting.zh}）→ 在文件里写上这一项")
    values = {setting.name: setting.default for setting in SETTINGS}
    values |= {name: value for name, value in given.items() if value is not None}
    faq, state = values["faq_data_dir"], values["state_dir"] or default_state_dir(path, environ)
    derived = {
        "faq_query_label_idx_map": faq / "query_label_idx_map.txt",
        "pretrained_feature_vectors_path": faq / "query_features.out",
        "feature_generator_model_dir": faq / "text_match_two_tower_model_dir",
        "chitchat_data_dir": _sibling(path, "chitchat"),
        "lexicon_dir": _sibling(path, "lexicon"),
        "state_dir": state,
        "bad_case_log": state / "bad_cases.jsonl",
        "versions_dir": path.parent / ".versions",
    }
    return values | {name: value for name, value in derived.items() if values[name] is None}


def _sibling(path: Path, name: str) -> Path | None:
    beside = path.parent / name
    return beside if beside.is_dir() else None


def default_state_dir(path: Path, environ: Mapping[str, str]) -> Path:
    """One folder a configuration file, so that two chatbots on one machine keep their sessions apart."""
    home = environ.get("HOME")
    base = environ.get("XDG_STATE_HOME") or (f"{home}/.local/state" if home else tempfile.gettempdir())
    digest = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return Path(base).absolute() / _APPLICATION / digest


def _refuse_missing_paths(values: Mapping[str, Any], path: Path, require_built: bool) -> None:
    uses_model = "feature_vector_faq_match" in values["faq_modules"]
    for setting in SETTINGS:
        wanted: Path | None = values[setting.name] if setting.kind in ("dir", "file") else None
        if wanted is None or (setting.built and not (require_built and uses_model)):
            continue
        if not (wanted.is_dir() if setting.kind == "dir" else wanted.is_file()):
            noun = "目录" if setting.kind == "dir" else "文件"
            hint = f"改正 {setting.name}，或建立这个{noun}（相对路径从配置文件所在目录算起）"
            if setting.built:
                hint = f"用 python -m tools rebuild-index --config {path} 生成，或改正 {setting.name}"
            raise ConfigError(f"{path}: {setting.name} 指向的{noun}不存在：{wanted} → {hint}")


def _refuse_contradictions(config: EngineConfig) -> None:
    places = {
        "redis_host": config.redis_host not in ("", EMBEDDED),
        "redis_sentinels": bool(config.redis_sentinels),
        "redis_cluster_nodes": bool(config.redis_cluster_nodes),
    }
    named = [key for key, used in places.items() if used]
    if len(named) > 1:
        raise ConfigError(f"{config.source}: {' 与 '.join(named)} 只能写一个 → 删掉其余的")
    if bool(config.redis_sentinels) != bool(config.redis_sentinel_master):
        raise ConfigError(f"{config.source}: redis_sentinels 与 redis_sentinel_master 要一起写 → 补上另一项")
    if config.redis_cluster_nodes and config.redis_db:
        raise ConfigError(
            f"{config.source}: redis_db 是 {config.redis_db}，而集群只有 0 号库 → 删掉 redis_db"
        )
    for kind in (kind for kind in config.pii_masks if kind not in PII_KINDS):
        raise ConfigError(f"{config.source}: pii_masks 里不认识 {shown(kind)} → 可用：{'、'.join(PII_KINDS)}")
    for key in ("risk_service_url", "image_service_url", "image_risk_service_url"):
        url = getattr(config, key)
        if url and not url.startswith(("http://", "https://")):
            raise ConfigError(
                f"{config.source}: {key} 不是 http(s) 地址 → 写成 http://…/api/predict/<服务名>，或删掉这一项"
            )
    if config.image_risk_service_url and not config.image_service_url:
        raise ConfigError(
            f"{config.source}: 有 image_risk_service_url 而没有 image_service_url → 不收图片，就不用检查图片；补上或删掉"
        )
    webhook = config.handoff_webhook
    if webhook and not webhook.startswith(("http://", "https://")):
        raise ConfigError(
            f"{config.source}: handoff_webhook 不是 http(s) 地址 → 写成 https://…，或删掉这一项"
        )
