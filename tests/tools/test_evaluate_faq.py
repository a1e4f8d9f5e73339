"""``evaluate faq``: its figures against hand-made ones, the noise suite, the rivals, and the command itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from chatbot.encoders.load import load_encoder
from chatbot.errors import ConfigError
from chatbot.faq_modules.base import FaqCandidate
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.retrieval import build_index, make_retriever
from chatbot.normalization.text import normalize
from tools.evaluate import rivals as rivals_module
from tools.evaluate.datasets import labelled_corpus, load_benchmark, load_labelled
from tools.evaluate.faq import noise_scores
from tools.evaluate.measures import Asked, Question, ask_all, scores
from tools.evaluate.noise import KINDS, any_noise, perturb
from tools.evaluate.research import Splits, Training, evaluate_splits
from tools.evaluate.rivals import rivals

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "user_datasets/car_faqs/text_match_two_tower_model_dir"
SENTENCE = "标准续航版的续航里程是多少公里，首付要几成"


def answer(labels: list[int], confidence: float) -> tuple[FaqCandidate, ...]:
    return tuple(FaqCandidate(label, "", "", 0.5, "m", confidence) for label in labels)


def test_the_public_figures_are_what_a_hand_count_gives() -> None:
    asked = [
        Asked(Question("a", 1), answer([1, 2], 0.9), 1.0),
        Asked(Question("b", 1), answer([2, 1], 0.8), 2.0),
        Asked(Question("c", 1), answer([2, 3, 4, 5, 6, 1], 0.1), 3.0),
        Asked(Question("d", 1), (), 4.0),
    ]
    found = scores(asked, 0.4)
    assert (found.n, found.top1, found.top5) == (4, 0.25, 0.5)
    assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 6) / 4, abs=1e-4)
    assert (found.answered, found.wrong_answer_rate) == (0.5, 0.25)
    assert (found.ms_p50, found.ms_p99) == (3.0, 4.0)


@pytest.mark.parametrize("kind", KINDS)
def test_noise_changes_the_text_and_is_the_same_for_the_same_seed(kind: str) -> None:
    noisy = {perturb(SENTENCE, kind, seed) for seed in range(20)}
    assert SENTENCE not in noisy
    assert perturb(SENTENCE, kind, 3) == perturb(SENTENCE, kind, 3)
    assert len(noisy) > 1 or kind == "traditional"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text", ["", "a", "😀", "多", "啊？"], ids=["empty", "letter", "emoji", "one", "short"]
)
def test_noise_takes_any_text(kind: str, text: str) -> None:
    assert isinstance(perturb(text, kind), str)


@pytest.mark.parametrize("kind", ["traditional", "full_width"])
def test_writings_that_normalisation_undoes_come_back_but_for_the_last_mark(kind: str) -> None:
    noisy = normalize(perturb(SENTENCE, kind))
    assert noisy.rstrip("?!。") == normalize(SENTENCE)


def test_the_kind_is_drawn_by_seed_and_text() -> None:
    assert any_noise(SENTENCE, 1) == any_noise(SENTENCE, 1)
    assert len({any_noise(SENTENCE, seed)[0] for seed in range(40)}) > 5


@pytest.fixture
def corpus() -> Corpus:
    texts = (
        "怎么预约试驾",
        "想试驾怎么约",
        "试驾去哪报名",
        "约试驾",
        "首付最低多少",
        "首付几成",
        "首付要多少",
        "头款多少",
    )
    return Corpus(("试驾", "首付"), (10, 11), texts, texts, np.array([0] * 4 + [1] * 4, dtype=np.int32))


def test_every_rival_finds_an_easy_question(corpus: Corpus) -> None:
    found = rivals(corpus)
    assert set(found) >= {
        "bm25_jieba",
        "bm25_characters",
        "tfidf_nearest",
        "rapidfuzz",
        "tfidf_logistic_regression",
    }
    for name, predict in found.items():
        assert predict(["试驾怎么预约呢", "首付是几成"]).tolist() == [0, 1], name


def test_m3e_small_is_a_rival_where_it_was_fetched_and_its_absence_is_said(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rivals_module, "cache_dir", lambda: tmp_path)
    assert "m3e_small_faiss" not in rivals(corpus, transformer=True)
    assert "m3e-small" in capsys.readouterr().err
    seen: list[Path] = []
    monkeypatch.setattr(rivals_module, "_sentence_vectors", lambda corpus, model: seen.append(model))
    (tmp_path / "config.json").write_text("{}")
    assert "m3e_small_faiss" in rivals(corpus, transformer=True) and seen == [tmp_path]


def test_the_linear_rival_needs_several_paraphrases_a_question() -> None:
    single = Corpus(
        ("甲", "乙"), (0, 1), ("甲问", "乙问"), ("甲问", "乙问"), np.array([0, 1], dtype=np.int32)
    )
    assert "tfidf_logistic_regression" not in rivals(single)


def test_labelled_sentences_become_a_knowledge_base(tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("sent\tlabel\n几时上市\t上市时间\n多少钱\t价格\n几时上市\t上市时间\n")
    made = labelled_corpus(load_labelled(path), ("上市时间", "价格"))
    assert list(made.texts) == ["上市时间", "几时上市", "价格", "多少钱"]
    assert made.owners.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("句子\t标签\nx\ty\n", "第一行写 sent⇥label"),
        ("sent\tlabel\n没有制表符\n", ":2"),
        ("sent\tlabel\n\t标签\n", ":2"),
    ],
    ids=["header", "no tab", "no sentence"],
)
def test_a_faulty_tsv_says_where(tmp_path: Path, text: str, says: str) -> None:
    from chatbot.errors import DataError

    (tmp_path / "rows.tsv").write_text(text)
    with pytest.raises(DataError, match=says):
        load_labelled(tmp_path / "rows.tsv")


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"standard": ["a"], "queries": [["b", 1]]}', '{"standard": ["a"], "queries": [["b", "x"]]}'],
    ids=["empty", "no keys", "out of range", "no number"],
)
def test_a_faulty_benchmark_is_refused(tmp_path: Path, text: str) -> None:
    from chatbot.errors import DataError

    (tmp_path / "b.json").write_text(text)
    with pytest.raises(DataError):
        load_benchmark(tmp_path / "b.json")


def test_folds_ask_each_sentence_once_a_seed_and_random_draws_are_as_large_as_wanted() -> None:
    owners = np.repeat(np.arange(4, dtype=np.int32), 10)
    folds = list(Splits(folds=5, seeds=2).of(owners))
    assert [seed for seed, _ in folds] == [0] * 5 + [1] * 5
    held = np.array([held_out for _, held_out in folds]).astype(int)
    assert np.array_equal(held[:5].sum(axis=0), np.ones(40)) and np.array_equal(
        held[5:].sum(axis=0), np.ones(40)
    )
    draws = list(Splits(held_out=7, seeds=3).of(owners))
    assert [int(held_out.sum()) for _, held_out in draws] == [7, 7, 7]
    assert len({held_out.tobytes() for _, held_out in draws}) == 3


def test_sentences_are_measured_split_by_split_beside_the_linear_rival(tmp_path: Path) -> None:
    texts = {
        "价格": ["多少钱", "卖多少", "报价多少", "什么价"],
        "续航": ["能跑多远", "续航多少", "跑多少公里", "电池跑多远"],
    }
    rows = [
        f"{who}{text}\t{label}\n"
        for label, own in texts.items()
        for text in own
        for who in ("", "请问", "它")
    ]
    (tmp_path / "rows.tsv").write_text("sent\tlabel\n" + "".join(rows), encoding="utf-8")
    found = evaluate_splits(tmp_path / "rows.tsv", MODEL, Splits(folds=3), None)
    assert len(found["fused"].by_fold) == 3 and found["fused"].mean >= 0.9
    assert found["fused_top2"].mean == 1.0
    ahead = found["fused"].mean - found["tfidf_logistic_regression"].mean
    assert found["fused - tfidf_logistic_regression"].mean == pytest.approx(ahead, abs=1e-3)


def test_a_base_under_a_licence_is_not_trained_before_that_is_accepted(tmp_path: Path) -> None:
    rows = [f"{ask}{word}\t{label}" for ask in "请 问 想 那 麻 急 说 讲 看 查 嗯 呃".split()
            for word, label in (("续航多远", "续航"), ("多少钱", "价格"))]  # fmt: skip
    (tmp_path / "rows.tsv").write_text("\n".join(["sent\tlabel", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="licence not accepted"):
        evaluate_splits(tmp_path / "rows.tsv", MODEL, Splits(folds=3), Training(1, 1e-5, "m3e-small"))


def test_noise_is_drawn_for_each_seed_and_given_with_its_mean_and_spread(corpus: Corpus) -> None:
    encoder = load_encoder(MODEL)
    retriever = make_retriever(build_index(corpus, encoder.encode(corpus.texts)), encoder)
    asked = ask_all(retriever, [Question("试驾去哪里预约", 10), Question("首付要几成呢", 11)])
    one, three = noise_scores(retriever, asked), noise_scores(retriever, asked, seeds=3)
    assert [score.kind for score in three] == list(KINDS)
    for alone, several in zip(one, three, strict=True):
        assert alone.points_by_seed == (alone.points,) == several.points_by_seed[:1] and alone.deviation == 0
        assert several.points == pytest.approx(np.mean(several.points_by_seed), abs=0.01)
        assert several.deviation == pytest.approx(np.std(several.points_by_seed), abs=0.01)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tools", "evaluate", "faq", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


def test_the_command_prints_the_public_keys_as_one_object(tmp_path: Path) -> None:
    done = run(
        "--config",
        "user_datasets/chatbot_deploy_eas.json",
        "--test",
        "user_datasets/car_faqs/test.csv",
        "--out-of-scope",
        "tests/data/out_of_scope.csv",
        "--report",
        str(tmp_path / "report"),
        "--json",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"n", "top1", "top5", "mrr", "answered", "wrong_answer_rate", "ms_p50", "ms_p99"} <= found.keys()
    assert found["n"] == 456 and found["top1"] >= 0.95 and found["wrong_answer_rate"] <= 0.025
    assert found["refusal"]["auroc"] >= 0.97
    assert "<svg" in (tmp_path / "report" / "index.html").read_text()


def test_the_command_without_anything_to_measure_says_what_to_give() -> None:
    done = run()
    assert done.returncode == 1 and "--test" in done.stderr


def test_a_test_file_that_is_not_there_is_an_error_and_no_traceback() -> None:
    done = run("--test", "nowhere.csv")
    assert done.returncode == 1 and "nowhere.csv" in done.stderr and "Traceback" not in done.stderr
