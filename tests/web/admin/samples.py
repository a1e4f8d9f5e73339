"""What the console's fakes hold when a test fills them; some of it hostile."""

from chatbot.web.admin.knowledge import PlacedText, QuestionRow, QuestionView
from chatbot.web.admin.values import CaseExample, CaseGroup, Day, DiffLine, FileDiff, Offer, VersionRow
from chatbot.web.admin.works import LintRow, Proof, ProofExample, TrialProof

ATTACK = '<script>window.hacked=1</script>"><img src=x onerror=alert(1)>'

NOON = 1_795_694_400_000

BUSY_DAYS = (Day("11-25", 40, 3, 2, 1, 4), Day("11-26", 50, 6, 4, 2, 8))

GROUP = CaseGroup(
    "g1",
    "能带狗上车吗",
    3,
    2,
    ("unsure_1", "thumbs_down"),
    (
        CaseExample("c1", "t-1", "能带狗上车吗", "unsure_1", NOON),
        CaseExample("c2", "t-2", ATTACK, "thumbs_down", NOON),
    ),
    (Offer("paraphrase", "宠物能上车吗", score=0.61), Offer("synonym", "充电时间"), Offer("question")),
)

DIFF = FileDiff(
    "faq/questions/问上市时间",
    (DiffLine("same", "什么时候上市", 1, 1), DiffLine("added", ATTACK, 0, 2)),
    1,
    0,
)

PROOF = Proof(
    120, 3, 1, 2, (ProofExample("breaks", "老问法", "旧答案", "新答案", 4),),
    TrialProof(9, 0, 1, 2, (("breaks", "问题表.csv", f"多少钱{ATTACK}", "应有“27.6万”"),)),
)  # fmt: skip

QUESTION = QuestionView(
    QuestionRow("faq", 6, "问上市时间", 2, 1),
    (PlacedText("什么时候上市", "questions/问上市时间", 1), PlacedText(ATTACK, "questions/问上市时间", 2)),
    (PlacedText("2021 年 7 月。", "answers/通用", 3, "通用"),),
)

VERSIONS = (
    VersionRow("v2", NOON, "小王", "加相似问", live=True),
    VersionRow("v1", NOON, "小王", "发布前的文件", can_return=True),
)

FINDINGS = (
    LintRow("fault", "answers", "FAQ 说 525km，图谱是 480km", "answers/通用", 12, "改成 480km"),
    LintRow("notice", "paraphrases", ATTACK, "questions/甲", 3, "删掉一处"),
)
