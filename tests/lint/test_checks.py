"""Each check finds what it is for, and leaves the demo domain in peace; seeded defects are found."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from chatbot.config import EngineConfig, load_engine_config
from chatbot.knowledge_graph.graph import Entity
from chatbot.knowledge_graph.values import Measure
from chatbot.lint.answers import ContradictingAnswers, StaleDates, UnansweredQuestions
from chatbot.lint.base import Check, Issue
from chatbot.lint.files import UnreadFiles
from chatbot.lint.graph import MissingValues, OutlyingValues, UnreachableAttributes, _far_off
from chatbot.lint.lexicon import DeadSynonyms
from chatbot.lint.paraphrases import DuplicateParaphrases, NearParaphrases
from chatbot.lint.run import checks, find_issues, open_subject
from tests.learning.conftest import demo_copy

TODAY = date(2026, 11, 26)
A_LONG = "某汽车品牌 A型号 2021款 长续航版"
Seed = Callable[[EngineConfig], object]


@pytest.fixture
def config(tmp_path: Path) -> EngineConfig:
    return demo_copy(tmp_path)


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def appended(file: Path, line: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + f"\n{line}\n", encoding="utf-8")


def first_line(file: Path) -> str:
    return file.read_text(encoding="utf-8").splitlines()[0]


def left_out(file: Path, head: str) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(head)), encoding="utf-8")


def found(config: EngineConfig, *chosen: Check) -> list[Issue]:
    return find_issues(config, TODAY, chosen)


def test_the_demo_domain_has_no_fault(config: EngineConfig) -> None:
    issues = found(config)
    assert [issue for issue in issues if issue.severity == "fault"] == []
    known = {"misplaced_paraphrase", "confusable_paraphrase", "missing_value", "outlying_value"}
    assert {issue.check for issue in issues} <= known


def test_a_value_of_a_few_times_the_usual_is_no_slip_and_ten_times_is() -> None:
    def value(name: str, low: float) -> tuple[Entity, Measure]:
        return Entity(name, (name,), {}, f"{name}.json"), Measure(low, low, "", "时间")

    year, month = 31_536_000.0, 2_592_000.0
    usual = [value(f"套餐{place}", year) for place in range(10)]
    assert list(_far_off([*usual, value("三个月", 3 * month)])) == []
    assert [entity.name for entity, _ in _far_off([*usual, value("一个月", month)])] == ["一个月"]


@pytest.mark.parametrize("trade", ["appliances", "checkups"])
def test_no_paraphrase_of_another_trade_is_told_to_move_from_where_it_belongs(
    trade: str, tmp_path: Path
) -> None:
    root = Path(__file__).parents[2]
    source = root / "tests/data/trades" / trade
    shutil.copytree(source / "faq", tmp_path / "faq", ignore=shutil.ignore_patterns(".versions", "*.out*"))
    shutil.copytree(source / "graph", tmp_path / "graph")
    model = root / "user_datasets/car_faqs/text_match_two_tower_model_dir"
    raw = json.loads((source / "config.json").read_text("utf-8")) | {
        "feature_generator_model_dir": str(model)
    }
    (tmp_path / "config.json").write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    config = load_engine_config(tmp_path / "config.json", {}, require_built=False)
    assert [issue.message for issue in found(config, NearParaphrases())] == []


def test_every_issue_names_a_file_and_a_mend(config: EngineConfig) -> None:
    for issue in found(config):
        assert (config.source.parent / issue.file).exists() and issue.mend and issue.message


def seeds() -> dict[str, tuple[Check, Seed]]:
    """One defect each, as an operator makes them."""

    def questions(config: EngineConfig, name: str) -> Path:
        return config.faq_data_dir / "questions" / name

    def answers(config: EngineConfig, name: str = "通用") -> Path:
        return config.faq_data_dir / "answers" / name

    def graph(config: EngineConfig, name: str = A_LONG) -> Path:
        return config.knowledge_graph_data_dir / f"{name}.json"

    def lexicon(config: EngineConfig, name: str) -> Path:
        assert config.lexicon_dir is not None
        return config.lexicon_dir / name

    def without(config: EngineConfig, name: str, key: str) -> None:
        tree = json.loads(graph(config, name).read_text(encoding="utf-8"))
        del tree["属性"][key]
        graph(config, name).write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8")

    standard = "某汽车品牌 A型号 2021款 标准续航升级版"
    e6 = "青羽汽车 青羽E6 2026款 长续航版"
    return {
        "the same words with other marks": (
            DuplicateParaphrases(), lambda c: appended(questions(c, "怎么预约试驾"), first_line(questions(c, "怎么预约试驾")) + "？？")),
        "the same words under two questions": (
            DuplicateParaphrases(), lambda c: appended(questions(c, "怎么投诉"), "怎么预约试驾！")),
        "full width twice": (
            DuplicateParaphrases(), lambda c: [appended(questions(c, "怎么投诉"), t) for t in ("打１２３１５", "打12315")]),
        "a test drive under complaints": (
            NearParaphrases(), lambda c: appended(questions(c, "怎么投诉"), "我想预约去试驾一下")),
        "a charging pile under insurance": (
            NearParaphrases(), lambda c: appended(questions(c, "新车保险怎么买"), "家里的充电桩怎么安装呀")),
        "a trade-in under maintenance": (
            NearParaphrases(), lambda c: appended(questions(c, "多久保养一次"), "旧车怎么置换新车")),
        "one character apart": (
            NearParaphrases(), lambda c: [appended(questions(c, "怎么投诉"), "试驾预约怎么弄啊"), appended(questions(c, "怎么预约试驾"), "试驾预约怎么弄呢")]),
        "a question without an answer": (
            UnansweredQuestions(), lambda c: left_out(answers(c), "[怎么投诉]")),
        "another range than the graph's": (
            ContradictingAnswers(), lambda c: replaced(graph(c, standard), '"525km"', '"480km"')),
        "another price than the graph's": (
            ContradictingAnswers(), lambda c: replaced(answers(c, standard), "经销商报价27.6万", "经销商报价26.6万")),
        "another wheelbase than the graph's": (
            ContradictingAnswers(), lambda c: replaced(answers(c, standard), "轴距2890mm", "轴距2980mm")),
        "another unit for the same value is no contradiction, another value is": (
            ContradictingAnswers(), lambda c: replaced(answers(c, standard), "轴距2890mm", "轴距2.7米")),
        "a campaign that is over": (
            StaleDates(), lambda c: replaced(answers(c, standard), "[问厂家优惠]\t", "[问厂家优惠]\t活动截至2024年12月31日。")),
        "a coming launch that was long ago": (
            StaleDates(), lambda c: replaced(answers(c, standard), "[问上市时间]\t", "[问上市时间]\t预计2025年3月上市。")),
        "valid until the end of last month": (
            StaleDates(), lambda c: replaced(answers(c), "[怎么下定买车]\t", "[怎么下定买车]\t有效期到2026-10-31。")),
        "no price": (MissingValues(), lambda c: without(c, standard, "经销商报价")),
        "no level": (MissingValues(), lambda c: without(c, e6, "级别")),
        "no launch date": (MissingValues(), lambda c: without(c, A_LONG, "上市时间")),
        "a price without 万": (OutlyingValues(), lambda c: replaced(graph(c, e6), "21.38万", "21.38")),
        "a nought too many": (OutlyingValues(), lambda c: replaced(graph(c, standard), '"轴距(mm)": "2890"', '"轴距(mm)": "28900"')),
        "a range in seconds": (OutlyingValues(), lambda c: replaced(graph(c, standard), '"最高车速(km/h)": "200"', '"最高车速(km/h)": "二百左右吧"')),
        "a name of one character": (
            UnreachableAttributes(), lambda c: replaced(graph(c, standard), '"级别": "中型SUV",', '"级别": "中型SUV",\n  "寸": "19",')),
        "a synonym of a misspelt attribute": (
            DeadSynonyms(), lambda c: appended(lexicon(c, "attribute_synonyms.txt"), "轴矩(mm)\t轴长")),
        "an alias of a car that is not sold any more": (
            DeadSynonyms(), lambda c: appended(lexicon(c, "entity_aliases.txt"), "北辰X5\t小五")),
        "a misspelt lexicon": (UnreadFiles(), lambda c: lexicon(c, "stopwords.txt").write_text("的\n")),
        "a spreadsheet in the graph": (UnreadFiles(), lambda c: (c.knowledge_graph_data_dir / "参数.xlsx").write_bytes(b"x")),
        "answers of a car that is not in the graph": (
            UnreadFiles(), lambda c: answers(c, "北辰汽车 北辰X5 2020款").write_text("[问上市时间]\t2020年。\n")),
        "a copy of the map": (UnreadFiles(), lambda c: (c.faq_data_dir / "query_label_idx_map.bak").write_text("x")),
    }  # fmt: skip


@pytest.mark.slow
def test_at_least_nineteen_of_twenty_seeded_defects_are_found(tmp_path: Path) -> None:
    missed = []
    subject = open_subject(demo_copy(tmp_path / "unharmed"), TODAY)

    @cache
    def before(check: type[Check]) -> Counter[tuple[str, str]]:
        return Counter((issue.check, issue.message) for issue in check().run(subject))

    for number, (what, (check, seed)) in enumerate(seeds().items()):
        config = demo_copy(tmp_path / str(number))
        seed(config)
        fresh = Counter((issue.check, issue.message) for issue in found(config, check)) - before(type(check))
        if not fresh:
            missed.append(what)
    assert len(missed) <= 0.05 * len(seeds()), missed


def test_a_contradiction_names_both_values_and_both_files(config: EngineConfig) -> None:
    standard = "某汽车品牌 A型号 2021款 标准续航升级版"
    replaced(config.knowledge_graph_data_dir / f"{standard}.json", '"525km"', '"480km"')
    issues = found(config, ContradictingAnswers())
    assert issues and all(issue.severity == "fault" and issue.line for issue in issues)
    assert "525km" in issues[0].message and "480km" in issues[0].message and standard in issues[0].file


@pytest.mark.parametrize(
    "answer",
    [
        "标称续航525km，冬天的纯电续航390km。",
        "和松峦Q5比，轴距2800mm。",
        "轴距2.89米。",
        "纯电续航多350km。",
        "经销商报价27.6万左右，报价请以门店为准。",
    ],
)
def test_what_only_looks_like_a_contradiction_is_none(config: EngineConfig, answer: str) -> None:
    file = config.faq_data_dir / "answers" / "某汽车品牌 A型号 2021款 标准续航升级版"
    file.write_text(f"[问优点和缺点]\t{answer}\n", encoding="utf-8")
    assert found(config, ContradictingAnswers()) == []


def test_a_date_to_come_is_not_stale(config: EngineConfig) -> None:
    file = config.faq_data_dir / "answers" / "通用"
    replaced(file, "[怎么下定买车]\t", "[怎么下定买车]\t活动截至2026年11月，2021年7月上市。")
    assert found(config, StaleDates()) == []


def test_every_check_has_a_name_of_its_own() -> None:
    names = [check.name for check in checks()]
    assert len(set(names)) == len(names) >= 10
