"""Tokens of the services: from the environment, else made once; only the hash is kept."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.predict.description import PredictService, token_variable
from chatbot.security.credentials import new_token, token_hash

FILE = "tokens.json"


def kept_token(service: PredictService, folder: Path) -> tuple[str, str]:
    """The hash of the token that opens ``service`` (empty: none is needed), and the token itself if it was made now.

    The environment goes before what is kept in ``folder``.

    Raises:
        ConfigError: ``folder`` cannot be read or written.
    """
    if service.token:
        return token_hash(service.token), ""
    if not service.generate_token:
        return "", ""
    known = _read(folder / FILE)
    if service.name in known:
        return known[service.name], ""
    return make_token(service.name, folder)


def make_token(name: str, folder: Path) -> tuple[str, str]:
    """A new token for the service ``name``, its hash first; the old one no longer opens it after the next start.

    Raises:
        ConfigError: ``folder`` cannot be read or written.
    """
    token = new_token()
    known = {**_read(folder / FILE), name: token_hash(token)}
    beside = folder / f".{FILE}.{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(known, file, indent=1)
        beside.replace(folder / FILE)
    except OSError as error:
        raise ConfigError(
            f"{folder / FILE}: 写不了令牌（{error.strerror}）→ 换 --state-dir，或用环境变量 {token_variable(name)} 给令牌"
        ) from error
    return known[name], token


def _read(file: Path) -> Mapping[str, str]:
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: 读不出令牌（{error}）→ 删掉它，会重新生成") from error
    if not isinstance(known, dict) or not all(isinstance(kept, str) for kept in known.values()):
        raise ConfigError(f"{file}: 不是令牌文件 → 删掉它，会重新生成")
    return known
