"""From a change set to a live version and back: proven, atomic, nothing lost."""

import json
import threading
import time
from pathlib import Path

import pytest

from chatbot.app import open_replayer
from chatbot.config import EngineConfig
from chatbot.derived import derived_version
from chatbot.errors import ChatbotError, InvalidChangeError, PublishError
from chatbot.knowledge_graph.loader import read_graph_files
from chatbot.knowledge_graph.snapshot import SNAPSHOTS
from chatbot.learning.changes import AddAttributeAlias, AddParaphrase, AddQuestion, SetAnswer
from chatbot.learning.layout import Layout
from chatbot.learning.proposals import Ground, Proposals
from chatbot.learning.replay import Replayer
from chatbot.learning.versions import Versions
from chatbot.publish_lock import reading
from chatbot.store.chain import verify
from chatbot.store.records import RunRow
from chatbot.store.sql_store import SqlStore
from tests.learning.conftest import Talk

PETS = AddQuestion(
    "可以带宠物试驾吗", ("试驾能带狗吗", "能带猫试驾吗", "可以带宠物去试驾吗"), "可以，请先告诉顾问。"
)
ALIAS = AddAttributeAlias("轴距(mm)", "前后轮子间距")
ASKED = "标准续航升级版前后轮子间距是多少"


def live_graph(config: EngineConfig) -> str:
    return read_graph_files(config.knowledge_graph_data_dir).version


def worked_out(config: EngineConfig) -> set[str]:
    """The versions of graph and lexicons that the next start need not work out."""
    return {file.name.removeprefix("derived-") for file in (config.state_dir / SNAPSHOTS).glob("derived-*")}


def prepared(proposals: Proposals, replayer: Replayer, store: SqlStore) -> str:
    """A proven proposal that mends a bad case; its id."""
    talk = Talk(replayer, store, "s")
    talk.say("怎么预约试驾")
    talk.say("试驾能带狗吗")
    cases = [case.case_id for case in store.cases.all("open", 9)]
    row = proposals.propose([PETS, ALIAS], author="小王", note="带宠物试驾", cases=cases)
    proof = proposals.prove(row.proposal_id)
    assert (proof.report.turns, proof.report.broken) == (2, 0)
    assert proof.report.fixed >= 1
    assert "faq/questions/可以带宠物试驾吗" in proof.files and "lexicon/attribute_synonyms.txt" in proof.files
    return row.proposal_id


def test_a_proposal_is_proven_published_and_rolled_back_and_all_of_it_is_in_the_audit_log(
    proposals: Proposals,
    replayer: Replayer,
    store: SqlStore,
    config: EngineConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = Layout(config).hashes()
    proposal = prepared(proposals, replayer, store)
    assert Layout(config).hashes() == before  # nothing is live yet
    monkeypatch.setattr(proposals, "_rebuild", lambda config: pytest.fail("it was built for the proof"))
    version = proposals.publish(proposal, author="小李")
    assert derived_version(live_graph(config), config.lexicon_dir) in worked_out(config)
    live = open_replayer(config)
    assert live.version == version.kb_version != replayer.version
    assert live.say("试驾能带狗吗").answer == "可以，请先告诉顾问。"
    assert "2890" in live.say(ASKED).answer
    assert not store.cases.all("open", 9) and len(store.cases.all("solved", 9)) == 1
    assert [one.note for one in proposals.versions.all()] == ["带宠物试驾", "发布前的文件"]
    changed = {one.key: one for one in proposals.diff("v1", "v2")}
    assert "+[可以带宠物试驾吗]\t可以，请先告诉顾问。" in changed["faq/answers/通用"].text
    back = proposals.rollback(author="小李")
    assert Layout(config).hashes() == before and back.files == before
    assert open_replayer(config).version == replayer.version
    with pytest.raises(PublishError, match="没有更早的版本"):
        proposals.rollback(author="小李")
    assert [entry.action for entry in store.audit.entries()] == ["propose", "publish", "rollback"]
    assert verify(store.audit.entries()).problem == ""


def test_any_version_can_be_gone_back_to_and_left_again(proposals: Proposals, config: EngineConfig) -> None:
    file = config.faq_data_dir / "answers" / "通用"
    contents = [file.read_text().replace("2000元", price) for price in ("2100元", "2200元", "2300元")]
    for content in contents:
        file.write_text(content)
        proposals.publish_files(author="小王", note="改价")
    assert [one.name for one in proposals.versions.all()] == ["v4", "v3", "v2", "v1"]
    back = proposals.rollback(author="小李", to="v2")
    assert (back.name, back.parent, file.read_text()) == ("v5", "v1", contents[0])
    assert proposals.rollback(author="小李", to="v4").name == "v6" and file.read_text() == contents[2]
    assert proposals.rollback(author="小李").name == "v7" and file.read_text() == contents[1]
    with pytest.raises(PublishError, match="没有版本 v99"):
        proposals.rollback(author="小李", to="v99")
    with pytest.raises(PublishError, match="不是版本号"):
        proposals.rollback(author="小李", to="../v1")
    with pytest.raises(PublishError, match="就是正在用的版本"):
        proposals.rollback(author="小李", to="v7")


def test_a_proof_says_which_tests_a_change_mends_and_which_it_breaks(
    proposals: Proposals, store: SqlStore, config: EngineConfig, tmp_path: Path
) -> None:
    sheet, script = config.state_dir / "tests" / "q.csv", tmp_path / "talk.yaml"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("question,expected\n试驾能带狗吗,可以，请先\n您好,没有这样的答复\n", encoding="utf-8")
    script.write_text(
        "- name: 预约\n  turns:\n    - say: 怎么预约试驾\n      expect: {answer_contains: [预约]}\n"
        "- name: 价格\n  turns:\n    - say: 怎么预约试驾\n      expect: {answer_type: answer}\n",
        encoding="utf-8",
    )
    store.test_runs.add(RunRow("r", 1, str(script), "v", 2, 0, "{}"))
    store.test_runs.add(RunRow("gone", 1, str(tmp_path / "gone.csv"), "v", 2, 0, "{}"))
    changes = [
        AddQuestion("可以带宠物试驾吗", ("试驾能带狗吗",), "可以，请先告诉顾问。"),
        SetAnswer("怎么预约试驾", "打电话就行。"),
    ]
    row = proposals.propose(changes, author="小王", note="")
    broken_file = tmp_path / "no.csv"
    broken_file.write_text("a,b\n")
    proof = proposals.prove(row.proposal_id, Ground(tests=(broken_file, sheet)))
    found = proof.tests
    assert (found.files, found.cases, found.fixed, found.broken, found.failing) == (2, 4, 1, 1, 1)
    assert [(one.change, one.file, one.name) for one in found.examples] == [
        ("broken", "talk.yaml", "预约"),
        ("fixed", "q.csv", "试驾能带狗吗 → 可以，请先"),
    ]
    assert "no.csv" in found.unread[0] and proof.breaks == 1
    stored = store.proposals.get(row.proposal_id)
    assert stored is not None and json.loads(stored.proof)["tests"]["broken"] == 1


def test_what_was_not_proven_or_was_changed_since_is_not_published(
    proposals: Proposals, replayer: Replayer, store: SqlStore, config: EngineConfig
) -> None:
    draft = proposals.propose([ALIAS], author="小王", note="")
    with pytest.raises(PublishError, match="还没有证明"):
        proposals.publish(draft.proposal_id, author="小王")
    proposals.prove(draft.proposal_id)
    file = config.faq_data_dir / "answers" / "通用"
    file.write_text(file.read_text().replace("2000元", "3000元"))
    with pytest.raises(PublishError, match="在证明之后被改过"):
        proposals.publish(draft.proposal_id, author="小王")
    assert proposals.versions.current() is None


def test_a_proposal_that_cannot_be_made_is_refused_at_once(proposals: Proposals, store: SqlStore) -> None:
    with pytest.raises(InvalidChangeError):
        proposals.propose([AddParaphrase("没有这个标准问", "x")], author="小王", note="")
    assert store.proposals.all(9) == []
    with pytest.raises(PublishError, match="没有提案"):
        proposals.prove("unknown")


def test_what_was_edited_by_hand_is_published_with_its_index_and_can_be_rolled_back(
    proposals: Proposals, config: EngineConfig
) -> None:
    file = config.faq_data_dir / "questions" / "怎么预约试驾"
    file.write_text(file.read_text() + "我要去店里溜一圈新车\n")
    version = proposals.publish_files(author="小王", note="加问法")
    assert "我要去店里溜一圈新车" in config.pretrained_feature_vectors_path.read_text()
    assert proposals.versions.current() == version and proposals.versions.unpublished() == []
    file.write_text(file.read_text() + "还没发布的\n")
    assert [one.key for one in proposals.versions.unpublished()] == ["faq/questions/怎么预约试驾"]
    with pytest.raises(PublishError, match="先 chatbot publish"):
        proposals.rollback(author="小王")


def test_files_that_do_not_load_are_not_published(proposals: Proposals, config: EngineConfig) -> None:
    file = next(config.knowledge_graph_data_dir.glob("*.json"))
    file.write_text("{")
    with pytest.raises(ChatbotError):
        proposals.publish_files(author="小王", note="")
    assert proposals.versions.current() is None


def test_a_swap_that_a_crash_cut_short_is_completed_at_the_next_start(
    proposals: Proposals, config: EngineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chatbot.learning.versions as module

    real, left = module.os.replace, [2]

    def crash(source: Path, target: Path) -> None:
        if ".v" in Path(source).name and not str(source).endswith(".tmp"):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        real(source, target)

    draft = proposals.propose([PETS, ALIAS], author="小王", note="")
    proposals.prove(draft.proposal_id)
    monkeypatch.setattr(module.os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        proposals.publish(draft.proposal_id, author="小王")
    monkeypatch.setattr(module.os, "replace", real)
    assert (config.versions_dir / "pending").exists()
    versions = Versions(Layout(config))
    assert versions.finish_interrupted() == "v2"
    current = versions.current()
    assert current is not None and dict(current.files) == Layout(config).hashes()
    assert open_replayer(config).version == current.kb_version
    assert not [path for path in config.faq_data_dir.rglob(".*.v2")]
    assert versions.finish_interrupted() == ""


def test_a_disk_that_is_full_leaves_what_is_live_as_it_was(
    proposals: Proposals, config: EngineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    import chatbot.learning.versions as module

    before = Layout(config).hashes()
    draft = proposals.propose([PETS], author="小王", note="")
    proposals.prove(draft.proposal_id)
    real = module._put

    def full(path: Path, content: bytes) -> None:
        if path.name.endswith(".v2"):
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(module, "_put", full)
    with pytest.raises(PublishError, match="No space left"):
        proposals.publish(draft.proposal_id, author="小王")
    assert Layout(config).hashes() == before
    assert not list(config.faq_data_dir.rglob(".*.v2"))


def test_readers_never_see_half_of_a_version(proposals: Proposals, config: EngineConfig) -> None:
    """Twenty swaps while another thread reads two files that change together."""
    answers, talk = config.faq_data_dir / "answers" / "通用", config.faq_data_dir / "dev.csv"
    kept = []
    for number in range(2):
        for file in (answers, talk):
            file.write_text(f"{number}\n")
        kept.append(
            proposals.versions.keep(Layout(config), parent="", author="", note="", kb_version=str(number))
        )
    seen, done = [], threading.Event()

    def read() -> None:
        while not done.is_set():
            with reading(config.versions_dir):
                seen.append((answers.read_text(), talk.read_text()))
            time.sleep(0.0005)

    reader = threading.Thread(target=read)
    proposals.versions.install(kept[0])
    reader.start()
    for number in range(20):
        proposals.versions.install(kept[(number + 1) % 2])
    done.set()
    reader.join()
    assert {one for one in seen} <= {("0\n", "0\n"), ("1\n", "1\n")} and len(seen) > 5


def test_an_answer_alone_needs_no_rebuild(proposals: Proposals, config: EngineConfig) -> None:
    before = config.pretrained_feature_vectors_path.read_bytes()
    draft = proposals.propose([SetAnswer("怎么预约试驾", "打电话。")], author="小王", note="")
    proof = proposals.prove(draft.proposal_id)
    assert proof.files == ("faq/answers/通用",)
    proposals.publish(draft.proposal_id, author="小王")
    assert config.pretrained_feature_vectors_path.read_bytes() == before
    assert json.loads((config.versions_dir / "v2.json").read_text())["note"] == ""
