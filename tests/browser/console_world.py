"""A small shop on a running service, with an administrator: what the console's browser tests work on."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.ports import fresh_port
from tests.browser.real_service import REPOSITORY

DATA = REPOSITORY / "user_datasets"
QUESTIONS = {
    "怎么预约试驾": ("怎么预约试驾", "想试驾怎么约", "哪里可以约试驾", "试驾怎么报名"),
    "购车发票怎么开": ("购车发票怎么开", "发票怎么开", "开发票要什么", "能开专票吗"),
    "整车质保多久": ("整车质保多久", "质保几年", "保修期多长", "车子保修多久"),
    "门店几点营业": ("门店几点营业", "几点开门", "营业时间是什么", "晚上几点关门"),
}
TALK = {"问候": ("您好", "你好", "在吗"), "感谢": ("谢谢", "多谢", "辛苦了")}
PASSWORD = "一句很长的密码就很好记"
_READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Shop:
    """``origin`` without a slash at the end; ``setup_url`` makes the first administrator."""

    origin: str
    setup_url: str
    folder: Path

    def say(self, sent: str, session_id: str) -> dict[str, object]:
        """One turn as a customer."""
        body = json.dumps({"sent": sent, "session_id": session_id}).encode()
        request = urllib.request.Request(self.origin, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            found: dict[str, object] = json.load(response)
        return found

    def status_with(self, token: str) -> int:
        """What the API answers to someone who shows ``token``."""
        request = urllib.request.Request(f"{self.origin}/v1/me", headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def hears(self, sent: str, wanted: str) -> bool:
        """Whether ``sent`` is answered with ``wanted`` within a few seconds: a new version needs one turn to be seen."""
        for number in range(40):
            if wanted in str(self.say(sent, f"ear-{number}")["answer"]):
                return True
            time.sleep(0.5)
        return False


def write_corpus(folder: Path, questions: dict[str, tuple[str, ...]]) -> None:
    """A FAQ in the public form; each question is answered by its own name."""
    (folder / "questions").mkdir(parents=True)
    (folder / "answers").mkdir()
    rows = [f"{question}\t{number}" for number, question in enumerate(questions)]
    (folder / "query_label_idx_map.txt").write_text("\n".join(rows) + "\n", "utf-8")
    for question, texts in questions.items():
        (folder / "questions" / question).write_text("\n".join(texts) + "\n", "utf-8")
    answers = [f"[{question}]\t关于“{question}”的回答。" for question in questions]
    (folder / "answers" / "通用").write_text("\n".join(answers) + "\n", "utf-8")


def write_shop(folder: Path) -> Path:
    """The shop's files, its index built; the configuration."""
    write_corpus(folder / "faq", QUESTIONS)
    write_corpus(folder / "chitchat", TALK)
    shutil.copytree(DATA / "lexicon", folder / "lexicon")
    (folder / "graph").mkdir()
    for file in sorted((DATA / "car_knowledge_graph").glob("*A型号*.json")):
        shutil.copy(file, folder / "graph")
    config = folder / "engine.json"
    settings = {
        "faq_data_dir": "faq", "knowledge_graph_data_dir": "graph", "state_dir": str(folder / "state"),
        "feature_generator_model_dir": str(DATA / "car_faqs" / "text_match_two_tower_model_dir"),
    }  # fmt: skip
    config.write_text(json.dumps(settings), "utf-8")
    command = [sys.executable, "-m", "tools", "rebuild-index", "--config", str(config), "--json"]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, timeout=600)
    return config


@contextmanager
def open_shop(folder: Path) -> Iterator[Shop]:
    """The shop served by one worker on a port of its own; stopped at the end."""
    config = write_shop(folder)
    command = [
        sys.executable,
        "-m",
        "chatbot",
        "serve",
        "--config",
        str(config),
        "--port",
        str(fresh_port()),
        "--workers",
        "1",
        "--json",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    log = folder / "serve.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            announced = process.stdout.readline()
            assert '"url"' in announced, (
                f"chatbot serve did not start: {announced}{log.read_text('utf-8')[-2000:]}"
            )
            told = json.loads(announced)
            yield Shop(told["url"].rstrip("/"), told["setup_url"], folder)
        finally:
            process.terminate()
