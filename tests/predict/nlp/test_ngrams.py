"""N-grams as numbers, beside a reading in plain Python."""

from collections import Counter

import pytest

from chatbot.classifying.ngrams import read_ngrams, read_skips

TEXTS = ["续航多少公里", "多少钱", "a", "", "啊啊啊"]
EDGE = "\2"


def plain(text: str, longest: int) -> Counter[str]:
    """The n-grams of one text between its edges, an edge alone left out."""
    whole = f"{EDGE}{text}{EDGE}"
    found = (whole[at : at + size] for size in range(1, longest + 1) for at in range(len(whole) - size + 1))
    return Counter(one for one in found if one.strip(EDGE))


@pytest.mark.parametrize("longest", [1, 2, 3, 4])
def test_every_ngram_is_found_in_its_own_text(longest: int) -> None:
    found = read_ngrams(TEXTS, longest)
    numbers: dict[str, int] = {}
    for text in TEXTS:
        for ngram in plain(text, longest):
            numbers.setdefault(ngram, int(_number_of(ngram, longest)))
    for row, text in enumerate(TEXTS):
        ours = Counter(found.keys[found.rows == row].tolist())
        assert ours == Counter({numbers[ngram]: n for ngram, n in plain(text, longest).items()})
    assert len(set(numbers.values())) == len(numbers)


def _number_of(ngram: str, longest: int) -> int:
    """The number of an n-gram, learnt from a text that is nothing else."""
    inner = ngram.strip(EDGE)
    found = read_ngrams([inner], longest)
    order = [
        one
        for size in range(1, longest + 1)
        for one in _windows(f"{EDGE}{inner}{EDGE}", size)
        if one.strip(EDGE)
    ]
    return int(dict(zip(order, found.keys.tolist(), strict=True))[ngram])


def _windows(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text) - size + 1)]


def test_the_two_sequences_share_no_ngram() -> None:
    one, two = read_ngrams(TEXTS, 3), read_ngrams(TEXTS, 3, namespace=1)
    assert not set(one.keys.tolist()) & set(two.keys.tolist())


def test_no_text_at_all_has_no_ngram() -> None:
    assert len(read_ngrams([""], 3).keys) == 0


def test_an_edge_inside_a_text_does_not_split_it() -> None:
    assert read_ngrams([f"多{EDGE}少"], 3).keys.tolist() == read_ngrams(["多少"], 3).keys.tolist()


def test_pairs_with_one_or_two_between_stay_in_their_text() -> None:
    found = read_skips(TEXTS)
    counts = Counter(found.rows.tolist())
    assert counts == {
        row: n for row, text in enumerate(TEXTS) if (n := max(0, len(text) - 2) + max(0, len(text) - 3))
    }
    key = {text: read_skips([text]).keys.tolist() for text in ("续多里", "续少里", "续多少里")}
    assert key["续多里"] == key["续少里"]  # what stands between does not matter
    assert not set(key["续多少里"]) & set(key["续多里"])  # how much does
