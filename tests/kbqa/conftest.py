"""The demo's knowledge base, loaded once for all talks over it."""

import pytest

from chatbot.app import build_machine
from tests.kbqa.talking import ROOT, Demo
from tests.real_cars import CARS
from tools.evaluate.kg import knowledge_of
from tools.evaluate.kg_spec import Expectations


@pytest.fixture(scope="session")
def demo() -> Demo:
    folder = ROOT / "user_datasets" / "car_knowledge_graph"
    known = knowledge_of(folder, None, ROOT / "user_datasets" / "chatbot_deploy_eas.json")
    return build_machine(), known, Expectations(folder)


@pytest.fixture(scope="session")
def real() -> Demo:
    """The same over the graph of real cars, without an FAQ; for tests marked ``needs_cars``."""
    known = knowledge_of(CARS, ROOT / "user_datasets" / "lexicon", None)
    return build_machine(), known, Expectations(CARS)
