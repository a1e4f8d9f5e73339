"""``bench faq``: FAQ retrieval on the demo beside its rivals, and over as many synthesised paraphrases as are wanted.

One thread for every question; processes of their own for what is measured in memory, so that nothing else is counted.
"""

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from chatbot.config import EngineConfig, load_engine_config
from chatbot.encoders.load import load_encoder
from chatbot.faq_modules.choice_file import CHOICE_FILE
from chatbot.faq_modules.corpus import build_corpus
from chatbot.faq_modules.dataset import load_csv, load_dataset
from chatbot.faq_modules.features import cache_folder
from chatbot.faq_modules.large.files import index_folder
from chatbot.faq_modules.lines import file_name
from chatbot.faq_modules.opening import open_retriever
from tools.bench.faq_asked import Asked, ask, quantile, times
from tools.bench.questions import SyntheticFaq, held_out_questions, synthetic_faq
from tools.evaluate.rivals import rivals
from tools.features.encoding import encoding_processes
from tools.index.publishing import VERSIONS

_ROUNDS, _RIVAL_QUESTIONS = 5, 150
_BATCH = 1024
MEASURED_SEED = 20261126  # no search was ever tuned on questions drawn with this one
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """Milliseconds a question: default encode, search and fusion; ``rivals`` are p50 by name, on the same questions."""

    paraphrases: int
    questions: int
    p50_ms: float
    p99_ms: float
    rivals_p50_ms: dict[str, float]


@dataclass(frozen=True, slots=True)
class Large:
    """A synthesised FAQ: seconds of ``encode`` alone, of a full rebuild and of one after a changed line.

    ``encode_s`` is of one thread; ``encode_processes_s`` of as many ``processes`` as a rebuild encodes in, their start
    included. Both rebuilds are whole commands, from the start of Python to its end; ``again_work_s`` is the work alone.
    Encoding and full rebuild take turns: seconds and ratios are medians over the rounds, ``rebuild_ratios`` are of each.
    ``search`` is what ``rebuild-index --json`` said of the search.
    """

    paraphrases: int
    questions: int
    encode_s: float
    processes: int
    encode_processes_s: float
    rebuild_s: float
    rebuild_ratio: float
    rebuild_ratio_processes: float
    rebuild_ratios: tuple[float, ...]
    again_s: float
    again_work_s: float
    search: dict[str, str | int | float]
    files_mib: dict[str, float]
    asked: Asked


@dataclass(frozen=True, slots=True)
class FaqBench:
    """The demo, and each synthesised size."""

    demo: Demo
    large: tuple[Large, ...]


def bench_faq(
    config: Path,
    sizes: Sequence[tuple[int, int]],
    asked: int,
    say: Say,
    *,
    transformer: bool = True,
    rounds: int = 3,
) -> FaqBench:
    """The demo of ``config``, then a FAQ of each of ``sizes`` (paraphrases, standard questions), ``asked`` questions each.

    ``transformer``: whether m3e-small is among the rivals, where it was fetched. ``rounds``: how often encoding alone and a
    full rebuild take turns.

    Raises:
        ChatbotError: the demo is not what it should be. CalledProcessError: a rebuild failed.
    """
    engine = load_engine_config(config, os.environ)
    say("演示 FAQ……")
    demo = _demo(engine, transformer)
    found = []
    for paraphrases, questions in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-faq-") as root:
            found.append(_large(Path(root), engine, (paraphrases, questions), asked, say, rounds))
    return FaqBench(demo, tuple(found))


def _demo(engine: EngineConfig, transformer: bool) -> Demo:
    encoder = load_encoder(engine.feature_generator_model_dir)
    retriever = open_retriever(
        engine.faq_data_dir,
        encoder,
        label_map=engine.faq_query_label_idx_map,
        features=engine.pretrained_feature_vectors_path,
        modules=engine.faq_modules,
    )
    texts = [row.text for row in load_csv(engine.faq_data_dir / "test.csv")]
    for text in texts:
        retriever.retrieve(text)
    ours = times(retriever.retrieve, texts * _ROUNDS)
    corpus = build_corpus(load_dataset(engine.faq_data_dir, engine.faq_query_label_idx_map))
    beside: dict[str, float] = {}
    for name, predict in rivals(corpus, transformer=transformer).items():
        predict(texts[:1])
        beside[name] = quantile(times(lambda text: predict([text]), texts[:_RIVAL_QUESTIONS]), 0.5)  # noqa: B023 (called at once)
    return Demo(len(corpus.texts), len(corpus.questions), quantile(ours, 0.5), quantile(ours, 0.99), beside)


def _large(
    root: Path, engine: EngineConfig, size: tuple[int, int], asked: int, say: Say, rounds: int
) -> Large:
    say(f"合成 {size[0]} 条相似问、{size[1]} 个标准问……")
    faq = synthetic_faq(*size)
    config = write_faq(root, faq, engine.feature_generator_model_dir)
    model = str(engine.feature_generator_model_dir)
    texts = [text for own in faq.paraphrases for text in own]
    processes = encoding_processes(len(texts))
    seconds = []
    for turn in range(rounds):
        say(f"第 {turn + 1}/{rounds} 轮：只编码（一个线程、{processes} 个进程），完整重建……")
        forget_index(root / "faq")
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            encode_s = alone.apply(encode_all, (model, texts))
        encode_processes_s = _encode_in_processes(model, texts, processes)
        rebuild_s, first = _rebuild(config)
        seconds.append((encode_s, encode_processes_s, rebuild_s))
    encode_s, encode_processes_s, rebuild_s = np.median(seconds, axis=0).tolist()
    ratios = [round(whole / alone, 3) for alone, _, whole in seconds]
    with (root / "faq" / "questions" / file_name(faq.questions[-1])).open("a", encoding="utf-8") as file:
        file.write("后来才加上的一句问法\n")
    say("改一行后的增量重建……")
    again_s, again = _rebuild(config)
    utterances = held_out_questions(faq, asked, MEASURED_SEED)
    say(f"在新进程里打开并提问 {asked} 次……")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        seen = pool.apply(ask, (str(root / "faq"), model, utterances))
    return Large(
        *(sum(map(len, faq.paraphrases)), len(faq.questions)),
        encode_s=round(encode_s, 2),
        processes=processes,
        encode_processes_s=round(encode_processes_s, 2),
        rebuild_s=round(rebuild_s, 2),
        rebuild_ratio=round(float(np.median(ratios)), 3),
        rebuild_ratio_processes=round(float(np.median([whole / some for _, some, whole in seconds])), 3),
        rebuild_ratios=tuple(ratios),
        again_s=round(again_s, 2),
        again_work_s=float(str(again["seconds"])),
        search=dict(first["search"]),  # type: ignore[call-overload]
        files_mib=_sizes(root / "faq" / "query_features.out"),
        asked=seen,
    )


def write_faq(root: Path, faq: SyntheticFaq, model: Path) -> Path:
    """``faq`` in the public formats under ``root``, and the configuration of it."""
    questions = root / "faq" / "questions"
    questions.mkdir(parents=True)
    (root / "faq" / "answers").mkdir()
    (root / "graph").mkdir()
    for question, paraphrases in zip(faq.questions, faq.paraphrases, strict=True):
        (questions / file_name(question)).write_text("\n".join(paraphrases) + "\n", encoding="utf-8")
    rows = "".join(f"{question}\t{label}\n" for label, question in enumerate(faq.questions))
    (root / "faq" / "query_label_idx_map.txt").write_text(rows, encoding="utf-8")
    answers = "".join(f"[{question}]\t请到服务窗口办理。\n" for question in faq.questions)
    (root / "faq" / "answers" / "通用").write_text(answers, encoding="utf-8")
    entity = {"实体": {"名称": "服务窗口", "关键词": "服务窗口"}, "属性": {"电话": "12345"}}
    (root / "graph" / "服务窗口.json").write_text(json.dumps(entity, ensure_ascii=False), encoding="utf-8")
    settings = {
        "faq_data_dir": "faq",
        "knowledge_graph_data_dir": "graph",
        "feature_generator_model_dir": str(model.resolve()),
    }
    config = root / "config.json"
    config.write_text(json.dumps(settings), encoding="utf-8")
    return config


def forget_index(folder: Path) -> None:
    """Take away what a rebuild has made in the FAQ ``folder``: the next one starts from nothing."""
    features = folder / "query_features.out"
    for made in (folder / VERSIONS, cache_folder(features)):
        shutil.rmtree(made, ignore_errors=True)
    for file in (features, folder / CHOICE_FILE):
        file.unlink(missing_ok=True)


def encode_all(model: str, texts: Sequence[str]) -> float:
    """In a fresh process: the seconds that encoding ``texts`` takes and nothing else."""
    encoder, remaining = load_encoder(Path(model)), iter(texts)
    started = time.perf_counter()
    while batch := list(islice(remaining, _BATCH)):
        encoder.encode(batch)
    return time.perf_counter() - started


def _encode_in_processes(model: str, texts: Sequence[str], processes: int) -> float:
    started = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(encode_all, [(model, texts[place::processes]) for place in range(processes)])
    return time.perf_counter() - started


def _rebuild(config: Path) -> tuple[float, dict[str, object]]:
    """The seconds of a whole ``rebuild-index`` command, and what it said."""
    command = [sys.executable, "-m", "tools", "rebuild-index", "--config", str(config), "--json"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is not compiled at every start
    started = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return time.perf_counter() - started, json.loads(done.stdout)


def _sizes(features: Path) -> dict[str, float]:
    sizes, index = {"query_features.out": features.stat().st_size}, index_folder(features)
    for file in (index if index.is_dir() else cache_folder(features)).rglob("*"):
        if file.is_file():
            name = file.name if file.name in ("vectors.npy", "vectors.ivf") else "texts and inverted lists"
            sizes[name] = sizes.get(name, 0) + file.stat().st_size
    return {name: round(size / 2**20, 1) for name, size in sizes.items()}
