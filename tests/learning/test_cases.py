"""Bad cases in groups of one meaning."""

import numpy as np
import pytest

from chatbot.encoders.load import load_encoder
from chatbot.learning.cases import CaseGroup, group_cases
from chatbot.learning.replay import Replayer
from chatbot.learning.stars import star_groups
from chatbot.store.records import BadCaseRow
from tests.learning.conftest import DEMO
from tests.store.rows import case

MODEL = DEMO / "car_faqs" / "text_match_two_tower_model_dir"


def cases_of(*said: tuple[str, str]) -> list[BadCaseRow]:
    return [case(str(n), sent=sent, session_id=who, trace_id=f"t{n}") for n, (sent, who) in enumerate(said)]


@pytest.fixture(scope="module")
def groups(replayer: Replayer) -> tuple[CaseGroup, ...]:
    found = cases_of(
        ("能不能带狗去试驾", "一"), ("能带狗试驾吗", "二"), ("云岚S5能带狗试驾吗", "三"), ("能带狗试驾吗", "三"),
        ("你们老板是谁啊", "四"), ("你们老板是谁啊", "四"), ("你们老板是谁啊", "四"), ("你们老板是谁啊", "四"),
        ("火箭发动机多少推力", "五"),
    )  # fmt: skip
    return group_cases(found, replayer.knowledge, load_encoder(MODEL))


def test_one_meaning_is_one_group_whatever_car_it_is_asked_about(groups: tuple[CaseGroup, ...]) -> None:
    assert [len(group.cases) for group in groups] == [4, 4, 1]
    assert {one.sent for one in groups[0].cases} == {"能不能带狗去试驾", "能带狗试驾吗", "云岚S5能带狗试驾吗"}


def test_groups_are_ranked_by_people_and_not_by_how_often_one_of_them_asked(
    groups: tuple[CaseGroup, ...],
) -> None:
    assert [group.sessions for group in groups] == [3, 1, 1]
    assert groups[1].title == "你们老板是谁啊"


def test_every_group_offers_all_that_can_be_done_the_likeliest_first(groups: tuple[CaseGroup, ...]) -> None:
    kinds = {"paraphrase", "question", "synonym", "attribute_alias", "small_talk", "ignore"}
    for group in groups:
        assert {offer.kind for offer in group.offers} == kinds
        scores = [offer.score for offer in group.offers]
        assert scores == sorted(scores, reverse=True)
    test_drive = [offer.target for offer in groups[0].offers if offer.kind == "paraphrase"]
    assert "怎么预约试驾" in test_drive


def test_a_car_nobody_knows_offers_the_words_nearest_to_it(replayer: Replayer) -> None:
    found = [case("1", sent="北辰X9多少钱", reason="unknown_entity", nearest="北辰X9")]
    offers = group_cases(found, replayer.knowledge, load_encoder(MODEL))[0].offers
    assert "北辰X7" in [offer.target for offer in offers if offer.kind == "synonym"]


def test_no_cases_are_no_groups(replayer: Replayer) -> None:
    assert group_cases([], replayer.knowledge, load_encoder(MODEL)) == ()


def unit(rows: list[list[float]]) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    found = np.array(rows, dtype=np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_every_member_of_a_star_is_as_near_to_its_centre_as_the_threshold_says() -> None:
    vectors = unit(np.random.default_rng(3).normal(size=(300, 8)).tolist())
    centres = star_groups(vectors, np.ones(300, dtype=np.int64), 0.6)
    assert ((vectors * vectors[centres]).sum(axis=1) >= 0.6 - 1e-6).all()
    assert (centres[centres] == centres).all()


def test_a_chain_of_likeness_is_not_one_group() -> None:
    angles = np.deg2rad(np.arange(0, 180, 20))
    vectors = unit([[float(np.cos(a)), float(np.sin(a))] for a in angles])
    centres = star_groups(vectors, np.ones(len(vectors), dtype=np.int64), float(np.cos(np.deg2rad(25))))
    assert len(set(centres.tolist())) >= 3


def test_the_heaviest_is_the_centre() -> None:
    vectors = unit([[1, 0], [1, 0.1], [1, 0.2]])
    assert star_groups(vectors, np.array([1, 9, 1]), 0.99).tolist() == [1, 1, 1]
