"""``bench loop``: replay, grouping of bad cases and checks of paraphrases over many rows, made from the demo's own questions."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from chatbot.app import open_replayer
from chatbot.config import EngineConfig
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.dataset import FaqDataset, Paraphrase, StandardQuestion
from chatbot.learning.cases import group_cases
from chatbot.learning.replay import replay_over
from chatbot.lint.run import checks, open_subject
from chatbot.session.base import Memory
from chatbot.session.codec import encode_memory
from chatbot.store.records import BadCaseRow, TurnRow

SEED, PEOPLE, PER_QUESTION = 7, 3000, 20
WANTED = {"replay": 60.0, "cases": 30.0, "lint": 30.0}


@dataclass(frozen=True, slots=True)
class Timed:
    """One job over ``rows`` rows: seconds by the clock, and what came of it."""

    job: str
    rows: int
    seconds: float
    wanted: float
    outcome: str


def bench_loop(config: EngineConfig, rows: int, say: Callable[[str], None]) -> tuple[Timed, ...]:
    """Every job once over ``rows`` rows."""
    dataset = open_subject(config, date.today()).dataset
    said = _sentences([paraphrase.text for paraphrase in dataset.paraphrases], rows)
    jobs: tuple[tuple[str, Callable[[], str]], ...] = (
        ("replay", lambda: _replayed(config, said)),
        ("cases", lambda: _grouped(config, said)),
        ("lint", lambda: _checked(config, said)),
    )
    results = []
    for name, job in jobs:
        say(f"bench loop: {name}, {rows} rows")
        started = time.perf_counter()
        outcome = job()
        results.append(Timed(name, rows, round(time.perf_counter() - started, 2), WANTED[name], outcome))
    return tuple(results)


def _sentences(texts: Sequence[str], rows: int) -> list[str]:
    """Questions like the operator's, none of them quite theirs."""
    rng = random.Random(SEED)
    return [rng.choice(texts) + rng.choice(texts)[: rng.randint(1, 6)] for _ in range(rows)]


def _replayed(config: EngineConfig, said: Sequence[str]) -> str:
    replayer = open_replayer(config)
    blank = TurnRow(
        turn_id="", at_ms=0, trace_id="", session_id="s", sent="", masked=False, rows_limit=20,
        memory=encode_memory(Memory()).decode(), kb_version="", answer="", answer_type="answer",
        answer_source="faq", state="answering", confidence=0.0, question="", entities="", attribute="", digest="",
    )  # fmt: skip
    turns = [replace(blank, turn_id=f"{n:08}", trace_id=f"{n}", sent=sent) for n, sent in enumerate(said)]
    report = replay_over(turns, replayer, replayer, processes=2)
    return f"same {report.same}"


def _grouped(config: EngineConfig, said: Sequence[str]) -> str:
    knowledge, encoder = open_replayer(config).knowledge, load_encoder(config.feature_generator_model_dir)
    cases = [
        BadCaseRow(f"{n}", n, f"t{n}", f"s{n % PEOPLE}", sent, "unsure_1", "", "")
        for n, sent in enumerate(said)
    ]
    return f"groups {len(group_cases(cases, knowledge, encoder))}"


def _checked(config: EngineConfig, said: Sequence[str]) -> str:
    subject = open_subject(config, date.today())
    labels = range(max(1, len(said) // PER_QUESTION))
    questions = tuple(StandardQuestion(label, f"标准问{label}") for label in labels)
    many = tuple(
        Paraphrase(
            text, n % len(labels), str(Path("questions") / f"标准问{n % len(labels)}"), n // len(labels) + 1
        )
        for n, text in enumerate(said)
    )
    subject = replace(subject, dataset=FaqDataset(config.faq_data_dir, questions, many))
    issues = [issue for check in checks() if "paraphrase" in check.name for issue in check.run(subject)]
    return f"issues {len(issues)}"


def as_text(results: Sequence[Timed]) -> str:
    """A row a job."""
    rows = [f"{'job':<8}{'rows':>8}{'seconds':>10}{'wanted ≤':>10}  outcome"]
    rows += [f"{r.job:<8}{r.rows:>8}{r.seconds:>10.2f}{r.wanted:>10.0f}  {r.outcome}" for r in results]
    return "\n".join(rows)
