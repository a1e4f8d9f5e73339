"""Type-ahead against a brute force that says in plain loops what it promises."""

import itertools
import random
from collections.abc import Iterator

import pytest

from chatbot.answering.type_ahead import Attributes, LazyTypeAhead, TextIndex, TypeAhead, spellings
from chatbot.normalization.pinyin import readings
from chatbot.normalization.text import has_han

_CHARS = "车价格保养续航里程长行重调充电时间多久少钱能不吗呢试驾q5x7a"


def random_texts(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(_CHARS, k=rng.randint(1, 9))) for _ in range(count)]


def brute_force(texts: list[str], query: str) -> list[int]:
    """Each text by its best rank; six ranks, in each the order of the texts."""

    def ranks(text: str) -> Iterator[bool]:
        spelled = list(spellings(text))
        letters = "".join(readings(char)[0] for char in query)
        spells = letters.isascii() and not query.isdigit()
        latin = spells and not has_han(query)
        tails = ["".join(way[start:]) for way in spelled for start in range(len(way))]
        initials = ["".join(syllable[0] for syllable in way) for way in spelled]
        yield text.startswith(query)
        yield query in text
        yield spells and any("".join(way).startswith(letters) for way in spelled)
        yield latin and any(firsts.startswith(letters) for firsts in initials)
        yield spells and any(tail.startswith(letters) for tail in tails)
        yield latin and len(letters) > 1 and any(letters in firsts for firsts in initials)

    table = [list(ranks(text)) for text in texts]
    hits = [place for rank in range(6) for place, row in enumerate(table) if row[rank]]
    return list(dict.fromkeys(hits))


@pytest.mark.parametrize("seed", range(4))
def test_the_index_finds_what_plain_loops_find_in_the_same_order(seed: int) -> None:
    texts = random_texts(60, seed)
    index, rng = TextIndex(texts), random.Random(seed + 100)
    for _ in range(40):
        text = rng.choice(texts)
        start = rng.randrange(len(text))
        part = text[start : start + rng.randint(1, 4)]
        spelled = "".join(readings(char)[0] for char in part)
        initials = "".join(readings(char)[0][0] for char in part)
        for query in (part, spelled, initials, spelled[: rng.randint(1, 9)], part + "z"):
            assert list(dict.fromkeys(index.find(query))) == brute_force(texts, query), query


QUESTIONS = [
    ("问上市时间", ["什么时候上市", "松峦Q5几时开卖"]),
    ("保养一次多少钱", ["保养贵不贵", "做一次保养要花多少"]),
    ("怎么预约试驾", ["我想试驾", "能试驾吗"]),
]
CARS = [
    Attributes("松峦Q5 四驱尊贵版", ("纯电续航里程", "级别", "长度")),
    Attributes("北辰X7 旗舰版", ("厂商指导价", "级别")),
]


@pytest.fixture(scope="module")
def ahead() -> TypeAhead:
    return TypeAhead(QUESTIONS, CARS)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("保养", "保养一次多少钱"),
        ("试驾", "怎么预约试驾"),
        ("baoyang", "保养一次多少钱"),
        ("byyc", "保养一次多少钱"),
        ("yuyue", "怎么预约试驾"),
        ("yysj", "怎么预约试驾"),
        ("yu约", "怎么预约试驾"),
        ("貴不貴", "保养贵不贵"),
        ("Ｑ５", "松峦Q5 四驱尊贵版"),
        ("松峦q5续航", "松峦Q5 四驱尊贵版的纯电续航里程"),
        ("松峦Q5的xuhang", "松峦Q5 四驱尊贵版的纯电续航里程"),
        ("旗舰版的", "北辰X7 旗舰版的厂商指导价"),
        ("旗舰版zdj", "北辰X7 旗舰版的厂商指导价"),
        ("changdu", None),
        ("松峦changdu", "松峦Q5 四驱尊贵版的长度"),
    ],
)
def test_a_beginning_a_middle_pinyin_or_initials_lead_to_it(
    ahead: TypeAhead, typed: str, first: str | None
) -> None:
    found = ahead.suggest(typed)
    assert (found[0].text if found else None) == first


def test_a_paraphrase_is_offered_in_its_own_words_once_a_standard_question(ahead: TypeAhead) -> None:
    found = ahead.suggest("上市")
    assert [(one.text, one.question) for one in found] == [("问上市时间", "问上市时间")]
    assert [one.text for one in ahead.suggest("开卖")] == ["松峦Q5几时开卖"]


def test_an_entity_gives_itself_and_what_it_has_and_leaves_room_for_questions(ahead: TypeAhead) -> None:
    found = ahead.suggest("松峦", limit=4)
    assert [(one.text, one.kind) for one in found] == [
        ("松峦Q5 四驱尊贵版", "entity"),
        ("松峦Q5 四驱尊贵版的纯电续航里程", "attribute"),
        ("松峦Q5几时开卖", "question"),
        ("松峦Q5 四驱尊贵版的级别", "attribute"),
    ]


@pytest.mark.parametrize("typed", ["", " ", "？！", "\n", "\0", "😀", "zq" * 2500, "\ud800"])
def test_nothing_useful_gives_nothing_and_no_error(ahead: TypeAhead, typed: str) -> None:
    assert ahead.suggest(typed) == ()


def test_no_more_than_asked_for_and_none_twice(ahead: TypeAhead) -> None:
    for limit, typed in itertools.product(range(1, 9), ("松", "保", "b", "级", "车")):
        texts = [one.text for one in ahead.suggest(typed, limit)]
        assert len(texts) <= limit and len(set(texts)) == len(texts)


def test_it_is_made_once_when_first_asked() -> None:
    made: list[int] = []

    def build() -> TypeAhead:
        made.append(1)
        return TypeAhead(QUESTIONS, CARS)

    lazy = LazyTypeAhead(build)
    assert made == []
    assert lazy.suggest("保养") == lazy.suggest("保养") != ()
    assert made == [1]
