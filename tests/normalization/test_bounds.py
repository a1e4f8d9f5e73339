"""What is cut short against the whole computation: near names, partial names, what a text may mean."""

import itertools
import random
from collections import Counter

import pytest

from chatbot.normalization.approximate import _SHARED_PAIRS, ApproximateFinder
from chatbot.normalization.attribute import PARTIAL_CUTOFF, AttributeLinker
from chatbot.normalization.mentions import MentionFinder
from chatbot.normalization.pinyin import sounds
from chatbot.planning.absent import absent_words
from tests.dialog.world import knowledge

NAMES = ("续航里程", "行李箱容积", "排气管个数", "重庆重庆", "长安", "座椅加热", "座椅按摩", "充电时间")
LETTERS = "续航里程行李箱容积排气管个数重庆长安座椅加热按摩充电时间多少虚杭做以a1"


def texts(count: int, seed: int = 5) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices(LETTERS, k=rng.randrange(2, 12))) for _ in range(count)] + list(NAMES)


def test_the_names_that_share_enough_pairs_of_syllables_are_those_that_counting_finds() -> None:
    finder = ApproximateFinder(NAMES, min_slip_length=4, cutoff=75.0)

    def pairs(text: str) -> set[tuple[str, str]]:
        heard = sounds(text)
        return {(a, b) for one, two in itertools.pairwise(heard) for a in one for b in two}

    found = 0
    for text in texts(300):
        shared = Counter({name: len(pairs(name) & pairs(text)) for name in NAMES})
        enough = [
            (-count / (len(name) - 1), name)
            for name, count in shared.items()
            if count and count >= _SHARED_PAIRS * (len(name) - 1)
        ]
        assert finder._alike(sounds(text)) == [name for _, name in sorted(enough)]
        found += len(enough)
    assert found > 20


def test_a_name_left_out_early_shares_no_run_that_weighs_enough() -> None:
    linker: AttributeLinker = knowledge().reader.attributes
    names, kept = list(linker.names), 0
    rng = random.Random(7)
    for name in names:
        for _ in range(20):
            text = "".join(rng.sample(name + "多少的", k=rng.randrange(2, len(name) + 2)))
            text = text + name[: rng.randrange(len(name))]
            runs = ((a, b) for a in range(len(name)) for b in range(a + 2, len(name) + 1))
            held = [(a - b, a, b) for a, b in runs if name[a:b] in text]
            weights = linker._weights_of[name]
            start, length, share = linker._common(name, text)
            if not held:
                assert length == 0
                continue
            _, a, b = min(held)
            true = sum(weights.each[a:b]) / weights.whole
            if true >= PARTIAL_CUTOFF:
                assert (start, length, share) == (text.find(name[a:b]), b - a, pytest.approx(true))
                kept += 1
            else:
                assert share < PARTIAL_CUTOFF
    assert kept > 20


def test_what_is_found_is_among_what_the_text_may_mean() -> None:
    finder = MentionFinder({name: (name,) for name in (*NAMES, "里程", "a1", "a")})
    found = 0
    for text in texts(200):
        may_mean = set(finder.may_mean(text))
        mentions = finder.find(text)
        assert {mention.targets for mention in mentions} <= may_mean
        found += len(mentions)
    assert found > 20
    assert list(MentionFinder({}).may_mean("续航")) == []


def test_the_first_lacking_word_is_the_one_that_looking_for_each_finds() -> None:
    vocabulary = knowledge().planner.vocabulary
    words = absent_words(vocabulary.value_words, vocabulary._groups, vocabulary.finder.aliases)
    assert len(words) > 5
    rng = random.Random(3)
    for _ in range(200):
        text = "".join(rng.choices((*words, "有", "车", "吗"), k=4))
        first = min((word for word in words if word in text), key=text.find, default="")
        assert vocabulary.lacks(text) == first


def test_how_names_sound_and_weigh_is_worked_out_for_those_that_are_compared_alone() -> None:
    finder = ApproximateFinder(NAMES, min_slip_length=4, cutoff=75.0)
    assert not finder._sounds
    assert (near := finder.nearest("座以加热")) and near.name == "座椅加热"
    assert "座椅加热" in finder._sounds and "长安" not in finder._sounds
