"""``query_features.out``: the text is the truth, the cache only saves time."""

from pathlib import Path

import numpy as np
import pytest

from chatbot.errors import DataError, StaleIndexError
from chatbot.faq_modules.features import (
    cache_folder,
    number_lines,
    parse_numbers,
    read_features,
    read_header,
    refresh_cache,
    write_cache,
)
from tests.faq_modules.small_faq import HashEncoder
from tools.features.export import export
from tools.features.lines import row_keys

ROWS = [("想试驾怎么约", 0), ("首付几成", 1), ("首付几成呀", 1)]


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    export(ROWS, HashEncoder(), tmp_path / "query_features.out")
    return tmp_path / "query_features.out"


def test_features_read_back_as_the_very_same_float32(exported: Path) -> None:
    features = read_features(exported, "hash-one")
    assert (list(features.texts), list(features.labels)) == (
        ["想试驾怎么约", "首付几成", "首付几成呀"],
        [0, 1, 1],
    )
    assert np.array_equal(features.vectors, HashEncoder().encode([text for text, _ in ROWS]))


def test_the_first_line_names_encoder_dimension_and_count(exported: Path) -> None:
    assert exported.read_text().splitlines()[0] == "# encoder=hash-one dimension=8 count=3"
    assert read_header(exported).count == 3


def test_features_of_another_encoder_are_refused_with_the_way_to_rebuild(exported: Path) -> None:
    with pytest.raises(StaleIndexError, match="rebuild-index") as caught:
        read_features(exported, "hash-two")
    assert "hash-one" in caught.value.message and "hash-two" in caught.value.message


@pytest.mark.parametrize(
    ("damage", "said", "line"),
    [
        pytest.param(lambda s: s.replace("\t", " ", 1), "列", 2, id="a Tab is missing"),
        pytest.param(lambda s: s.replace("\t0\t", "\tx\t"), "不是数字", 2, id="a label that is no number"),
        pytest.param(lambda s: s.replace(",", ",x", 1), "不是数字", 2, id="a feature that is no number"),
        pytest.param(lambda s: s.rsplit(",", 1)[0] + "\n", "个特征", 4, id="a feature too few"),
        pytest.param(lambda s: "".join(s.splitlines(True)[:-1]), "首行写着 3 行", 1, id="a row too few"),
        pytest.param(lambda s: s + s.splitlines(True)[-1], "首行写着 3 行", 1, id="a row too many"),
        pytest.param(lambda s: s.replace("# encoder", "encoder"), "首行应是", 1, id="no header"),
        pytest.param(lambda s: "", "首行应是", 1, id="an empty file"),
    ],
)
def test_a_damaged_file_names_its_line(exported: Path, damage: object, said: str, line: int | None) -> None:
    exported.write_text(damage(exported.read_text()))  # type: ignore[operator]
    with pytest.raises(DataError, match=said) as caught:
        read_features(exported, "hash-one")
    assert line is None or caught.value.line == line


@pytest.mark.parametrize("vector", ["1,1,0,0,0,0,0,0", "nan,0,0,0,0,0,0,0", "0,0,0,0,0,0,0,0"])
def test_a_vector_that_is_not_of_unit_length_is_refused_with_its_line(exported: Path, vector: str) -> None:
    lines = exported.read_text().splitlines()
    lines[2] = f"首付几成\t1\t{vector}"
    exported.write_text("\n".join(lines) + "\n")
    with pytest.raises(DataError, match="向量长度") as caught:
        read_features(exported, "hash-one")
    assert caught.value.line == 3


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="rebuild-index"):
        read_features(tmp_path / "none.out", "x")


def test_a_paraphrase_with_a_tab_is_refused() -> None:
    with pytest.raises(ValueError, match="Tab"):
        row_keys([("甲\t乙", 1)])


def test_numbers_are_written_short_and_read_back_as_the_very_same_float32() -> None:
    bits = np.random.default_rng(0).integers(0, 2**32, 40_000, dtype=np.uint64).astype(np.uint32)
    numbers = bits.view(np.float32)
    numbers = numbers[np.isfinite(numbers)][:39_000].reshape(-1, 10)
    written = number_lines(numbers)
    assert len(written) == len(numbers)
    assert np.array_equal(np.array([parse_numbers(line) for line in written]), numbers)
    assert number_lines(np.array([[0.1, -0.25]], dtype=np.float32)) == [b"0.1,-0.25"]


def test_the_cache_gives_the_same_and_is_mapped_from_disk(exported: Path) -> None:
    plain = read_features(exported, "hash-one")
    refresh_cache(exported)
    cached = read_features(exported, "hash-one")
    assert isinstance(cached.vectors, np.memmap)
    assert np.array_equal(cached.vectors, plain.vectors)
    assert (list(cached.texts), list(cached.labels)) == (list(plain.texts), list(plain.labels))


def test_a_cache_of_an_older_file_is_not_trusted(exported: Path, tmp_path: Path) -> None:
    refresh_cache(exported)
    export(ROWS[:2], HashEncoder(), tmp_path / "newer")
    (tmp_path / "newer").replace(exported)
    assert len(read_features(exported, "hash-one").texts) == 2


@pytest.mark.parametrize("name", ["identity.json", "vectors.npy", "labels.npy", "texts"])
def test_a_damaged_cache_is_passed_over(exported: Path, name: str) -> None:
    refresh_cache(exported)
    (cache_folder(exported) / name).write_bytes(b"damaged")
    features = read_features(exported, "hash-one")
    assert np.array_equal(features.vectors, HashEncoder().encode([text for text, _ in ROWS]))


def test_a_cache_with_wrong_shapes_is_passed_over(exported: Path) -> None:
    write_cache(exported, ["a"], [1], np.ones((1, 8), dtype=np.float32))
    assert len(read_features(exported, "hash-one").texts) == 3
