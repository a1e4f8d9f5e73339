"""The overview out of the store's turns."""

import time
from collections import Counter
from datetime import datetime, timedelta

from chatbot.store.base import Store
from chatbot.web.admin.promises import Latency
from chatbot.web.admin.values import Day, Overview

_DAY_MS = 86_400_000
_TURNS = 200_000
"""The trend reads that many turns at most, the latest; the totals beside it are then of these."""

_KINDS = {
    "answer": "answered", "chitchat": "small_talk", "clarify": "asked", "recommend": "asked", "fallback": "refused",
    "handoff": "handed_off",
}  # fmt: skip


class StoreTraffic:
    """A ``Traffic`` over the store. ``latency`` gives p50 and p99 in milliseconds, or ``None`` without turns."""

    def __init__(self, store: Store, latency: Latency) -> None:
        self._store, self._latency = store, latency

    def overview(self, days: int) -> Overview:
        """As promised; a day ends at midnight of the server's time zone."""
        today = datetime.now().replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=days - 1)
        since = int(first.timestamp() * 1000)
        counted: Counter[tuple[str, str]] = Counter()
        for turn in self._store.turns.since(since, _TURNS):
            date = time.strftime("%m-%d", time.localtime(turn.at_ms / 1000))
            counted[date, _KINDS.get(turn.answer_type, "answered")] += 1
        dates = [(first + timedelta(days=number)).strftime("%m-%d") for number in range(days)]
        kinds = tuple(dict.fromkeys(_KINDS.values()))
        rows = tuple(Day(date, **{kind: counted[date, kind] for kind in kinds}) for date in dates)
        totals = self._store.turns.counts(since)
        votes = Counter(row.vote for row in self._store.feedback.since(since, _TURNS))
        p50, p99 = self._latency() or (None, None)
        return Overview(
            rows,
            totals.sessions,
            totals.top_questions[:10],
            votes["up"],
            votes["down"],
            p50_ms=p50,
            p99_ms=p99,
        )
