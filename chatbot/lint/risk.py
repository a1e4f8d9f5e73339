"""Authored answers that the text-risk service finds risky: they are judged here, not on each turn."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from chatbot.backends.risk import HttpRiskService, RiskUnavailable, Verdict
from chatbot.backends.risk_guard import RiskGuard
from chatbot.config import EngineConfig
from chatbot.errors import PublishError
from chatbot.lint.base import Issue, Subject, WrittenAnswer, written_answers

SECONDS = 10.0
"""How long a hundred answers may take; nobody talks meanwhile."""


class RiskyAnswers:
    """An answer with a risk; where no service is configured, nothing is looked at."""

    name = "risky_answer"

    def run(self, subject: Subject) -> Iterator[Issue]:
        config = subject.config
        try:
            risky = risky_answers(config, subject.answers)
        except RiskUnavailable as error:
            yield Issue(
                "notice" if config.risk_fail_open else "fault", self.name, subject.shown(config.source), 0,
                _unchecked(error),
                "启动它，或检查 risk_service_url 和令牌",
            )  # fmt: skip
            return
        for answer, verdict in risky:
            message = _message(answer, verdict)
            yield Issue(
                "fault", self.name, answer.file, answer.line, message, "改写这个答案，或改风控服务的词表"
            )


def refuse_risky_answers(config: EngineConfig) -> None:
    """Hold a version back that has an answer with a risk.

    Raises:
        PublishError: it has; or nobody could judge it, and ``risk_fail_open`` is off.
    """
    try:
        risky = risky_answers(config, written_answers(config) if config.risk_service_url else ())
    except RiskUnavailable as error:
        if config.risk_fail_open:
            return
        raise PublishError(f"{_unchecked(error)} → 启动它再发布，或打开 risk_fail_open") from error
    for answer, verdict in risky:
        raise PublishError(f"{answer.file}:{answer.line}: {_message(answer, verdict)} → 改写后再发布")


def risky_answers(
    config: EngineConfig, answers: Sequence[WrittenAnswer]
) -> list[tuple[WrittenAnswer, Verdict]]:
    """Those of ``answers`` that have a risk; none where no service is configured.

    Raises:
        RiskUnavailable: nobody could judge them.
    """
    if not config.risk_service_url or not answers:
        return []
    with closing(HttpRiskService(config.risk_service_url, config.risk_service_token, SECONDS)) as service:
        guard = RiskGuard(service, config.risk_safe_label, config.risk_fail_open)
        risky = guard.risky(answer.text for answer in answers)
    return [(answer, risky[answer.text]) for answer in answers if answer.text in risky]


def _unchecked(error: RiskUnavailable) -> str:
    return f"风控服务没有答复（{error}），答案没有检查"


def _message(answer: WrittenAnswer, verdict: Verdict) -> str:
    words = f"，含有“{'、'.join(verdict.words)}”" if verdict.words else ""
    return f"“{answer.question}”的答案被判为{verdict.risk}{words}"
