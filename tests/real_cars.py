"""The graph of real cars, shared data that is not part of this repository: where it lies, and the mark of tests on it."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PLACE = Path("shared", "datasets", "car_knowledge_graph_2025")

CARS = next((above / _PLACE for above in _ROOT.parents if (above / _PLACE).is_dir()), _ROOT.parent / _PLACE)
needs_cars = pytest.mark.skipif(not CARS.is_dir(), reason=f"the graph of real cars is not here: {CARS}")
