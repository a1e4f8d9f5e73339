"""What is said to a service under test: questions of its own knowledge base, in many writings."""

import csv
import json
from collections.abc import Sequence
from itertools import islice, product

from chatbot.config import EngineConfig
from chatbot.knowledge_source import load_knowledge
from tools.bench.load import post_request

_BEFORE = ("", "请问", "你好", "麻烦问下", "那个", "我想问", "嗯", "想问一下", "咨询下", "hi", "老师", "在吗")
_AFTER = ("", "呀", "呢", "啊", "谢谢", "？", "~", "哦", "。。", "哈", "急", "的")


def as_requests(questions: Sequence[str], port: int) -> list[bytes]:
    """One request a question; each question of a session of its own, so that no turn waits for another's lock."""
    bodies = (
        json.dumps({"sent": question, "session_id": f"bench-{i}"}, ensure_ascii=False).encode()
        for i, question in enumerate(questions)
    )
    return [post_request("/", body, f"127.0.0.1:{port}") for body in bodies]


def faq_questions(config: EngineConfig) -> list[str]:
    """The held-out questions beside the FAQ, or its paraphrases when there are none."""
    held_out = config.faq_data_dir / "test.csv"
    if held_out.is_file():
        with held_out.open(encoding="utf-8-sig", newline="") as file:
            return [row["sent"] for row in csv.DictReader(file)]
    files = sorted((config.faq_data_dir / "questions").iterdir())
    return [line for file in files for line in islice(file.read_text("utf-8-sig").splitlines(), 4)]


def politely(questions: Sequence[str]) -> list[str]:
    """Each question with many courtesies around it; no two requests are alike, but what is asked comes again."""
    return [
        f"{before}{question}{after}" for after, before in product(_AFTER, _BEFORE) for question in questions
    ]


def written_anew(questions: Sequence[str]) -> list[str]:
    """Each question in many writings: courtesies around it, and slips of the finger in it, so that no request of a run
    is like another, not even once the courtesies are taken off."""
    return [
        f"{before}{slipped(question, turn)}{after}"
        for turn, (after, before) in enumerate(product(_AFTER, _BEFORE))
        for question in questions
    ]


def slipped(question: str, turn: int) -> str:
    """``question`` with the ``turn``-th slip of the finger: a letter twice, left out, or after the next one; past the
    last of these, two slips."""
    again, (place, kind) = turn // (3 * len(question)), divmod(turn % (3 * len(question)), 3)
    before, letter, after = question[:place], question[place], question[place + 1 :]
    written = (before + letter * 2 + after, before + after, before + after[:1] + letter + after[1:])[kind]
    return slipped(written, again - 1) if again and len(written) > 1 else written


def graph_questions(config: EngineConfig) -> list[str]:
    """Entity × attribute questions over the whole graph."""
    graph = load_knowledge(config).graph
    asked = []
    for index, entity in enumerate(graph.entities):
        leaves = list(entity.leaves)
        for step in range(10):
            leaf = leaves[(index * 7 + step * 11) % len(leaves)]
            asked.append(f"{graph.short_names[entity.name]}的{leaf[-1].split('(')[0]}是多少")
    return asked
