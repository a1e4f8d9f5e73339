"""The rebuild of the FAQ index, as a promise, and kept by the offline tool's own command."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from chatbot.config import ENVIRONMENT_PREFIX, EngineConfig
from chatbot.errors import PublishError

TIMEOUT_SECONDS = 3600
_WRITTEN = (
    "faq_modules", "faq_data_dir", "faq_query_label_idx_map", "pretrained_feature_vectors_path",
    "feature_generator_model_dir", "faq_confidence_threshold", "faq_candidates", "knowledge_graph_data_dir",
    "chitchat_data_dir", "chitchat_confidence_threshold", "lexicon_dir", "intents_dir", "state_dir",
)  # fmt: skip


class Rebuilder(Protocol):
    """Brings the index of a configuration up to date with its files."""

    def __call__(self, config: EngineConfig) -> None:
        """Raises ``PublishError`` with the reason; the files then are as they were."""


class ToolRebuilder:
    """Runs ``python -m tools rebuild-index`` in a process of its own, so that its memory is not the service's."""

    def __call__(self, config: EngineConfig) -> None:
        values = {name: getattr(config, name) for name in _WRITTEN}
        values = {name: value for name, value in values.items() if value is not None}  # no folder is no key
        config.source.write_text(json.dumps(values, default=str, ensure_ascii=False), encoding="utf-8")
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(ENVIRONMENT_PREFIX)
        }
        command = [sys.executable, "-m", "tools", "rebuild-index", "--config", str(config.source), "--json"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=environment, timeout=TIMEOUT_SECONDS, check=False,
                cwd=Path(__file__).parents[2],
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise PublishError(f"重建索引超过 {TIMEOUT_SECONDS} 秒") from error
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise PublishError(f"重建索引失败：{lines[-1] if lines else done.returncode}")
