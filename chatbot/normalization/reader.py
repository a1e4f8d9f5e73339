"""Reads an utterance against the knowledge base: what it names, and how much of it that explains."""

from collections.abc import Sequence
from functools import lru_cache

from chatbot.derived import Derived
from chatbot.frozen import dataclass
from chatbot.normalization.attribute import AttributeLink, AttributeLinker
from chatbot.normalization.dialect import Dialect
from chatbot.normalization.entity import EntityLinker
from chatbot.normalization.entity_link import EntityLink
from chatbot.normalization.lexicon import Lexicon
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.pinyin import PinyinDecoder
from chatbot.normalization.text import content, has_han, normalize
from chatbot.regex import regex

MAX_READ = 400
_POINTING = regex(r"(?:(?:[你咱]们家?|你家|贵[司店])的?(?:[这那][个款台辆])?|[这那][个款台辆])$")
_LAST_OF_POINTING = "们家的司店个款台辆"
REMEMBERED = 512  # chips and popular questions come word for word, again and again


@dataclass(frozen=True, slots=True)
class Reading:
    """One utterance, read.

    ``text`` is normalised (pinyin decoded); ``question`` is it without the entities' names; ``core`` is
    ``question`` without stop and question words and marks. ``leftover`` is the share of ``core`` that the
    attribute links do not explain: 0 when every word of content is accounted for.
    """

    text: str
    question: str
    core: str
    entities: tuple[EntityLink, ...] = ()
    attributes: tuple[AttributeLink, ...] = ()
    leftover: float = 0.0

    @property
    def empty(self) -> bool:
        """Nothing but marks, emoji or spaces."""
        return not content(self.text)


class Reader:
    """Ties the linkers together; built once for a knowledge base."""

    def __init__(
        self,
        entities: EntityLinker,
        attributes: AttributeLinker,
        decoder: PinyinDecoder,
        lexicon: Lexicon,
        derived: Derived | None = None,
    ) -> None:
        self.entities, self.attributes, self.decoder = entities, attributes, decoder
        fillers = (*lexicon.stop_words, *lexicon.question_words)
        self._fillers = MentionFinder[str](dict.fromkeys(fillers, ()))
        self._words = {*fillers, *attributes.names}
        latin = [*entities.names, *attributes.names]
        self._latin = MentionFinder[str](dict.fromkeys((name for name in latin if name[0].isascii()), ()))
        self._dialect = Dialect(lexicon.dialect, entities.names, derived)
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._read)
        self._plainly = lru_cache(maxsize=REMEMBERED)(self._read_plainly)
        self._plain = lru_cache(maxsize=64)(lambda said: self._dialect.plain(normalize(said)))
        self._named = lru_cache(maxsize=64)(
            lambda text: self.entities.link(text, fuzzy=False, ordinary=self._words)
        )  # what is read without names is read with them where it has some

    def plain(self, utterance: str) -> str:
        """The utterance normalised, a dialect's words in plain wording."""
        return self._plain(utterance)  # the dialogue, the reader and the planner each ask

    def read(self, utterance: str) -> Reading:
        """Normalise, decode pinyin, link. Text past ``MAX_READ`` characters is not linked."""
        return self._remembered(utterance)

    def without_names(self, utterance: str) -> Reading | None:
        """The utterance read as one that names nothing; slips and partial names of attributes are not looked for, which
        ``with_slips`` does. ``None`` where an entity or an attribute is named in it, or an entity misspelt."""
        return self._plainly(utterance)

    def with_slips(self, plain: Reading) -> Reading:
        """What ``read`` gives for what was read ``without_names``."""
        attributes = self.attributes.meant(plain.core)
        return Reading(plain.text, plain.question, plain.core, (), attributes, _left(plain.core, attributes))

    def _read_plainly(self, utterance: str) -> Reading | None:
        text = self._decoded(utterance)
        if self._named(text):
            return None
        question, core = self._asked(text, ())
        if self.attributes.named(question, core) or self.entities.misspelt(text, ordinary=self._words):
            return None
        return Reading(text, question.strip(), core, leftover=_left(core, ()))

    def _read(self, utterance: str) -> Reading:
        text = self._decoded(utterance)
        links = self._named(text)
        reading = self._read_question(text, links)
        if links or not reading.leftover:
            return reading
        links = self.entities.misspelt(text, ordinary=self._words)
        return self._read_question(text, links) if links else reading

    def _decoded(self, utterance: str) -> str:
        text = self.plain(utterance)[:MAX_READ]
        if has_han(text):
            return text
        keep = [(mention.start, mention.end) for mention in self._latin.find(text)]
        return self.decoder.decode(text, keep)

    def _asked(self, text: str, links: tuple[EntityLink, ...]) -> tuple[str, str]:
        """The question and its core."""
        question = _without(text, [_pointed_at(text, span) for link in links for span in link.spans])
        fillers = [(m.start, m.end) for m in self._fillers.find(question)]
        return question, content(_without(question, fillers))

    def _read_question(self, text: str, links: tuple[EntityLink, ...]) -> Reading:
        question, core = self._asked(text, links)
        attributes = self.attributes.link(question, core)
        return Reading(text, question.strip(), core, links, attributes, _left(core, attributes))


def _left(core: str, attributes: Sequence[AttributeLink]) -> float:
    """The share of the characters of ``core`` that no attribute has, as typed or as it is called."""
    if not core or not attributes:
        return 1.0 if core else 0.0
    explained: dict[str, int] = {}
    for char in "".join([link.text + link.alias for link in attributes]):
        explained[char] = explained.get(char, 0) + 1
    left = 0
    for char in core:
        if explained.get(char):
            explained[char] -= 1
        else:
            left += 1
    return left / len(core)


def _pointed_at(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """``span`` of a name with the words before it that only point at it: 你们那个A型号, 这款E6."""
    start, end = span
    if start == 0 or text[start - 1] not in _LAST_OF_POINTING:
        return span
    pointing = _POINTING.search(text, 0, start)
    return (pointing.start(), end) if pointing else span


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """``text`` with each span replaced by one space, so that what stood around it does not run together."""
    pieces, last = [], 0
    for start, end in sorted(spans):
        pieces.append(text[last:start])
        last = end
    return " ".join([*pieces, text[last:]])
