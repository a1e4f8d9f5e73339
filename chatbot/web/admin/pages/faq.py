"""问答: standard questions, their paraphrases and answers."""

from collections.abc import Sequence

from flask import Response, request

from chatbot.errors import InvalidChangeError, NotThereError
from chatbot.faq_modules.answers import GENERAL
from chatbot.learning.changes import (
    AddParaphrase,
    AddQuestion,
    AddSmallTalk,
    Change,
    RemoveAnswer,
    RemoveParaphrase,
    RemoveSmallTalk,
    SetAnswer,
    SetSmallTalkAnswer,
)
from chatbot.web.admin.door import Desk
from chatbot.web.admin.knowledge import QuestionView
from chatbot.web.admin.rendering import done, field, render
from chatbot.web.admin.values import Corpus

ROWS = 50


def index(desk: Desk) -> Response:
    """The list, searched and paged."""
    searched = request.args.get("q", "")[:100].strip()
    found = desk.console.library.questions(searched)
    pages = max(1, -(-len(found) // ROWS))
    page = min(max(request.args.get("page", 1, type=int) or 1, 1), pages)
    rows = found[(page - 1) * ROWS : page * ROWS]
    return render("faq.html", q=searched, rows=rows, total=len(found), page=page, pages=pages)


def show(desk: Desk, corpus: str, label: int) -> Response:
    """One standard question."""
    view = desk.console.library.question(_corpus(corpus), label)
    return render("question.html", view=view, general=any(one.owner == GENERAL for one in view.answers))


def new(desk: Desk) -> Response:
    """The form of a new one."""
    return render("question_new.html")


def create(desk: Desk) -> Response:
    """Put a new one into the change set; it is itself one of its paraphrases."""
    question, answer = field("question", 120), field("answer", 4000)
    texts = tuple(dict.fromkeys([question, *_lines(field("text", 8000))]))
    change: Change = (
        AddSmallTalk(question, texts, answer)
        if field("corpus") == "talk"
        else AddQuestion(question, texts, answer)
    )
    return _into_draft(desk, [change], f"新建“{question}”")


def edit(desk: Desk, corpus: str, label: int) -> Response:
    """Put one edit of the page into the change set."""
    view = desk.console.library.question(_corpus(corpus), label)
    changes = _edits(view)
    return _into_draft(desk, changes, f"修改“{view.row.text}”")


def _edits(view: QuestionView) -> list[Change]:
    action, text, question = field("action"), field("text", 8000), view.row.text
    talk = view.row.corpus == "talk"
    if action == "paraphrase":
        lines = _lines(text)
        return [AddSmallTalk(question, lines)] if talk else [AddParaphrase(question, one) for one in lines]
    if action == "remove":
        return [RemoveSmallTalk(question, text) if talk else RemoveParaphrase(question, text)]
    if action == "answer":
        owner = field("owner", 200)
        return [_answer(question, "" if owner == GENERAL else owner, text, talk)]
    raise InvalidChangeError(f"不认识的操作 {action[:20]} → 用页面上的按钮")


def _answer(question: str, entity: str, text: str, talk: bool) -> Change:
    """An empty text takes the answer out; small talk always has one."""
    if talk:
        return SetSmallTalkAnswer(question, text)
    return SetAnswer(question, text, entity) if text else RemoveAnswer(question, entity)


def _into_draft(desk: Desk, changes: Sequence[Change], note: str) -> Response:
    added = desk.console.desk.add(changes, desk.visitor.name, note[:80])
    return done(
        f"/admin/changes/{added.summary.set_id}",
        "已放进改动单，试算一下再发布。",
        "In the change set: prove it, then publish.",
    )


def _corpus(name: str) -> Corpus:
    if name == "faq":
        return "faq"
    if name == "talk":
        return "talk"
    raise NotThereError(f"没有 {name[:20]} 这一类 → faq 或 talk")


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
