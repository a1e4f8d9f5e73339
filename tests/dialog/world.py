"""A small knowledge base for dialogue tests: retrieval is a table, so that a test says what FAQ would find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chatbot.answering.knowledge import Knowledge
from chatbot.dialog.hearing import DialogSettings, Hearing
from chatbot.dialog.machine import DialogMachine
from chatbot.dialog.state import Step
from chatbot.dialog.states.answering import AnsweringState
from chatbot.dialog.states.chitchat import ChitchatState
from chatbot.dialog.states.exception import ExceptionState
from chatbot.dialog.states.normalization import NormalizationState
from chatbot.dialog.states.question_intake import QuestionIntakeState
from chatbot.faq_modules.base import FaqCandidate
from chatbot.knowledge_graph.graph import Entity, KnowledgeGraph, build_tree
from chatbot.normalization.attribute import AttributeLinker
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.intent import PhraseIntent
from chatbot.normalization.lexicon import Lexicon, load_lexicon
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.reader import Reader
from chatbot.planning.build import build_planner
from chatbot.session.base import Memory

A_STANDARD = "某汽车品牌 A型号 2021款 标准续航升级版"
A_LONG = "某汽车品牌 A型号 2021款 长续航版"
E6_LONG = "青羽汽车 青羽E6 2026款 长续航版"
S5 = "云岚汽车 云岚S5 2025款 尊享版"

PRICE, RANGE, CHARGE = ("属性", "报价"), ("属性", "续航里程"), ("属性", "充电时间")
PIPES, GEARBOX = ("车身", "排气管个数"), ("变速箱", "变速箱类型")
AIR, VENT = ("配置", "空调", "空调控制方式"), ("配置", "空调", "后座出风口")

LEAVES: Mapping[str, Mapping[tuple[str, ...], str]] = {
    A_STANDARD: {
        PRICE: "27.6万",
        RANGE: "525km",
        CHARGE: "10小时",
        PIPES: "2个",
        GEARBOX: "手动",
        AIR: "自动",
        VENT: "无",
    },
    A_LONG: {
        PRICE: "30.9万",
        RANGE: "610km",
        CHARGE: "11小时",
        PIPES: "1个",
        GEARBOX: "固定",
        AIR: "自动",
        VENT: "有",
    },
    E6_LONG: {PRICE: "21.38万", RANGE: "700km", CHARGE: "9小时"},
    S5: {PRICE: "12.58万", GEARBOX: "双离合"},
}


@dataclass(frozen=True)
class Written:
    """An authored answer."""

    text: str
    file: str


@dataclass(frozen=True)
class AnswerTable:
    """``(question, entity or None)`` → answer."""

    rows: Mapping[tuple[str, str | None], str]

    def answer_for(self, question: str, entity: str | None) -> Written | None:
        text = self.rows.get((question, entity))
        return Written(text, f"answers/{entity or '通用'}") if text else None

    def entities_answering(self, question: str) -> Sequence[str]:
        return [entity for asked, entity in self.rows if asked == question and entity]


@dataclass
class RetrievalTable:
    """Utterance → ``[(standard question, confidence)]``; nothing for all else."""

    rows: Mapping[str, Sequence[tuple[str, float]]]
    asked: list[str] = field(default_factory=list)

    def retrieve(self, utterance: str, k: int = 10) -> tuple[FaqCandidate, ...]:
        self.asked.append(utterance)
        found = self.rows.get(utterance, ())
        return tuple(FaqCandidate(i, q, f"{q}呀", c, "table", c) for i, (q, c) in enumerate(found))[:k]

    def knows(self, utterance: str) -> bool:
        return any(confidence == 1.0 for _, confidence in self.rows.get(utterance, ()))

    def may_reach(self, utterance: str, confidence: float) -> bool:
        return any(c >= confidence for _, c in self.rows.get(utterance, ()))


def knowledge(
    faq: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    answers: Mapping[tuple[str, str | None], str] | None = None,
    cars: Mapping[str, Mapping[tuple[str, ...], str]] = LEAVES,
) -> Knowledge:
    """The cars above with the FAQ given; small talk is 您好 and 谢谢."""
    entities = tuple(Entity(n, tuple(n.split()), leaves, f"{n}.json") for n, leaves in cars.items())
    graph = KnowledgeGraph(entities, "g", build_tree(entities))
    built_in = load_lexicon(None)
    lexicon = Lexicon({"续航里程": ("续航",)}, {}, (*built_in.stop_words, "要"), built_in.question_words)
    linker = EntityLinker(graph, {})
    attributes = AttributeLinker(graph.tree, lexicon.attribute_synonyms)
    decoder = PinyinDecoder([*linker.names, *attributes.names, "多少"])
    reader = Reader(linker, attributes, decoder, lexicon)
    talk = {"您好": [("问候", 1.0)], "谢谢": [("感谢", 1.0)]}
    return Knowledge(
        version="v1",
        graph=graph,
        reader=reader,
        planner=build_planner(graph, reader, lexicon, None),
        faq=RetrievalTable(faq or {}),
        answers=AnswerTable(answers or {}),
        small_talk=RetrievalTable(talk),
        small_talk_answers=AnswerTable({("问候", None): "您好！", ("感谢", None): "不客气。"}),
        handoff=PhraseIntent(built_in.handoff),
        cancel=PhraseIntent(built_in.cancel),
        examples=("标准续航升级版的续航里程", "怎么预约试驾", "空调怎么样"),
    )


class Talk:
    """A conversation without a session store: what was said and what is remembered."""

    def __init__(self, known: Knowledge, settings: DialogSettings | None = None) -> None:
        states = (
            ChitchatState(),
            QuestionIntakeState(),
            NormalizationState(),
            AnsweringState(),
            ExceptionState(),
        )
        self.machine = DialogMachine({state.name: state for state in states})
        self.known, self.settings = known, settings or DialogSettings()
        self.memory = Memory()
        self.last: Step | None = None

    def say(self, text: str) -> Step:
        self.last = self.machine.step(self.memory, Hearing(text, self.known, self.settings))
        self.memory = self.last.memory
        return self.last
