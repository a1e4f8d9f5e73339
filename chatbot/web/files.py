"""Files of the package sent to browsers: read once, gzipped once, with an ETag."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterable
from importlib.resources.abc import Traversable

from flask import Response, request

from chatbot.frozen import dataclass

_COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg")
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}
REVALIDATE = "no-cache"
"""The browser asks each time and is told 304 when nothing has changed."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file, ready to send. ``packed`` is its gzip form, or ``None`` when that saves nothing."""

    body: bytes
    packed: bytes | None
    content_type: str
    etag: str
    cache_control: str

    def with_text(self, old: str, new: str) -> "PackageFile":
        """The same with ``old`` replaced."""
        body = self.body.replace(old.encode(), new.encode())
        return _packed(body, self.content_type, self.cache_control)

    def response(self) -> Response:
        """The file, or 304 when the browser has it."""
        packed = self.packed if request.accept_encodings["gzip"] else None
        response = Response(packed or self.body, content_type=self.content_type)
        response.headers["Cache-Control"] = self.cache_control
        response.set_etag(self.etag, weak=True)
        if self.packed:
            response.vary.add("Accept-Encoding")
        if packed:
            response.content_encoding = "gzip"
        response.make_conditional(request)
        return response


def package_file(file: Traversable, cache_control: str = REVALIDATE) -> PackageFile:
    """Read ``file``."""
    body = file.read_bytes()
    suffix = "." + file.name.rpartition(".")[2]
    kind = _TYPES.get(suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    content_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return _packed(body, content_type, cache_control)


def _packed(body: bytes, content_type: str, cache_control: str) -> PackageFile:
    packed = gzip.compress(body, 9, mtime=0) if content_type.startswith(_COMPRESSIBLE) else None
    smaller = packed if packed and len(packed) < len(body) else None
    return PackageFile(body, smaller, content_type, hashlib.sha256(body).hexdigest()[:16], cache_control)


def package_files(folder: Traversable, skip: Iterable[str] = ()) -> dict[str, PackageFile]:
    """All files directly in ``folder`` by name; nothing when it does not exist."""
    if not folder.is_dir():
        return {}
    return {
        file.name: package_file(file)
        for file in folder.iterdir()
        if file.is_file() and not file.name.startswith((".", "__")) and file.name not in skip
    }
