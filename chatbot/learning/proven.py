"""The copy that a proposal was proven on, kept until it is published: what goes live is what was proven, built once."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chatbot.encoders.fingerprint import directory_fingerprint
from chatbot.learning.layout import Layout, fingerprint

_FOLDER = "proven"
_LEFT_SECONDS = 86_400


def seal(copy: Layout) -> str:
    """One hash for the files of ``copy``, its index among them, and for what the index was built with."""
    config = copy.config
    built_with = f"{directory_fingerprint(config.feature_generator_model_dir)} {config.faq_modules}"
    return fingerprint({**copy.hashes(), "": built_with})


class ProvenCopies:
    """The copies of one configuration; the latest proof's stays. Safe to use from several processes."""

    def __init__(self, layout: Layout) -> None:
        self._layout, self._folder = layout, layout.config.state_dir / _FOLDER

    def keep(self, name: str, copy: Layout) -> None:
        """Keeps ``copy`` under ``name``, in place of all others; a disk that is full keeps none."""
        aside = self._aside(name)
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._forget()
            shutil.copytree(copy.config.source.parent, aside)
            os.replace(aside, self._folder / name)
        shutil.rmtree(aside, ignore_errors=True)

    @contextmanager
    def taken(self, name: str, sealed: str) -> Iterator[Layout | None]:
        """The copy kept under ``name``, gone afterwards; ``None`` without one, or if it is not as it was ``sealed``."""
        aside = self._aside(name)
        try:
            os.replace(self._folder / name, aside)
        except OSError:
            yield None
            return
        try:
            copy = self._layout.inside(aside)
            yield copy if seal(copy) == sealed else None
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _aside(self, name: str) -> Path:
        """A folder that is this process's alone."""
        return self._folder / f".{name}.{os.getpid()}"

    def _forget(self) -> None:
        """Removes the copies that are kept, and what a killed process left aside."""
        for one in self._folder.iterdir():
            with suppress(OSError):  # taken by another process meanwhile
                if one.name[0] != ".":
                    mine = self._aside(one.name)
                    os.replace(one, mine)
                    shutil.rmtree(mine, ignore_errors=True)
                elif one.stat().st_mtime < time.time() - _LEFT_SECONDS:
                    shutil.rmtree(one, ignore_errors=True)
