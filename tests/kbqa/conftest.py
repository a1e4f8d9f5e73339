"""The knowledge bases of the demo and of real cars, loaded once for all talks over them."""

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.app import build_machine
from chatbot.knowledge_source import graph_knowledge
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


@pytest.fixture(scope="session")
def cars(real: Demo) -> Knowledge:
    """The knowledge base of ``real``."""
    return real[1]


@pytest.fixture(scope="session")
def demo_graph() -> Knowledge:
    """The demo's graph and lexicons alone, without its FAQ."""
    folder = ROOT / "user_datasets"
    return graph_knowledge(folder / "car_knowledge_graph", folder / "lexicon")
