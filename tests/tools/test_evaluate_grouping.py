"""The figures of grouping: against scikit-learn, and on meanings that did not choose the parameters."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from tools.evaluate.grouping import agreement, benchmark_json, halves, labelled_csv


@pytest.mark.parametrize("seed", range(4))
def test_the_rand_index_is_that_of_scikit_learn_and_pairs_are_counted_one_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found, wanted = rng.integers(5, size=40).tolist(), [str(one) for one in rng.integers(4, size=40).tolist()]
    told = agreement(found, wanted)
    assert told.ari == pytest.approx(adjusted_rand_score(wanted, found), abs=1e-4)
    pairs = [(found[a] == found[b], wanted[a] == wanted[b]) for a in range(40) for b in range(a)]
    both = sum(mine and theirs for mine, theirs in pairs)
    assert told.precision == pytest.approx(both / sum(mine for mine, _ in pairs), abs=1e-4)
    assert told.recall == pytest.approx(both / sum(theirs for _, theirs in pairs), abs=1e-4)


def test_groups_that_are_the_meanings_agree_wholly() -> None:
    assert agreement([1, 1, 7], ["a", "a", "b"]).ari == 1.0
    assert agreement([1, 2, 3], ["a", "b", "c"]).ari == 1.0


def test_no_meaning_is_in_both_halves() -> None:
    questions = tuple((f"q{number}", f"m{number % 9}") for number in range(40))
    first, second = halves(questions, 3)
    assert not {label for _, label in first} & {label for _, label in second}
    assert sorted([*first, *second]) == sorted(questions)
    assert halves(questions, 3) == (first, second) != halves(questions, 4)


def test_labelled_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('sent,label\n"多,少钱",问价格\n', "utf-8-sig")
    (tmp_path / "b.tsv").write_text("sent\tlabel\n几座\t问座位\n", "utf-8")
    assert labelled_csv(tmp_path / "a.csv", tmp_path / "b.tsv") == (("多,少钱", "问价格"), ("几座", "问座位"))
    (tmp_path / "c.json").write_text(
        '{"standard": ["甲", "乙"], "queries": [["乙一", 1], ["乙二", 1], ["甲一", 0]]}', "utf-8"
    )
    assert benchmark_json(tmp_path / "c.json", 1) == (("乙", "1"), ("乙一", "1"), ("乙二", "1"))
