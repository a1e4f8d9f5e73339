"""词典: synonyms, aliases and the other word lists."""

from flask import Response, request

from chatbot.errors import InvalidChangeError
from chatbot.learning.changes import AddAttributeAlias, AddEntityAlias, Change, WriteLexicon
from chatbot.web.admin.door import Desk
from chatbot.web.admin.rendering import done, field, render

_KINDS = {"attribute_synonyms.txt": "attribute", "entity_aliases.txt": "entity"}
_MAX_FILE = 400_000


def index(desk: Desk) -> Response:
    """The files."""
    return render("lexicons.html", lexicons=desk.console.library.lexicons())


def show(desk: Desk, file: str) -> Response:
    """One of them; ``name`` fills the form in."""
    view = desk.console.library.lexicon(file)
    return render(
        "lexicon.html", view=view, kind=_KINDS.get(file, ""), name=request.args.get("name", "")[:100]
    )


def add_alias(desk: Desk, file: str) -> Response:
    """Put one more way to say a name into the change set."""
    name, alias = field("name", 200), field("alias", 60)
    if _KINDS.get(file) == "attribute":
        return _into_draft(desk, AddAttributeAlias(name, alias), f"“{name}”也叫“{alias}”")
    if _KINDS.get(file) == "entity":
        return _into_draft(desk, AddEntityAlias(name, alias), f"“{name}”也叫“{alias}”")
    raise InvalidChangeError(f"{file} 不是同义词表 → 在下面直接改整个文件")


def write(desk: Desk, file: str) -> Response:
    """Put the whole file anew into the change set."""
    desk.console.library.lexicon(file)
    text = request.form.get("text", "").replace("\r\n", "\n").replace("\0", "")[:_MAX_FILE]
    return _into_draft(desk, WriteLexicon(file, text), f"修改 {file}")


def _into_draft(desk: Desk, change: Change, note: str) -> Response:
    added = desk.console.desk.add([change], desk.visitor.name, note[:80])
    return done(
        f"/admin/changes/{added.summary.set_id}",
        "已放进改动单，试算一下再发布。",
        "In the change set: prove it, then publish.",
    )
