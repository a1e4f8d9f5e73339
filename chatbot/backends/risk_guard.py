"""What is done with the verdicts of the text-risk service: a message is passed on or refused, many texts are looked through."""

import logging
from collections.abc import Callable, Iterable

from chatbot.backends.risk import RiskService, RiskUnavailable, Verdict
from chatbot.frozen import dataclass
from chatbot.reply import Message, Reply

_TEXTS_AT_ONCE = 100
_LOG = logging.getLogger("chatbot.risk")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is not passed on. ``judged`` is false when nobody could judge it."""

    why: str
    judged: bool = True


class RiskGuard:
    """Lets pass what the service finds safe; what nobody can judge, as configured."""

    def __init__(self, service: RiskService, safe: str, fail_open: bool) -> None:
        self._service, self._safe, self._fail_open = service, safe, fail_open

    def refusal(self, text: str) -> Refusal | None:
        """Why ``text`` must not be passed on; ``None`` when it may. Never raises."""
        if not text.strip():
            return None
        try:
            (verdict,) = self._service.judge([text])
        except RiskUnavailable as error:
            _LOG.warning(
                "risk service: %s; the message is %s", error, "let pass" if self._fail_open else "refused"
            )
            return None if self._fail_open else Refusal("risk service unavailable", judged=False)
        if verdict.risk == self._safe:
            return None
        _LOG.info("message refused for risk: %s", verdict.risk)
        return Refusal(f"risk: {verdict.risk}")

    def risky(self, texts: Iterable[str]) -> dict[str, Verdict]:
        """Of many texts those with a risk, by text.

        Raises:
            RiskUnavailable: nobody could judge them.
        """
        wanted = [text for text in dict.fromkeys(texts) if text.strip()]
        found: dict[str, Verdict] = {}
        for at in range(0, len(wanted), _TEXTS_AT_ONCE):
            batch = wanted[at : at + _TEXTS_AT_ONCE]
            verdicts = zip(batch, self._service.judge(batch), strict=True)
            found |= {text: verdict for text, verdict in verdicts if verdict.risk != self._safe}
        return found


def guarded_turn(
    turn: Callable[[Message], Reply],
    guard: RiskGuard,
    said: tuple[str, str],
) -> Callable[[Message], Reply]:
    """``turn`` for the messages that ``guard`` lets pass; the others never reach the dialogue, nothing is remembered.

    ``said`` is what is answered to a risk, and to what could not be judged. ``why`` of the reply says which it was.
    """

    def guarded(message: Message) -> Reply:
        refusal = guard.refusal(message.sent)
        if refusal is None:
            return turn(message)
        answer = said[0] if refusal.judged else said[1]
        return Reply(answer, "fallback", "none", "exception", why=refusal.why)

    return guarded
