"""Every promise of the console kept in memory; ``done`` of a fake holds what was asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from chatbot.errors import NotThereError
from chatbot.learning.changes import Change
from chatbot.reply import Message
from chatbot.security.roles import Role
from chatbot.web.admin.adapters.described import described
from chatbot.web.admin.knowledge import (
    AttributeRow,
    EntityRow,
    EntityView,
    LexiconView,
    QuestionRow,
    QuestionView,
)
from chatbot.web.admin.promises import Console, Tried
from chatbot.web.admin.values import (
    AuditEntry,
    AuditPage,
    CaseGroup,
    ChangeSet,
    ChangeSummary,
    Corpus,
    Day,
    FileDiff,
    InboxMessage,
    InboxThread,
    Overview,
    Person,
    TokenInfo,
    VersionRow,
)
from chatbot.web.admin.works import Checkup, LintRow, Proof, TrialCase, TrialRun, TrialWork, Work
from tests.fakes import FakeChatService
from tests.web.admin.samples import ATTACK, DIFF, NOON, PROOF, QUESTION


class FakeTraffic:
    def __init__(self, days: tuple[Day, ...] = ()) -> None:
        self.days = days

    def overview(self, days: int) -> Overview:
        top = (("怎么预约试驾", 9), (ATTACK, 1)) if self.days else ()
        return Overview(self.days, 31, top, 5, 2, 1.25, 9.5)


class FakeCases:
    def __init__(self, *groups: CaseGroup) -> None:
        self.found = list(groups)
        self.ignored: list[str] = []

    def groups(self) -> Sequence[CaseGroup]:
        return self.found

    def group(self, group_id: str) -> CaseGroup:
        for group in self.found:
            if group.group_id == group_id:
                return group
        raise NotThereError("这一组已经处理过了")

    def open_count(self) -> int:
        return sum(group.count for group in self.found)

    def ignore(self, group: CaseGroup, actor: str) -> None:
        self.found.remove(group)
        self.ignored.append(f"{actor} {group.group_id}")


class FakeDesk:
    """``changes`` are those of the open draft."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.cases: tuple[str, ...] = ()
        self.proof: Proof | None = None
        self.faults: tuple[str, ...] = ()
        self.status = "none"
        self.version = ""
        self.work: Work | None = None

    def draft(self) -> ChangeSummary | None:
        return self.get("s1").summary if self.status in ("draft", "proved") else None

    def all(self) -> Sequence[ChangeSummary]:
        return [] if self.status == "none" else [self.get("s1").summary]

    def get(self, set_id: str) -> ChangeSet:
        if set_id != "s1" or self.status == "none":
            raise NotThereError(f"没有改动单 {set_id}")
        summary = ChangeSummary("s1", "小王", NOON, "修改", self.status, len(self.changes), self.version)  # type: ignore[arg-type]
        changes = tuple(map(described, self.changes))
        return ChangeSet(summary, changes, (DIFF,), self.proof, self.faults, self.work)

    def add(self, changes: Sequence[Change], author: str, note: str, cases: Sequence[str] = ()) -> ChangeSet:
        self.changes += changes
        self.cases, self.status, self.proof = tuple(cases), "draft", None
        return self.get("s1")

    def drop(self, set_id: str, number: int) -> ChangeSet:
        del self.changes[number]
        return self.get(set_id)

    def prove(self, set_id: str, actor: str = "小王") -> None:
        self.proof, self.status = PROOF, "proved"

    def publish(self, set_id: str, actor: str) -> None:
        self.status, self.version = "published", "v3"

    def reject(self, set_id: str, actor: str) -> None:
        self.status = "rejected"


class FakeLibrary:
    def questions(self, search: str = "") -> Sequence[QuestionRow]:
        row = QUESTION.row
        return [row, replace(row, label=7, text="没有答案的问题", answers=0)] if search in row.text else []

    def question(self, corpus: Corpus, label: int) -> QuestionView:
        if label != 6:
            raise NotThereError(f"没有编号 {label} 的标准问")
        return replace(QUESTION, row=replace(QUESTION.row, corpus=corpus))

    def entities(self, search: str = "") -> Sequence[EntityRow]:
        return [EntityRow("某车 A 型号", ("某车", "A 型号"), 2, "某车 A 型号.json")]

    def entity(self, name: str) -> EntityView:
        if name != "某车 A 型号":
            raise NotThereError(f"图谱里没有“{name}”")
        values = ((("属性", "最高车速(km/h)"), "205"), (("配置", "空调"), "自动"))
        return EntityView(self.entities()[0], values)

    def attributes(self) -> Sequence[AttributeRow]:
        return [
            AttributeRow("属性", "属性", 1, False, 1),
            AttributeRow("属性/最高车速(km/h)", "最高车速(km/h)", 2, True, 1, ("205",), ("极速",)),
        ]

    def path(self, joined: str) -> tuple[str, ...]:
        return (
            ("属性", "最高车速(km/h)")
            if joined == "属性/最高车速(km/h)"
            else tuple(filter(None, joined.split("/")))
        )

    def lexicons(self) -> Sequence[LexiconView]:
        return [LexiconView("attribute_synonyms.txt", "table", "属性同义词表", (), "价格\t多少钱\n")]

    def lexicon(self, file: str) -> LexiconView:
        if file != "attribute_synonyms.txt":
            raise NotThereError(f"词典目录里没有 {file}")
        return self.lexicons()[0]

    def suggest(self, kind: str, typed: str, limit: int = 8) -> Sequence[str]:
        return [f"{kind}:{typed}"]


@dataclass
class FakeTrials:
    uploads: list[tuple[str, bytes | None]] = field(default_factory=list)
    going: TrialWork | None = None

    def files(self) -> Sequence[str]:
        return ["考题.csv"] if self.uploads else []

    def start(self, name: str, actor: str, content: bytes | None = None) -> str:
        self.uploads.append((name, content))
        return "w1"

    def work(self, job_id: str = "") -> TrialWork | None:
        return self.going

    def history(self) -> Sequence[TrialRun]:
        return [self.get("r1")] if self.uploads else []

    def get(self, run_id: str) -> TrialRun:
        if run_id != "r1":
            raise NotThereError("没有这次测试的结果")
        cases = (
            TrialCase("问甲 → 甲", "", "failed"),
            TrialCase("问乙 → 乙", "应答“乙”，实际是“丙”", "passed"),
        )
        return TrialRun("r1", NOON, "考题.csv", "abc123", 1, 1, cases)


@dataclass
class FakeVersions:
    rows: tuple[VersionRow, ...] = ()
    rolled_back: str = ""

    def all(self) -> Sequence[VersionRow]:
        return self.rows

    def diff(self, old: str, new: str) -> Sequence[FileDiff]:
        return [DIFF]

    def roll_back(self, version: str, actor: str) -> None:
        self.rolled_back = version


@dataclass
class FakeExchange:
    changes: tuple[Change, ...] = ()
    read_names: list[str] = field(default_factory=list)

    def export(self, form: str) -> bytes:
        if form not in ("faq.csv", "files.zip"):
            raise NotThereError(f"没有 {form}")
        return form.encode()

    def read(self, name: str, content: bytes) -> Sequence[Change]:
        self.read_names.append(name)
        return self.changes


class FakeChecker:
    def __init__(self) -> None:
        self.found: Sequence[LintRow] = ()
        self.at_ms = 0
        self.stale = False
        self.work: Work | None = None
        self.started: list[str] = []

    def last(self) -> Checkup:
        return Checkup(tuple(self.found), self.at_ms, self.stale, self.work)

    def start(self, actor: str) -> None:
        self.started.append(actor)
        self.at_ms = NOON


class FakeWorks:
    def __init__(self) -> None:
        self.known: dict[str, Work] = {}

    def get(self, job_id: str) -> Work:
        if job_id not in self.known:
            raise NotThereError(f"没有任务 {job_id}")
        return self.known[job_id]


class FakeTalk:
    def ask(self, sent: str, session_id: str) -> Tried:
        reply, explanation = FakeChatService().explained(Message(sent, session_id, "t"))
        return Tried(sent, reply, explanation, 1.5)


@dataclass
class FakeInbox:
    said: list[InboxMessage] = field(default_factory=list)
    handed_back: str = ""

    def threads(self) -> Sequence[InboxThread]:
        return (
            [InboxThread("s-1", NOON, self.said[-1].text, True)] if self.said and not self.handed_back else []
        )

    def messages(self, session_id: str) -> Sequence[InboxMessage]:
        if session_id != "s-1":
            raise NotThereError("没有这段对话")
        return self.said

    def say(self, session_id: str, text: str, actor: str) -> None:
        self.said.append(InboxMessage("agent", text, NOON, actor))

    def hand_back(self, session_id: str, actor: str) -> None:
        self.handed_back = session_id


@dataclass
class FakePeople:
    found: list[Person] = field(default_factory=lambda: [Person("u1", "小王", "admin", NOON)])
    issued: list[TokenInfo] = field(default_factory=list)

    def people(self) -> Sequence[Person]:
        return self.found

    def tokens(self) -> Sequence[TokenInfo]:
        return self.issued

    def add_person(self, name: str, role: Role, password: str, actor: str) -> None:
        self.found.append(Person(f"u{len(self.found) + 1}", name, role, NOON))

    def set_disabled(self, user_id: str, disabled: bool, actor: str) -> None:
        self.found = [
            replace(one, disabled=disabled) if one.user_id == user_id else one for one in self.found
        ]

    def add_token(self, user_id: str, label: str, days: int, actor: str) -> str:
        self.issued.append(TokenInfo("t9", "小王", label, "admin", NOON, NOON + days))
        return "cbt_geheim"

    def revoke(self, token_id: str, actor: str) -> None:
        self.issued = [replace(one, revoked=True) if one.token_id == token_id else one for one in self.issued]


@dataclass
class FakeAudit:
    entries: tuple[AuditEntry, ...] = ()
    problem: str = ""

    def page(self, before: int = 0, limit: int = 50) -> AuditPage:
        return AuditPage(self.entries, len(self.entries), "f" * 64, self.problem)


@dataclass
class Fakes:
    """The fakes of one console, empty unless a test fills them."""

    traffic: FakeTraffic = field(default_factory=FakeTraffic)
    cases: FakeCases = field(default_factory=FakeCases)
    desk: FakeDesk = field(default_factory=FakeDesk)
    library: FakeLibrary = field(default_factory=FakeLibrary)
    trials: FakeTrials = field(default_factory=FakeTrials)
    versions: FakeVersions = field(default_factory=FakeVersions)
    exchange: FakeExchange = field(default_factory=FakeExchange)
    checker: FakeChecker = field(default_factory=FakeChecker)
    works: FakeWorks = field(default_factory=FakeWorks)
    talk: FakeTalk = field(default_factory=FakeTalk)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    people: FakePeople = field(default_factory=FakePeople)
    audit: FakeAudit = field(default_factory=FakeAudit)

    def console(self) -> Console:
        return Console(**{name: getattr(self, name) for name in Console.__slots__})
