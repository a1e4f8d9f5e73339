"""What is worked out of a knowledge base at every load, on disk: one file, named by all that it is worked out of.

The file is a SHA-256 and what it is of: a line of JSON with the name and the length of each part, then the parts. A file
whose digest is wrong is as good as none, so a part that is read is the part that was written.
"""

import hashlib
import json
import os
import shutil
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar, cast

import orjson

T = TypeVar("T")
_Part = bytes | memoryview

_PREFIX = "derived-"
_DIGEST = hashlib.sha256().digest_size
_PACKAGE = Path(__file__).parent
_ROOMS = ("knowledge_graph", "normalization", "planning")
_LIBRARIES = ("OpenCC", "pypinyin")  # whose tables decide how a word is written plainly and how it sounds
_EARLIER = 1  # files of other versions that stay: of the build that is being replaced


class Derived:
    """Parts by name, read where they are kept, else derived and kept by ``save``. For one thread, while it loads.

    Without a ``root`` everything is derived and nothing kept.
    """

    def __init__(self, root: Path | None = None, of: str = "") -> None:
        """``root`` is the folder of the files, ``of`` what the parts are derived from (``derived_version``)."""
        self.root = root
        self._file = root / f"{_PREFIX}{of}" if root else None
        self._kept = _read(self._file) if self._file else {}
        self._used: dict[str, _Part] = {}
        self._fresh = False

    def json(self, name: str, derive: Callable[[], T]) -> T:
        """A value of JSON's own kinds; ``derive`` makes it where it is not kept.

        Raises:
            TypeError: anything else, a number of more than 64 bits among it.
        """
        blob = self._part(name)
        if blob is not None:
            return cast(T, _decoded(blob))  # written by ``derive`` of this very version
        value = derive()
        if self._file:
            self._keep(name, _encoded(value))
        return value

    def numbers(self, name: str, derive: Callable[[], "array[int]"]) -> "array[int]":
        """Unsigned 32-bit numbers."""
        blob = self._part(name)
        if blob is not None:
            held = array("I")
            held.frombytes(blob)
            return held
        value = derive()
        if self._file:
            self._keep(name, value.tobytes())
        return value

    def save(self) -> None:
        """Writes the parts that were asked for, where one of them is new; a disk that cannot be written keeps none.

        Nothing is kept or read hereafter.
        """
        if self._file and self._fresh:
            try:
                _write(self._file, self._used)
                _forget_old(self._file)
            except OSError:
                pass  # derived again at the next load
        self._file, self._kept, self._used = None, {}, {}

    def _part(self, name: str) -> _Part | None:
        if name in self._kept:
            self._used[name] = self._kept[name]
        return self._used.get(name)  # what was derived a moment ago, too

    def _keep(self, name: str, blob: bytes) -> None:
        self._used[name] = blob
        self._fresh = True


def _encoded(value: object) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError as error:
        if "surrogates" not in str(error):
            raise
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "surrogatepass")


def _decoded(blob: _Part) -> object:
    try:
        return orjson.loads(blob)
    except orjson.JSONDecodeError:  # a lone surrogate
        return json.loads(bytes(blob))


def named(what: str, words: Iterable[str]) -> str:
    """The name of a part that rests on these words in this order, whatever told them."""
    digest = hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass"))
    return f"{what} {digest.hexdigest()[:16]}"


def derived_version(graph: str, lexicon: Path | None) -> str:
    """The digest of a graph's version, the files of its lexicons, and the code, words and libraries that read them."""
    digest = hashlib.sha256(f"{graph}\n{sys.version}\n{sys.byteorder}\n".encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for folder, file in _read_from(lexicon):
        digest.update(f"{file.relative_to(folder)} {_content(file)}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]


def _read_from(lexicon: Path | None) -> Iterator[tuple[Path, Path]]:
    """Every file that a part may rest on, and the folder that its name is told from."""
    yield from ((_PACKAGE, file) for file in sorted(_PACKAGE.glob("*.py")))
    for folder in (*(_PACKAGE / room for room in _ROOMS), *([lexicon] if lexicon else [])):
        files = (file for file in sorted(folder.rglob("*")) if file.suffix != ".pyc" and file.is_file())
        yield from ((folder.parent, file) for file in files)


def _content(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:  # whoever needs what is in it says so
        return ""


def _read(file: Path) -> dict[str, _Part]:
    """The parts in ``file``; none where there is no such file or it is not as it was written."""
    try:
        held = file.read_bytes()
    except OSError:
        return {}
    body = memoryview(held)[_DIGEST:]
    if hashlib.sha256(body).digest() != held[:_DIGEST]:
        return {}
    at = held.index(b"\n", _DIGEST) + 1
    whole, parts = memoryview(held), dict[str, _Part]()
    for name, length in json.loads(held[_DIGEST:at]).items():
        parts[name] = whole[at : at + length]
        at += length
    return parts


def _write(file: Path, parts: dict[str, _Part]) -> None:
    """Aside, then by one rename: who reads it meanwhile reads the whole of one or the other."""
    head = json.dumps({name: len(blob) for name, blob in parts.items()}).encode()
    body = b"".join((head, b"\n", *parts.values()))
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        aside.write_bytes(hashlib.sha256(body).digest() + body)
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)


def share(source: Path, target: Path) -> None:
    """Copies the files of the folder ``source`` that ``target`` lacks, so that they need not be worked out there again.

    A disk that cannot be written, or a file that goes meanwhile, is worked out again after all.
    """
    for file in source.glob(f"{_PREFIX}*"):
        new, aside = target / file.name, target / f".{file.name}.{os.getpid()}"
        if new.exists():
            continue
        with suppress(OSError):
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, aside)
            os.replace(aside, new)
            _forget_old(new)


def _forget_old(kept: Path) -> None:
    """Removes the files of other versions beside ``kept`` but the latest, and what was left half-written."""
    others = [file for file in kept.parent.glob(f"{_PREFIX}*") if file != kept]
    latest = sorted(others, key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for file in (*latest[_EARLIER:], *kept.parent.glob(f".{_PREFIX}*")):
        file.unlink(missing_ok=True)
