"""待改进: groups of turns that did not help, each with its mends."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.learning.changes import (
    AddAttributeAlias,
    AddEntityAlias,
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    Change,
)
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render
from chatbot.web.admin.values import CaseGroup, Offer

_WORDINGS = 12


def index(desk: Desk) -> Response:
    """All open groups."""
    return render("cases.html", groups=desk.console.cases.groups())


def show(desk: Desk, group_id: str) -> Response:
    """One group and what can be done about it."""
    group = desk.console.cases.group(group_id)

    def offered(kind: str) -> Offer:
        return next((offer for offer in group.offers if offer.kind == kind), Offer("question"))

    return render("case.html", group=group, wordings=_wordings(group), offered=offered)


def accept(desk: Desk, group_id: str) -> Response:
    """Make the chosen mend a change; the group is taken care of once that is published."""
    group = desk.console.cases.group(group_id)
    changes = _changes()
    note = f"待改进：{group.title}"[:80]
    cases = tuple(one.case_id for one in group.examples)
    added = desk.console.desk.add(changes, desk.visitor.name, note, cases)
    return done(
        f"/admin/changes/{added.summary.set_id}",
        "已放进改动单，试算一下再发布。",
        "In the change set: prove it, then publish.",
    )


def ignore(desk: Desk, group_id: str) -> Response:
    """Never show the group again."""
    group = desk.console.cases.group(group_id)
    desk.console.cases.ignore(group, desk.visitor.name)
    return done("/admin/cases", f"已忽略“{group.title}”。", f"“{group.title}” is ignored.")


def _changes() -> list[Change]:
    kind, target, answer = field("kind"), field("target", 200), field("answer", 4000)
    texts = tuple(
        dict.fromkeys(
            line.strip()
            for text in request.form.getlist("text")
            for line in text.splitlines()
            if line.strip()
        )
    )[:_WORDINGS]
    if not target or not texts:
        raise InvalidChangeError("没有写完整 → 选好目标，并留至少一个说法")
    match kind:
        case "paraphrase":
            return [AddParaphrase(target, text) for text in texts]
        case "question":
            return [AddQuestion(target, texts, answer)]
        case "synonym":
            return [AddAttributeAlias(target, texts[0])]
        case "alias":
            return [AddEntityAlias(target, texts[0])]
        case "small_talk":
            return [AddSmallTalk(target, texts, answer)]
    raise InvalidChangeError(f"不认识的改法 {kind[:20]} → 从页面上选一种")


def _wordings(group: CaseGroup) -> list[str]:
    """What was said, each wording once, the typical one first."""
    return list(dict.fromkeys([group.title, *(one.sent.strip() for one in group.examples)]))[:_WORDINGS]
