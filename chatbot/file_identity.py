"""Whether a file is still the one it was: what changes when it is replaced or written to."""

from pathlib import Path


def identities(paths: tuple[Path, ...]) -> tuple[object, ...]:
    """What changes when one of ``paths`` (files, folders) is replaced or written to."""
    return tuple(_identity(path) for path in paths)


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
