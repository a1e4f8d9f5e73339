"""A standard question of what is pointed at: 第二款多久提车, 后者有优惠吗, 那就买它吧，几天能提."""

from chatbot.answering.inquiry import Inquiry
from chatbot.dialog.faq_or_graph import SURE_FAQ, tells
from chatbot.dialog.hearing import Hearing
from chatbot.dialog.state import Turn
from chatbot.normalization.text import content
from chatbot.planning.pointing import points
from chatbot.planning.query import Asked, Planned, Query, Refusal

_WORD = 2  # characters: what is shorter asks nothing


def of_what_is_pointed_at(turn: Turn, planned: Planned) -> Inquiry | None:
    """The standard question, told of the thing that the message points at rather than of the one in focus.

    ``None`` where the message names a thing or asks for a value, and where no standard question is likely.
    """
    hearing, context = turn.hearing, turn.context
    if context.empty or hearing.reading.entities or not points(hearing.text):
        return None
    mended = isinstance(planned, Query) and planned.scan.mended
    if planned is not None and not mended and not _asks_for_nothing(planned):
        return None
    names, rest = hearing.knowledge.planner.pointed_at(hearing.utterance, context)
    if not names or len(content(rest)) < _WORD:
        return None
    apart = Hearing(rest, hearing.knowledge, hearing.settings)
    surest = max(hearing, apart, key=lambda one: one.faq[0].confidence if one.faq else 0.0)
    if not surest.likely_faq or (mended and surest.faq[0].confidence < SURE_FAQ):
        return None  # 最便宜那款有现车不 is no slip of 厢车
    return Inquiry(hearing.knowledge.reader.read(""), (names,), faq=surest.faq)


def _asks_for_nothing(planned: Planned) -> bool:
    """Whether no attribute is named in it, so that it would be told what was asked before; or one that is not on record."""
    if isinstance(planned, Refusal):
        return planned.code == "no_attribute"
    return isinstance(planned, Asked) and not any(map(tells, planned.scan.links))
