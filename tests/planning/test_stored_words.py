"""A knowledge base whose words are read from disk is the one that works them out."""

import json
from pathlib import Path

import pytest

from chatbot.answering.knowledge import Knowledge
from chatbot.derived import Derived
from chatbot.knowledge_graph.plan import AllOf, AnyOf, Condition, Not
from chatbot.knowledge_source import graph_knowledge
from chatbot.planning.context import Context
from chatbot.planning.links import AttributeSense, CategorySense, DegreeSense, RoleSense, Sense, ValueSense
from chatbot.planning.stored_senses import meanings
from tests.real_cars import CARS, needs_cars

ROOT = Path(__file__).parents[2]
LEXICON = ROOT / "user_datasets" / "lexicon"
ASKED = ROOT / "tests" / "data" / "kbqa" / "tune"
GRAPHS = [
    pytest.param(ROOT / "user_datasets" / "car_knowledge_graph", "demo", id="demo"),
    pytest.param(CARS, "cars2025", id="cars2025", marks=needs_cars),
]
EVERY = 25  # of the questions

COST = ("成本", "价格")
TOLD: tuple[tuple[str, Sense], ...] = (
    ("贵", DegreeSense("贵", COST, "up", "most")),
    ("贵", DegreeSense("贵", None, None, "plain")),
    ("价", AttributeSense((COST, ("a/b",)))),
    ("贵", RoleSense("filler")),
    ("钱", AttributeSense((COST, ("a/b",)))),
    ("价", CategorySense((COST,))),
    (
        "新",
        ValueSense(COST, AllOf((Condition(COST, ">", 1.5, "万"), Not(Condition(COST, "contains", "旧"))))),
    ),
    ("旧", ValueSense(COST, AnyOf((Condition(COST, "=", 2), Condition(COST, "has", "无"))))),
)


def test_senses_come_back_as_they_were_told(tmp_path: Path) -> None:
    told: dict[str, set[Sense]] = {}
    for word, sense in TOLD:
        told.setdefault(word, set()).add(sense)
    for derived in (Derived(), Derived(tmp_path, "v"), Derived(tmp_path, "v")):
        found = meanings(derived, lambda: TOLD)
        derived.save()
        assert found == told and list(found) == list(told)


def test_words_that_mean_the_same_share_one_set_and_equal_paths_are_one_object() -> None:
    found = meanings(Derived(), lambda: [*TOLD, ("金", AttributeSense((COST, ("a/b",))))])
    assert found["钱"] is found["金"]
    paths = [s.path for senses in found.values() for s in senses if isinstance(s, ValueSense)]
    assert paths[0] is paths[1]


def test_what_is_kept_is_not_told_again(tmp_path: Path) -> None:
    first = Derived(tmp_path, "v")
    meanings(first, lambda: TOLD)
    first.save()
    assert meanings(Derived(tmp_path, "v"), lambda: pytest.fail("told again"))


@pytest.mark.parametrize(("graph", "name"), GRAPHS)
def test_a_knowledge_base_from_disk_is_the_one_that_is_worked_out(
    graph: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew = graph_knowledge(graph, LEXICON)
    graph_knowledge(graph, LEXICON, tmp_path)
    monkeypatch.setattr(Derived, "_keep", lambda *_: pytest.fail("worked out again"))
    read = graph_knowledge(graph, LEXICON, tmp_path)
    for told in (lambda k: k.planner.vocabulary.finder.aliases, lambda k: k.reader.attributes.aliases):
        assert told(read) == told(anew) and list(told(read)) == list(told(anew))
    assert read.graph == anew.graph and list(read.graph.tree) == list(anew.graph.tree)
    assert list(read.reader.entities.names) == list(anew.reader.entities.names)
    assert read.planner.vocabulary.common_words == anew.planner.vocabulary.common_words
    asked = questions(name)
    assert len(asked) > 20
    for question in [*asked, *map(misheard, asked)]:
        assert meant(read, question) == meant(anew, question), question


def questions(name: str) -> list[str]:
    files = sorted(ASKED.glob(f"*single_{name}.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line)["turns"][0] for line in lines[::EVERY]]


def misheard(question: str) -> str:
    """With words that only sound right, and pinyin: what is kept of sounds and letters is used."""
    return (
        question.replace("油耗", "由耗")
        .replace("驱", "区")
        .replace("价格", "jiage")
        .replace("续航", "xuhang")
    )


def meant(knowledge: Knowledge, question: str) -> object:
    explained = knowledge.planner.explain(question, Context())
    links = knowledge.reader.entities.link(question)
    return (
        explained.scan.links,
        explained.scan.text,
        explained.planned,
        links,
        knowledge.reader.decoder.decode(question),
    )
