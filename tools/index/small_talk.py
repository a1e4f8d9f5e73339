"""Fits the choice of the built-in small talk anew: ``python -m tools.index.small_talk``, after its files have changed.

What it must be told from is the demo's ``out_of_scope.txt``, by the demo's encoder.
"""

from dataclasses import replace
from pathlib import Path

from chatbot.config import load_engine_config
from chatbot.encoders.load import load_encoder
from chatbot.knowledge_source import SMALL_TALK
from tools.index.choice import FittedChoice, choose_small_talk, publish_choice

DEMO = Path(__file__).parents[2] / "user_datasets" / "chatbot_deploy_eas.json"


def fitted() -> FittedChoice | None:
    """The choice for the files as they are; ``None`` where the one that lies beside them is for just these."""
    config = replace(load_engine_config(DEMO, {}), chitchat_data_dir=SMALL_TALK)
    return choose_small_talk(config, load_encoder(config.feature_generator_model_dir))


if __name__ == "__main__" and (found := fitted()):
    publish_choice(found, SMALL_TALK)
