"""Questions for the graph, made from its attributes' names and kinds."""

from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree
from tools.index.graph_questions import MOST, graph_questions, not_the_faqs


def _graph(prices: tuple[str, ...] = ("12万", "15万", "18万"), attributes: int = 0) -> KnowledgeGraph:
    kinds = ("纯电动", "汽油", "汽油")
    more = {("其他", f"第{number}项"): "有" for number in range(attributes)}
    entities = tuple(
        Entity(
            f"甲 {place}",
            ("甲", str(place)),
            {("属性", "报价(元)"): price, ("属性", "能源"): kind, **more},
            "f",
        )
        for place, (price, kind) in enumerate(zip(prices, kinds, strict=True))
    )
    return KnowledgeGraph(entities, "v", build_tree(entities))


def test_attributes_their_synonyms_and_their_kinds_are_asked_for() -> None:
    asked = graph_questions(_graph(), {"报价": ("价格",)})
    for part in ("报价", "价格", "能源", "纯电动", "汽油"):
        assert any(part in text for text in asked), part
    assert not any("(元)" in text or "12万" in text for text in asked)


def test_values_that_change_every_day_change_no_question() -> None:
    assert graph_questions(_graph(), {}) == graph_questions(_graph(("9万", "8万", "7万")), {})


def test_what_the_operator_has_a_paraphrase_for_is_not_taken_from_the_faq() -> None:
    every = graph_questions(_graph(), {})
    left = not_the_faqs(every, [every[0], f"{every[1]}呢"])
    assert left and set(left) == set(every) - {every[0], every[1]}
    assert not_the_faqs(every, ["怎么预约试驾"]) == every


def test_of_very_many_attributes_a_spread_is_asked_for() -> None:
    assert 0 < len(graph_questions(_graph(attributes=500), {})) <= MOST


def test_a_graph_without_anything_asks_nothing() -> None:
    assert graph_questions(KnowledgeGraph((), "v", build_tree(())), {}) == ()
