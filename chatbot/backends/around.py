"""The predict sub-services that a configuration names, put around a turn: risk first, then pictures."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing

from chatbot.answering.knowledge import Knowledge
from chatbot.backends.picture_service import HttpPictureService
from chatbot.backends.pictures import PictureRules, Pictures, read_picture_labels
from chatbot.backends.risk import HttpRiskService
from chatbot.backends.risk_guard import RiskGuard, guarded_turn
from chatbot.config import EngineConfig
from chatbot.messages import RISK_UNCHECKED, SENSITIVE
from chatbot.reply import Message, Reply

Turn = Callable[[Message], Reply]


class Backends:
    """Clients of the services; nothing is connected before the first call, and nothing is made where none is named."""

    def __init__(self, config: EngineConfig, knowledge: Callable[[], Knowledge]) -> None:
        """Raises ``DataError`` for labels that cannot be read."""
        self._config, self._knowledge = config, knowledge
        self._open = ExitStack()
        self._pictures = self._build_pictures() if config.image_service_url else None
        self._guard = self._build_guard() if config.risk_service_url else None

    def around(self, turn: Turn) -> Turn:
        """``turn`` behind what is configured."""
        if self._pictures:
            turn = self._pictures.seeing(turn)
        if self._guard:
            said = (self._config.risk_refusal_text or SENSITIVE, RISK_UNCHECKED)
            turn = guarded_turn(turn, self._guard, said)
        return turn

    def close(self) -> None:
        """Let connections and threads go."""
        self._open.close()

    def _build_guard(self) -> RiskGuard:
        config = self._config
        seconds = config.risk_timeout_ms / 1000
        service = HttpRiskService(config.risk_service_url, config.risk_service_token, seconds)
        self._open.enter_context(closing(service))
        return RiskGuard(service, config.risk_safe_label, config.risk_fail_open)

    def _build_pictures(self) -> Pictures:
        config, risk = self._config, None
        service = self._picture_service("image_service")
        if config.image_risk_service_url:
            risk = self._picture_service("image_risk_service")
        rules = PictureRules(
            names=read_picture_labels(config.image_labels) if config.image_labels else {},
            sure=config.image_confidence_threshold,
            safe=config.image_risk_safe_label,
            risk_fail_open=config.risk_fail_open,
            refusal_text=config.risk_refusal_text,
        )
        return Pictures(service, risk, rules, self._knowledge)

    def _picture_service(self, setting: str) -> HttpPictureService:
        url, token = getattr(self._config, f"{setting}_url"), getattr(self._config, f"{setting}_token")
        service = HttpPictureService(url, token, self._config.image_timeout_ms / 1000, f"{setting}_url")
        opened: AbstractContextManager[HttpPictureService] = closing(service)
        return self._open.enter_context(opened)
