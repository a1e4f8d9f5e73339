"""What is worked out of the demo's graph, for the services and copies that tests start with a state of their own."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from chatbot.config import load_engine_config
from chatbot.derived import share
from chatbot.knowledge_graph.snapshot import SNAPSHOTS
from chatbot.knowledge_source import load_knowledge

_DEMO = Path(__file__).parents[1] / "user_datasets" / "chatbot_deploy_eas.json"


@cache
def _once() -> "TemporaryDirectory[str]":
    """Worked out once for all tests of a process; the folder goes with it."""
    folder = TemporaryDirectory(prefix="chatbot-worked-out-")
    load_knowledge(load_engine_config(_DEMO, {"CHATBOT_STATE_DIR": folder.name}))
    return folder


def give_worked_out(state_dir: Path) -> None:
    """``state_dir`` as an earlier start on the demo leaves it. Over other files it is of no use and does no harm."""
    share(Path(_once().name, SNAPSHOTS), state_dir / SNAPSHOTS)
