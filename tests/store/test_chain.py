"""The audit chain: whatever is changed in it shows."""

from dataclasses import replace

import pytest

from chatbot.store.chain import GENESIS, link, verify
from chatbot.store.records import AuditRow


def chain(length: int) -> list[AuditRow]:
    entries: list[AuditRow] = []
    for number in range(1, length + 1):
        previous = entries[-1].hash if entries else GENESIS
        entries.append(link(number, 1000 + number, ("小王", "publish", f"v{number}", ""), previous))
    return entries


def test_an_untouched_chain_holds_and_names_its_head() -> None:
    entries = chain(4)
    assert verify(entries) == verify(entries, head=entries[2].hash)
    assert (verify(entries).count, verify(entries).head, verify(entries).problem) == (4, entries[-1].hash, "")
    assert verify([]).head == GENESIS


@pytest.mark.parametrize("field", ["at_ms", "actor", "action", "subject", "detail"])
def test_a_changed_field_is_found(field: str) -> None:
    entries = chain(4)
    value = 7 if field == "at_ms" else "另一个"
    entries[1] = replace(entries[1], **{field: value})  # type: ignore[arg-type]
    assert "第 2 条" in verify(entries).problem


def test_an_entry_taken_out_put_in_or_moved_is_found() -> None:
    entries = chain(4)
    assert verify([entries[0], *entries[2:]]).problem
    assert verify([*entries[:2], entries[1], *entries[2:]]).problem
    assert verify([entries[1], entries[0], *entries[2:]]).problem
    rewritten = link(2, 1002, ("小王", "publish", "v9", ""), entries[0].hash)
    assert "第 3 条接不上" in verify([entries[0], rewritten, *entries[2:]]).problem


def test_a_cut_end_is_found_by_a_head_that_was_written_down() -> None:
    entries = chain(4)
    assert verify(entries[:3]).problem == ""
    assert "截断" in verify(entries[:3], head=entries[3].hash).problem
