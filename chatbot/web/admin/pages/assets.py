"""Style and script, from the package."""

from functools import cache
from importlib.resources import files

from flask import Response

from chatbot.errors import NotThereError
from chatbot.web.admin.door import Desk
from chatbot.web.files import PackageFile, package_files


@cache
def _files() -> dict[str, PackageFile]:
    return package_files(files("chatbot.web.admin") / "static")


def asset(desk: Desk, name: str) -> Response:
    """One file."""
    if name not in _files():
        raise NotThereError(f"没有文件 {name}")
    return _files()[name].response()
