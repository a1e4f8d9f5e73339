import random
from collections import Counter

from chatbot.faq_modules.initials import LENGTHS, PhraseTable
from chatbot.normalization.pinyin import readings

CHARS = "续航里程首付多少㐀"
SEEDED = random.Random(3)
RUNS = [
    "续航里程",
    "首付",
    "多",
    *("".join(SEEDED.choices(CHARS, k=SEEDED.randrange(1, 9))) for _ in range(60)),
]
TABLE = PhraseTable(RUNS, lambda char: "" if char == "㐀" else readings(char)[0][0])


def brute(letters: str) -> list[tuple[int, str]]:
    cut = (run[at : at + length] for run in RUNS for length in LENGTHS for at in range(len(run) - length + 1))
    counts = Counter(phrase for phrase in cut if "㐀" not in phrase)
    return sorted(
        (count, phrase)
        for phrase, count in counts.items()
        if "".join(readings(char)[0][0] for char in phrase) == letters and (count > 1 or len(phrase) > 2)
    )


def test_initials_have_every_phrase_that_is_typed_by_them() -> None:
    typed = {"".join(readings(char)[0][0] for char in run)[:n] for run in RUNS for n in range(9)} | {
        "zz",
        "xhlz",
    }
    assert {letters: sorted(TABLE.phrases(letters)) for letters in typed} == {
        letters: brute(letters) for letters in typed
    }
    assert (Counter(RUNS)["续航里程"], "续航里程") <= max(TABLE.phrases("xhlc"))


def test_three_characters_are_in_a_row_where_some_run_has_them_so() -> None:
    trigrams = {run[at : at + 3] for run in RUNS for at in range(len(run) - 2)}
    asked = ["".join(SEEDED.choices(CHARS[:-1], k=3)) for _ in range(300)]
    assert [TABLE.in_a_row(one) for one in asked] == [one in trigrams for one in asked]


def test_texts_without_a_phrase_have_none() -> None:
    for runs in ([], [""], ["首"], ["首", "付"]):
        assert PhraseTable(runs, lambda char: readings(char)[0][0]).phrases("sf") == []
