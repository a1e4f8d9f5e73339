"""The audit log's hash chain: an entry's hash covers its content and the hash of the entry before.

So no entry can be changed, taken out or put in between without every later hash being wrong. Cutting off the end
leaves a valid, shorter chain: keep the last hash elsewhere and give it to ``verify``.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from chatbot.store.records import AuditRow

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds: how many entries, the last hash, and the first thing wrong."""

    count: int
    head: str
    problem: str = ""


def link(seq: int, at_ms: int, texts: tuple[str, str, str, str], previous: str) -> AuditRow:
    """The entry of ``texts`` (actor, action, subject, detail) after ``previous``."""
    content = json.dumps([seq, at_ms, *texts, previous], ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()
    return AuditRow(seq, at_ms, *texts, previous, digest)


def verify(entries: Iterable[AuditRow], *, head: str = "") -> Verdict:
    """Recompute the chain; ``head`` is a hash that must occur in it."""
    previous, count, seen = GENESIS, 0, not head
    for count, entry in enumerate(entries, 1):
        if entry.seq != count:
            return Verdict(count, previous, f"第 {count} 条缺失（找到的是第 {entry.seq} 条）")
        if entry.previous != previous:
            return Verdict(count, previous, f"第 {entry.seq} 条接不上前一条")
        wanted = link(
            entry.seq,
            entry.at_ms,
            (entry.actor, entry.action, entry.subject, entry.detail),
            previous,
        )
        if entry.hash != wanted.hash:
            return Verdict(count, previous, f"第 {entry.seq} 条的内容被改过")
        previous = entry.hash
        seen = seen or previous == head
    problem = "" if seen else f"记下的校验值 {head[:16]}… 不在链里：末尾被截断，或换了数据库"
    return Verdict(count, previous, problem)
