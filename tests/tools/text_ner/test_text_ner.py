"""Training of named-entity models: the numbers against brute force, data that cannot train, a model that has learnt."""

import csv
import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import ConfigError, DataError, ModelError
from chatbot.predict.nlp.ner_features import Names, read_features
from chatbot.predict.nlp.ner_model import WEIGHTS_FILE, load_ner
from chatbot.predict.nlp.ner_tags import Span, allowed, chain_of_spans, spans_of_bio, spans_of_chain
from chatbot.predict.nlp.segmenter import segmenter
from chatbot.predict.processors import processor
from tools.cli import main
from tools.text.settings import Columns, TrainFiles
from tools.text_ner.commands import held_out, settings_of, train_from_files
from tools.text_ner.crf import Chain, likelihood
from tools.text_ner.data import Annotated, read_annotated
from tools.text_ner.report import confusion, write_report
from tools.text_ner.scoring import compare
from tools.text_ner.seen import count_names, names_of, training_features
from tools.text_ner.using import evaluate_model

PEOPLE = ("王小明", "李雷", "韩梅梅", "张三丰", "陈佳", "刘德海", "赵云飞", "孙悦")
CITIES = ("北京", "上海", "广州", "哈尔滨", "成都", "乌鲁木齐", "西安", "拉萨")
FRAMES = (
    "{who}昨天去了{where}",
    "{where}的天气不错，{who}说",
    "听说{who}在{where}工作",
    "从{where}来的{who}，你好",
)


COLUMNS = Columns("content")


def quiet(told: str, done: float) -> None:
    """Nobody watches."""


def sentence(rng: random.Random) -> Annotated:
    who, where, frame = rng.choice(PEOPLE), rng.choice(CITIES), rng.choice(FRAMES)
    text = frame.format(who=who, where=where)
    spans = [
        Span(text.index(name), text.index(name) + len(name), kind)
        for name, kind in ((who, "人"), (where, "地"))
    ]
    return Annotated(text, tuple(sorted(spans)))


def write_csv(path: Path, sentences: list[Annotated]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("content", "label"))
        for one in sentences:
            tags = ["O"] * len(one.text)
            for span in one.spans:
                tags[span.start : span.end] = [f"I-{span.kind}"] * (span.end - span.start)
                tags[span.start] = f"B-{span.kind}"
            writer.writerow((one.text, " ".join(tags)))
    return path


def test_the_gradient_is_that_of_the_likelihood_over_all_chains() -> None:
    rng = np.random.default_rng(1)
    follows, begins, ends = allowed(1)
    size = len(begins)
    tags = [np.array([0, 1, 3]), np.array([4, 0]), np.array([0])]
    scores = rng.normal(size=(6, size)).astype(np.float32)
    moves = rng.normal(size=(size, size)).astype(np.float32)

    def brute(scores: np.ndarray, moves: np.ndarray) -> float:
        loss, at = 0.0, 0
        for gold in tags:
            part = scores[at : at + len(gold)].astype(np.float64)
            at += len(gold)

            def weight(chain: tuple[int, ...], part: np.ndarray = part) -> float:
                steps = sum(float(moves[a, b]) for a, b in itertools.pairwise(chain))
                return sum(float(part[place, tag]) for place, tag in enumerate(chain)) + steps

            every = [
                chain
                for chain in itertools.product(range(size), repeat=len(gold))
                if begins[chain[0]]
                and ends[chain[-1]]
                and all(follows[a, b] for a, b in itertools.pairwise(chain))
            ]
            loss += float(np.logaddexp.reduce([weight(chain) for chain in every])) - weight(
                tuple(gold.tolist())
            )
        return loss

    gradient, move_gradient, value = likelihood(scores, tags, moves, Chain(follows, begins, ends))
    assert value == pytest.approx(brute(scores, moves), rel=1e-5)
    for place, tag in itertools.product(range(6), range(size)):
        moved = scores.astype(np.float64).copy()
        moved[place, tag] += 1e-4
        slope = (brute(moved, moves) - brute(scores, moves)) / 1e-4
        assert gradient[place, tag] == pytest.approx(slope, abs=2e-3)
    for one, two in zip(*np.nonzero(follows), strict=True):
        moved = moves.astype(np.float64).copy()
        moved[one, two] += 1e-4
        slope = (brute(scores, moved) - brute(scores, moves)) / 1e-4
        assert move_gradient[one, two] == pytest.approx(slope, abs=2e-3)


def test_spans_and_chains_are_two_ways_to_write_the_same() -> None:
    spans = [Span(0, 1, "甲"), Span(1, 3, "乙"), Span(4, 8, "甲")]
    chain = chain_of_spans(spans, 9, ("甲", "乙"))
    assert spans_of_chain(chain.tolist(), ("甲", "乙")) == spans
    follows, begins, ends = allowed(2)
    assert begins[chain[0]] and ends[chain[-1]]
    assert all(follows[a, b] for a, b in itertools.pairwise(chain))


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("O B-x I-x O", [Span(1, 3, "x")]),
        ("B-x B-x I-x", [Span(0, 1, "x"), Span(1, 3, "x")]),
        ("I-x I-y O I-y", [Span(0, 1, "x"), Span(1, 2, "y"), Span(3, 4, "y")]),
        ("O O", []),
    ],
)
def test_bio_is_read_as_in_the_conll_evaluation(tags: str, spans: list[Span]) -> None:
    assert spans_of_bio(tags.split()) == spans


def test_the_names_of_a_sentence_help_the_others_and_not_itself() -> None:
    once = Annotated("李雷来了", (Span(0, 2, "人"),))
    twice = [Annotated("韩梅梅来了", (Span(0, 3, "人"),)), Annotated("是韩梅梅", (Span(1, 4, "人"),))]
    seen = count_names([once, *twice], ("人",))
    words = segmenter()
    got = list(training_features([once, *twice], ("人",), seen, words))
    assert (got[0] == read_features(once.text, words, Names.of({}))).all()
    for features, one in zip(got[1:], twice, strict=True):
        assert (features == read_features(one.text, words, names_of(seen))).all()


def test_scores_count_whole_entities() -> None:
    scores = compare(
        [([Span(0, 2, "x"), Span(3, 4, "y")], [Span(0, 2, "x"), Span(3, 5, "y")]), ([], [Span(0, 1, "x")])]
    )
    assert (scores.whole.precision, scores.whole.recall) == (1 / 2, 1 / 3)
    assert scores.whole.f1 == pytest.approx(0.4)
    assert scores.kinds["y"].f1 == 0.0


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("ner"), random.Random(5)
    train = write_csv(folder / "train.csv", [sentence(rng) for _ in range(150)])
    made = train_from_files(
        TrainFiles(train, None, folder / "model", COLUMNS), settings_of(4, None, None, 42), quiet
    )
    assert made["dev"] and made["kinds"] == ["人", "地"]
    return folder / "model"


def test_a_model_finds_names_in_sentences_it_has_not_seen(trained: Path, tmp_path: Path) -> None:
    rng = random.Random(6)
    test = write_csv(tmp_path / "test.csv", [sentence(rng) for _ in range(60)])
    scores = evaluate_model(trained, test, "content", "label")
    assert isinstance(scores["entity_f1"], float) and scores["entity_f1"] > 0.9


def test_the_service_gives_the_spans_of_each_text_whatever_stands_beside_it(trained: Path) -> None:
    service = processor("text_ner").make(trained, {})
    assert service.describe().labels == ("人", "地")
    service.load()
    items = [
        {"content": "王小明昨天去了哈尔滨"},
        {"content": "好" * 1000 + "。听说李雷在北京工作"},
        {"content": "。"},
    ]
    together = service.predict(items)
    assert together[0] == {
        "entities": [
            {"text": "王小明", "type": "人", "start": 0, "end": 3},
            {"text": "哈尔滨", "type": "地", "start": 7, "end": 10},
        ]
    }
    assert together == [service.predict([item])[0] for item in items]
    for outcome, item in zip(together, items, strict=True):
        for entity in outcome["entities"]:  # type: ignore[index, union-attr]
            assert item["content"][entity["start"] : entity["end"]] == entity["text"]  # type: ignore[index, call-overload]
    service.unload()
    service.unload()


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    rng = random.Random(7)
    train = write_csv(tmp_path / "train.csv", [sentence(rng) for _ in range(30)])
    for name in ("one", "two"):
        train_from_files(
            TrainFiles(train, None, tmp_path / name, COLUMNS), settings_of(2, None, None, 1), quiet
        )
    assert (tmp_path / "one" / WEIGHTS_FILE).read_bytes() == (tmp_path / "two" / WEIGHTS_FILE).read_bytes()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("王小明,B-x I-x", "3 个字，标记有 2 个"),
        ("王小明,B-x I-x X", "标记是“X”"),
        ("王小明,B-x I-x B-", "标记是“B-”"),
        (" ,O", "是空的"),
    ],
)
def test_data_that_cannot_train_is_refused_with_its_line(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "train.csv"
    path.write_text(f"content,label\n好,O\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=problem) as caught:
        read_annotated(path, "content", "label")
    assert caught.value.line == 3


def test_texts_without_any_entity_train_nothing(tmp_path: Path) -> None:
    path = tmp_path / "train.csv"
    path.write_text("content,label\n好,O\n", encoding="utf-8")
    with pytest.raises(DataError, match="没有一个实体"):
        train_from_files(
            TrainFiles(path, None, tmp_path / "model", COLUMNS), settings_of(None, None, None, 1), quiet
        )


def test_what_is_held_out_is_not_trained_on() -> None:
    sentences = [Annotated(f"第{number % 40}句", ()) for number in range(80)]
    train, dev = held_out(sentences, 3)
    assert len(dev) == 8 and len(train) == 72
    assert not {one.text for one in train} & {one.text for one in dev}


def test_settings_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="epochs"):
        train_from_files(TrainFiles(tmp_path, None, tmp_path, COLUMNS), settings_of(0, None, None, 1), quiet)


def test_a_damaged_model_is_named(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="不是一次训练的"):
        load_ner(trained, ("人",))
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        load_ner(tmp_path, ("人",))
    (tmp_path / WEIGHTS_FILE).write_bytes(b"no weights")
    with pytest.raises(ModelError, match=WEIGHTS_FILE):
        load_ner(tmp_path, ("人",))


def test_the_commands_train_measure_apply_and_hand_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(8)
    train, test = (
        write_csv(tmp_path / f"{name}.csv", [sentence(rng) for _ in range(60)]) for name in ("a", "b")
    )
    model, copy, out = tmp_path / "model", tmp_path / "copy", tmp_path / "out.csv"
    run("train", "--task", "ner", "--train", train, "--output-dir", model, "--first-sequence", "content",
        "--epochs", 2, "--json")  # fmt: skip
    made = json.loads(capsys.readouterr().out)
    assert made["train"] + made["dev"] == 60 and made["by_kind"].keys() == {"人", "地"}
    page = Path(made["report"]).read_text(encoding="utf-8")
    assert f"实体 F1 {made['entity_f1']:.4f}" in page and "http" not in page and "<script" not in page
    assert page.count("<tr>") > 2 + 2 + 3  # curve, types, confusion
    run("export", "--model-dir", model, "--output", copy)
    capsys.readouterr()
    run("evaluate", "--model-dir", copy, "--test", test, "--json")
    assert json.loads(capsys.readouterr().out)["entity_f1"] > 0.8
    run("predict", "--model-dir", copy, "--input", test, "--output", out, "--append-columns", "content")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 60
    for entity in json.loads(rows[0]["entities"]):
        assert rows[0]["content"][entity["start"] : entity["end"]] == entity["text"]


def run(*words: object) -> None:
    """One command of ``python -m tools text``; it must end well."""
    with pytest.raises(SystemExit) as ended:
        main(["text", *map(str, words)])
    assert ended.value.code in (0, None)


def test_the_confusion_tells_wrong_types_wrong_ends_missed_and_invented() -> None:
    text = "李雷在北京见了王芳和赵六"
    annotated = [Span(0, 2, "人"), Span(3, 5, "地"), Span(7, 9, "人"), Span(10, 12, "人")]
    found = [Span(0, 2, "人"), Span(3, 5, "人"), Span(7, 8, "人"), Span(5, 6, "地")]
    mixed = confusion(("人", "地"), [(text, found, annotated)])
    assert mixed.rows() == [[1, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert [one.said for one in mixed.wrong] == ["地 → 人", "人 → 边界不同", "人 → 没找到", "不是实体 → 地"]
    assert "在【北京】见" in mixed.wrong[0].text


def test_the_page_escapes_what_stands_in_texts(tmp_path: Path) -> None:
    mixed = confusion(("人",), [("<b>李雷</b>", [], [Span(3, 5, "人")])])
    scores = compare([([], [Span(3, 5, "人")])])
    write_report(tmp_path / "page.html", scores, mixed, [0.5], {"<i>": 1})
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<b>" not in page and "&lt;b&gt;【李雷】" in page and "<i>" not in page


def test_a_run_without_a_dev_part_says_so_on_its_page(tmp_path: Path) -> None:
    write_report(tmp_path / "page.html", None, None, [0.5, 0.25], {})
    assert "没有留出验证集" in (tmp_path / "page.html").read_text(encoding="utf-8")
