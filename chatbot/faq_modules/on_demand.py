"""A module that is imported when it is first used: faiss takes a quarter second and 17 MB, and a small FAQ needs none of it."""

import importlib
from typing import Any


class OnDemand:
    """Stands for the module ``name``; any attribute of it imports it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(importlib.import_module(self._name), attribute)
