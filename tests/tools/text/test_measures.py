"""Measures beside scikit-learn's, calibration on scores whose chances are known, the report page."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

from chatbot.classifying.scoring import probabilities
from tools.text.calibration import fit_calibration, log_loss
from tools.text.curve import Point
from tools.text.measures import measure
from tools.text.report import write_report

LABELS = ("甲", "乙", "丙<b>")


def scored(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]  # of the test
    """Probabilities and truths drawn from them."""
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet((1.0, 0.7, 0.3), count)
    truth = np.stack([rng.multinomial(1, row) for row in chances]).astype(bool)
    return chances, truth


def test_measures_are_those_of_scikit_learn() -> None:
    chances, truth = scored(1)
    found, true, best = measure(truth, chances, LABELS, multi_label=False), truth.argmax(1), chances.argmax(1)
    assert found.accuracy == pytest.approx(accuracy_score(true, best))
    assert found.macro_f1 == pytest.approx(f1_score(true, best, average="macro"))
    assert found.confusion.tolist() == confusion_matrix(true, best).tolist()
    assert sum(one.count for one in found.bins) == len(truth)


def test_measures_of_several_labels_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(3)
    chances = rng.random((300, 3))
    truth = rng.random((300, 3)) < chances
    found = measure(truth, chances, LABELS, multi_label=True, threshold=0.4)
    given = chances >= 0.4
    assert found.accuracy == pytest.approx(accuracy_score(truth, given))
    assert found.macro_f1 == pytest.approx(f1_score(truth, given, average="macro"))
    assert found.micro_f1 == pytest.approx(f1_score(truth, given, average="micro"))
    assert found.confusion.size == 0


def test_a_label_that_never_occurs_does_not_count() -> None:
    truth = np.array([[1, 0, 0], [0, 1, 0]], dtype=bool)
    assert measure(truth, truth * 0.9 + 0.03, LABELS, multi_label=False).macro_f1 == 1.0


def test_calibration_error_is_small_for_true_chances_and_large_for_boasts() -> None:
    chances, truth = scored(2, 20_000)
    assert measure(truth, chances, LABELS, multi_label=False).calibration_error < 0.02
    boasts = chances**8 / (chances**8).sum(1, keepdims=True)
    assert measure(truth, boasts, LABELS, multi_label=False).calibration_error > 0.15


def test_calibration_finds_the_chances_behind_boasting_scores() -> None:
    chances, truth = scored(5, 20_000)
    scores = (np.log(chances) * 4).astype(np.float32)
    found = fit_calibration(scores, truth, multi_label=False)
    fitted = probabilities(scores, found, multi_label=False)
    assert log_loss(scores, truth, found) < -np.log(chances[truth]).mean() + 0.01
    assert np.abs(fitted - chances).mean() < 0.03
    assert (fitted.argmax(1) == scores.argmax(1)).all()


def test_calibration_of_several_labels_is_platts_line() -> None:
    rng = np.random.default_rng(8)
    scores = rng.normal(size=(8000, 3)).astype(np.float32)
    truth = rng.random(scores.shape) < 1 / (1 + np.exp(-(2.5 * scores - 1)))
    found = fit_calibration(scores, truth, multi_label=True)
    assert (found.slope, found.offset) == (pytest.approx(2.5, abs=0.15), pytest.approx(-1, abs=0.1))


def test_a_perfectly_separated_part_gives_no_certainty() -> None:
    truth = np.eye(2, dtype=bool)[[0, 1] * 20]
    scores = np.where(truth, 1.0, -1.0).astype(np.float32)
    for multi_label in (False, True):
        found = probabilities(
            scores, fit_calibration(scores, truth, multi_label=multi_label), multi_label=multi_label
        )
        assert np.isfinite(found).all() and 0.9 < found.max() < 1.0


def test_the_report_is_one_page_without_scripts_links_or_unescaped_names(tmp_path: Path) -> None:
    chances, truth = scored(4)
    measures = measure(truth, chances, LABELS, multi_label=False)
    path = tmp_path / "report" / "index.html"
    write_report(path, measures, {"底座": "<x>"}, (Point(10, 0.5, 0.8),), ("小心 & 看",))
    page = path.read_text(encoding="utf-8")
    for part in (
        "混淆矩阵",
        "每个标签",
        "刻度",
        "<svg",
        "丙&lt;b&gt;",
        "&lt;x&gt;",
        "小心 &amp; 看",
        f"{measures.accuracy:.4f}",
    ):
        assert part in page
    for foreign in ("<script", "http", "丙<b>"):
        assert foreign not in page
