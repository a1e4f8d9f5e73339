"""Bad cases out of the store, grouped; grouped anew only when they are others."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from chatbot.answering.knowledge import Knowledge
from chatbot.encoders.load import load_encoder
from chatbot.errors import NotThereError
from chatbot.learning import cases as learning
from chatbot.store.base import Store
from chatbot.store.records import BadCaseRow
from chatbot.web.admin.values import CaseExample, CaseGroup, Offer, OfferKind

MOST_CASES = 2_000
"""Grouped within a request: about a second. ``chatbot cases`` takes any number."""

_GROUPS, _COUNTED = 100, 1_000
_KINDS: dict[str, OfferKind] = {
    "paraphrase": "paraphrase", "question": "question", "synonym": "alias", "attribute_alias": "synonym",
    "small_talk": "small_talk",
}  # fmt: skip


class StoreCases:
    """A ``Cases`` over the store and the knowledge that is live."""

    def __init__(self, store: Store, knowledge: Callable[[], Knowledge], encoder: Path) -> None:
        self._store, self._knowledge, self._encoder = store, knowledge, encoder
        self._lock = threading.Lock()
        self._key: tuple[object, ...] = ()
        self._groups: tuple[CaseGroup, ...] = ()

    def groups(self) -> Sequence[CaseGroup]:
        """As promised."""
        rows, knowledge = self._store.cases.all("open", MOST_CASES), self._knowledge()
        key = (knowledge.version, *(row.case_id for row in rows))
        with self._lock:
            if key != self._key:
                found = learning.group_cases(rows, knowledge, load_encoder(self._encoder), most=_GROUPS)
                self._key, self._groups = key, tuple(map(_shown, found))
            return self._groups

    def group(self, group_id: str) -> CaseGroup:
        """As promised."""
        for group in self.groups():
            if group.group_id == group_id:
                return group
        raise NotThereError("这一组已经处理过了，或者有了新的说法 → 回到“待改进”再看")

    def open_count(self) -> int:
        """As promised."""
        return len(self._store.cases.all("open", _COUNTED))

    def ignore(self, group: CaseGroup, actor: str) -> None:
        """As promised."""
        self._store.cases.mark([one.case_id for one in group.examples], "ignored", f"忽略：{actor}")
        self._store.audit.append(actor, "ignore_cases", group.title, str(group.count))


def _shown(group: learning.CaseGroup) -> CaseGroup:
    offers = tuple(
        Offer(_KINDS[offer.kind], offer.target, group.title, offer.score or None)
        for offer in group.offers
        if offer.kind in _KINDS
    )
    return CaseGroup(
        hashlib.sha256(group.title.encode()).hexdigest()[:16],
        group.title,
        len(group.cases),
        group.sessions,
        tuple(dict.fromkeys(_reason(reason) for reason, _ in group.reasons)),
        tuple(map(_example, group.cases)),
        offers,
    )


def _example(row: BadCaseRow) -> CaseExample:
    return CaseExample(row.case_id, row.trace_id, row.sent, _reason(row.reason), row.at_ms)


def _reason(reason: str) -> str:
    """``unsure_2`` (a second time running) is ``unsure`` here."""
    return reason.rstrip("0123456789").rstrip("_")
