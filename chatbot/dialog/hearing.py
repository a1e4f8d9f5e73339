"""One utterance, heard against one knowledge version: every reading of it that the states may ask for."""

import re

from chatbot.answering.knowledge import Knowledge
from chatbot.faq_modules.base import FaqCandidate
from chatbot.frozen import dataclass
from chatbot.messages import Language
from chatbot.normalization.courtesy import without_courtesies
from chatbot.normalization.intent_model import Heard
from chatbot.normalization.reader import Reading
from chatbot.normalization.text import content, has_han, language_of, normalize
from chatbot.once import once
from chatbot.planning.context import Context
from chatbot.planning.query import Planned

SMALL_TALK_MAX = 20
INTENT_MAX = 60  # characters: what is longer tells a story, and a person reads it better
CERTAIN = 0.99
_EXPLAINED = 0.34
_BESIDE = 0.5
_SURELY_FAQ = 0.9
_BEYOND_DOUBT = 0.95
_LIKELY_FAQ = 0.6
_QUERY_CUE = re.compile(
    r"[\d最更比]|[一二两三四五六七八九十百][多来几]?万|哪[款个些台辆]|的车[吗么嘛没有]*$|的车.{0,3}哪|以[上下内]的|suv|mpv|推荐|便宜|贵|(?:想|打算|准备|考虑)买|(?:多少|几)[个款种台辆]车"
)
_IS_IT = re.compile(r"^.{0,4}([大高长快慢贵重轻])[不没]\1[啊呀呢]?$")  # 快不快 asks for no advice on 快充
_RANKS = re.compile("最.{0,3}的|zui[a-z]")  # 油耗最底的: a slip in what is ranked
_OF_A_CAR = re.compile("[它他她]的|(?:这|那)[款台辆]")
_WHICH_CARS = re.compile("的车?(?:都|分别|一共)?有?(?:哪[几些]|什么车|啥车)")
_PIECES = re.compile(r"[\s,.!;~。，！；]+")
MOST_PIECES = 3
_MEASURED = re.compile(r"\d\D{0,2}以|\d\s?wan|suv|mpv")
_MAY_BE_EITHER = 4  # characters: what is so short may be small talk all the same


@dataclass(frozen=True, slots=True)
class DialogSettings:
    """What an operator may set of the dialogue."""

    faq_confidence_threshold: float = 0.4
    chitchat_confidence_threshold: float = 0.7
    faq_candidates: int = 10
    max_suggestions: int = 4
    handoff_text: str = ""


class Hearing:
    """One utterance against one knowledge version; each reading of it is worked out once, when first needed."""

    def __init__(
        self, utterance: str, knowledge: Knowledge, settings: DialogSettings, rows_limit: int = 20
    ) -> None:
        self.utterance, self.knowledge, self.settings = utterance, knowledge, settings
        self.rows_limit = rows_limit
        self._plans: dict[Context, Planned] = {}
        self._found: dict[str, tuple[FaqCandidate, ...]] = {}

    def planned(self, context: Context) -> Planned:
        """The query the utterance means after what the conversation has come to."""
        if context.empty and self._plain_standard_question:
            return None
        if context not in self._plans:
            plan = self.knowledge.planner.plan
            meant = bool(context.entities)  # 快冲要多久, while a car is spoken of
            self._plans[context] = plan(self.utterance, context, mend=lambda: meant or self.worth_mending())
        return self._plans[context]

    @property
    def planner_consulted(self) -> bool:
        """Whether the turn has asked the planner; a plain standard question is not put to it."""
        return bool(self._plans)

    @once
    def text(self) -> str:
        return self.knowledge.reader.plain(self.utterance)

    @once
    def reading(self) -> Reading:
        """What it names. Where it is a standard question beyond doubt, no slip in a name is looked for."""
        reader = self.knowledge.reader
        plain = reader.without_names(self.utterance)
        if plain is None:
            return reader.read(self.utterance)
        best = next(iter(self._candidates(plain.question)), None)
        return plain if best and best.confidence >= _BEYOND_DOUBT else reader.with_slips(plain)

    @once
    def in_grammar(self) -> str:
        """What is read, as the grammar of queries has it: whatever is sold is a 车."""
        return self.knowledge.planner.in_grammar(self.reading.text)

    @once
    def faq(self) -> tuple[FaqCandidate, ...]:
        """Standard questions for what is asked of the FAQ."""
        return self._candidates(self.asked_of_faq)

    @once
    def asked_of_faq(self) -> str:
        """The utterance without the entities it names; with them where it is a paraphrase as it stands, or where they
        are a kind of things that a paraphrase names too: 空调安装要钱吗 is not asked of washing machines."""
        bare, whole = self.reading.question, self.text
        if not self.reading.entities or bare == whole:
            return bare
        if self.knowledge.faq.knows(whole):
            return whole
        if all(self.knowledge.graph.of_one_series(one.candidates) for one in self.reading.entities):
            return bare
        sure = {
            said: max((one.confidence for one in self._candidates(said)), default=0.0)
            for said in (bare, whole)
        }
        return whole if sure[whole] > sure[bare] else bare

    @property
    def names_with_the_faq(self) -> bool:
        """Whether the names are part of what is asked of the FAQ."""
        return self.asked_of_faq != self.reading.question

    def _candidates(self, question: str) -> tuple[FaqCandidate, ...]:
        found = self._found.get(question)
        if found is None:
            asked = content(question)
            found = self.knowledge.faq.retrieve(question, self.settings.faq_candidates) if asked else ()
            self._found[question] = found
        return found

    @once
    def side_by_side(self) -> tuple[str, str]:
        """The paraphrase that matched best and what was asked, both without courtesies and marks; empty without one."""
        if not self.faq:
            return "", ""
        return _bare(self.faq[0].matched), _bare(self.asked_of_faq)

    @once
    def verbatim(self) -> bool:
        """Whether it is a paraphrase word for word, but for the entities it names: the operator has said what it means."""
        matched, asked = self.side_by_side
        return bool(asked) and matched == asked

    def worth_mending(self) -> bool:
        """Whether to look for typos in a query: not where a standard question is likely, unless a car is named or meant."""
        named = bool(self.reading.entities) or _MEASURED.search(self.reading.text) is not None
        named = named or _WHICH_CARS.search(self.reading.text) is not None  # 增乘的车都有哪几款
        named = named or _OF_A_CAR.search(self.reading.text) is not None  # 它的由耗呢
        named = named or (not has_han(self.utterance) and _QUERY_CUE.search(self.reading.text) is not None)
        return named or not self.likely_faq or _RANKS.search(self.reading.text) is not None

    @once
    def surely_faq(self) -> bool:
        """A standard question beyond doubt, in words that no query is made of: nothing else need be tried."""
        reading = self.reading
        if reading.entities or reading.attributes or not self.faq:
            return False
        return self.faq[0].confidence >= _SURELY_FAQ

    @property
    def _plain_standard_question(self) -> bool:
        """A standard question that is no query: it has no word that one is made of, and names nothing of the graph; or
        an attribute, beside so much else that it is surely not that alone which is asked."""
        reading = self.reading
        if reading.entities or not self.likely_faq or _QUERY_CUE.search(self.in_grammar):
            return False
        if _IS_IT.search(reading.text) and self.faq[0].confidence < _SURELY_FAQ:
            return False
        if reading.attributes and (
            reading.leftover < _BESIDE or self.faq[0].confidence < self._doubtless(reading)
        ):
            return False
        return not self.knowledge.planner.names_a_value(reading.text)

    @staticmethod
    def _doubtless(reading: Reading) -> float:
        """How sure a standard question must be beside an attribute; less so, where that is but like what was said."""
        return _SURELY_FAQ if any(link.score == 1 for link in reading.attributes) else _LIKELY_FAQ

    @property
    def likely_faq(self) -> bool:
        """A standard question more likely than not."""
        return bool(self.faq) and self.faq[0].confidence >= _LIKELY_FAQ

    @once
    def small_talk(self) -> FaqCandidate | None:
        """The small talk it is, when it is that rather than a question."""
        said = self.reading.text
        if len(content(said)) > SMALL_TALK_MAX or self.reading.entities:
            return None
        if self.reading.attributes and self.reading.leftover <= _EXPLAINED:
            return None
        talk = self.knowledge.small_talk
        if self.likely_faq and len(content(said)) > _MAY_BE_EITHER and not talk.knows(said):
            return None
        least = self.settings.chitchat_confidence_threshold
        best = next(iter(talk.retrieve(said, 3)), None) if talk.may_reach(said, least) else None
        if best is None or best.confidence < least:
            return None if self.likely_faq else self._small_talk_in_pieces()
        if best.confidence >= CERTAIN or not self.faq:
            return best
        # 能试驾吗 is one of several questions, and no 我试试你
        return best if best.confidence >= sum(one.confidence for one in self.faq) else None

    def _small_talk_in_pieces(self) -> FaqCandidate | None:
        """谢谢啊 回头再说: the last of two or three pieces, each of which is small talk by itself."""
        pieces = [piece for piece in _PIECES.split(self.utterance) if content(piece)]
        if not 1 < len(pieces) <= MOST_PIECES:
            return None
        talk, found = self.knowledge.small_talk, None
        for piece in pieces:
            found = next(iter(talk.retrieve(normalize(piece), 1)), None)
            if found is None or found.confidence < self.settings.chitchat_confidence_threshold:
                return None
        return found

    @once
    def intent(self) -> Heard | None:
        """The operator's intent it has: word for word an example of one; or likely one, and neither a likely standard
        question nor an attribute of something that is named."""
        intents, said = self.knowledge.intents, self.reading.question
        if intents is None or not content(said) or len(content(said)) > INTENT_MAX:
            return None
        if heard := intents.verbatim(self.text):
            return heard
        if self.likely_faq or (self.small_talk and self.small_talk.confidence >= CERTAIN):
            return None
        if self.reading.entities and self.reading.attributes:
            return None  # C2的价各: the graph's, whatever is unclear about it
        heard = intents.recognise(said)
        surer = bool(heard and self.faq) and self.faq[0].confidence >= (heard.probability if heard else 0)
        return None if surer else heard

    @property
    def language(self) -> Language:
        """English for letters without any Chinese; Chinese for all else, pinyin included."""
        return language_of(self.reading.text)


def _bare(text: str) -> str:
    return content(without_courtesies(normalize(text)))
