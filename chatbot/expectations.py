"""What a scripted turn may expect of a reply. docs/testing.md lists every name; a test sees to that."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_args

from chatbot.reply import AnswerSource, AnswerType, FaqEvidence, GraphEvidence, Reply

Wanted = str | int | float | bool | list[str] | None
_STATES = ("chitchat", "question_intake", "normalization", "answering", "exception")


@dataclass(frozen=True, slots=True)
class Expectation:
    """``refused`` says what is wrong with a wanted value; ``unmet`` what the reply has instead. ``None``: all well."""

    refused: Callable[[object], str | None]
    unmet: Callable[[Reply, Wanted], object | None]


def _text(wanted: object) -> str | None:
    return None if isinstance(wanted, str) else "应是文字（数字请加引号）"


def _text_or_null(wanted: object) -> str | None:
    return None if wanted is None else _text(wanted)


def _texts(wanted: object) -> str | None:
    good = isinstance(wanted, list) and all(isinstance(item, str) for item in wanted)
    return None if good else "应是文字的列表（数字请加引号）"


def _number(wanted: object) -> str | None:
    return None if isinstance(wanted, int | float) and not isinstance(wanted, bool) else "应是数字"


def _count(wanted: object) -> str | None:
    good = isinstance(wanted, int) and not isinstance(wanted, bool) and wanted >= 0
    return None if good else "应是不小于 0 的整数"


def _truth(wanted: object) -> str | None:
    return None if isinstance(wanted, bool) else "应是 true 或 false"


def _one_of(words: Iterable[str]) -> Callable[[object], str | None]:
    known = tuple(words)
    return lambda wanted: None if wanted in known else f"应是 {' / '.join(known)}"


def _equal(found: Callable[[Reply], object]) -> Callable[[Reply, Wanted], object | None]:
    """Unmet when what is found is another value; ``null`` is shown as a word, because ``None`` means met."""

    def unmet(reply: Reply, wanted: Wanted) -> object | None:
        value = found(reply)
        return None if value == wanted else "null" if value is None else value

    return unmet


def _least(found: Callable[[Reply], float]) -> Callable[[Reply, Wanted], object | None]:
    return lambda reply, wanted: None if found(reply) >= wanted else found(reply)  # type: ignore[operator]  # a number


def _contains(reply: Reply, wanted: Wanted) -> object | None:
    return None if all(part in reply.answer for part in _parts(wanted)) else reply.answer


def _contains_none(reply: Reply, wanted: Wanted) -> object | None:
    return reply.answer if any(part in reply.answer for part in _parts(wanted)) else None


def _suggests(reply: Reply, wanted: Wanted) -> object | None:
    offered = reply.suggestions
    return None if all(any(part in chip for chip in offered) for part in _parts(wanted)) else list(offered)


def _any(found: Callable[[Reply], list[object]]) -> Callable[[Reply, Wanted], object | None]:
    return lambda reply, wanted: None if wanted in found(reply) else found(reply)


def _parts(wanted: Wanted) -> list[str]:
    return wanted if isinstance(wanted, list) else [str(wanted)]


def _graph(reply: Reply) -> list[GraphEvidence]:
    return [evidence for evidence in reply.evidence if isinstance(evidence, GraphEvidence)]


def _faq(reply: Reply) -> list[FaqEvidence]:
    return [evidence for evidence in reply.evidence if isinstance(evidence, FaqEvidence)]


EXPECTATIONS: dict[str, Expectation] = {
    "answer": Expectation(_text, _equal(lambda reply: reply.answer)),
    "answer_contains": Expectation(_texts, _contains),
    "answer_not_contains": Expectation(_texts, _contains_none),
    "answer_type": Expectation(_one_of(get_args(AnswerType)), _equal(lambda reply: reply.answer_type)),
    "answer_source": Expectation(_one_of(get_args(AnswerSource)), _equal(lambda reply: reply.answer_source)),
    "state": Expectation(_one_of(_STATES), _equal(lambda reply: reply.state)),
    "confidence_min": Expectation(_number, _least(lambda reply: reply.confidence)),
    "entities": Expectation(_texts, _equal(lambda reply: list(reply.entities))),
    "attribute": Expectation(_text_or_null, _equal(lambda reply: reply.attribute)),
    "evidence_path": Expectation(_texts, _any(lambda reply: [list(e.path) for e in _graph(reply)])),
    "evidence_value": Expectation(_text, _any(lambda reply: [e.value for e in _graph(reply)])),
    "evidence_question": Expectation(_text, _any(lambda reply: [e.question for e in _faq(reply)])),
    "plan_op": Expectation(_text_or_null, _equal(lambda reply: reply.plan.op if reply.plan else None)),
    "rows_total": Expectation(_count, _equal(lambda reply: reply.rows_total)),
    "suggestions_min": Expectation(_count, _least(lambda reply: len(reply.suggestions))),
    "suggestions_contain": Expectation(_texts, _suggests),
    "degraded": Expectation(_truth, _equal(lambda reply: reply.degraded)),
}
