"""What is worked out of a knowledge base is kept on disk, and what is kept is only ever what would be worked out."""

import os
import subprocess
import sys
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.derived import Derived, derived_version, named, share

WORDS = {"油耗": [1, 2], "\ud800": [], "便宜": [3]}
NUMBERS = array("I", [7, 0, 2**32 - 1])


class Work:
    """Counts how often something had to be worked out."""

    def __init__(self) -> None:
        self.done = 0

    def words(self) -> dict[str, list[int]]:
        self.done += 1
        return dict(WORDS)

    def numbers(self) -> "array[int]":
        self.done += 1
        return array("I", NUMBERS)


def load(root: Path | None, of: str = "v1") -> int:
    """How many of two parts had to be worked out; both are right however they came."""
    work, derived = Work(), Derived(root, of)
    words = derived.json("words", work.words)
    assert words == WORDS and list(words) == list(WORDS)
    assert derived.numbers("numbers", work.numbers) == NUMBERS
    derived.save()
    return work.done


def the_file(root: Path) -> Path:
    (file,) = root.iterdir()
    return file


def test_a_second_load_works_nothing_out(tmp_path: Path) -> None:
    assert [load(tmp_path / "graph"), load(tmp_path / "graph")] == [2, 0]


def test_what_is_read_is_not_written_again(tmp_path: Path) -> None:
    load(tmp_path)
    before = the_file(tmp_path).stat()
    load(tmp_path)
    assert the_file(tmp_path).stat().st_ino == before.st_ino


def test_another_version_is_worked_out_anew(tmp_path: Path) -> None:
    assert [load(tmp_path, "v1"), load(tmp_path, "v2"), load(tmp_path, "v1")] == [2, 2, 0]


def test_a_part_that_is_new_is_kept_beside_those_that_were_asked_for(tmp_path: Path) -> None:
    load(tmp_path)
    derived = Derived(tmp_path, "v1")
    derived.json("words", Work().words)
    derived.json("more", lambda: [1])
    derived.save()
    work, again = Work(), Derived(tmp_path, "v1")
    assert again.json("more", list[int]) == [1]
    again.json("words", work.words)
    again.numbers("numbers", work.numbers)
    assert work.done == 1  # nobody asked for the numbers last time


def test_a_part_is_worked_out_once_in_a_load_that_asks_twice(tmp_path: Path) -> None:
    work, derived = Work(), Derived(tmp_path, "v1")
    assert derived.json("words", work.words) == derived.json("words", work.words) == WORDS
    assert work.done == 1


@pytest.mark.parametrize(
    "value", [1 << 64, {1: "a"}, {"a"}], ids=["65 bits", "a key that is no text", "a set"]
)
def test_what_would_not_come_back_as_it_was_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(TypeError):
        Derived(tmp_path, "v1").json("part", lambda: value)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda held: b"",
    "cut short": lambda held: held[:-1],
    "no more than a digest": lambda held: held[:32],
    "another digest": lambda held: bytes([held[0] ^ 1]) + held[1:],
    "one bit of the last number": lambda held: held[:-1] + bytes([held[-1] ^ 1]),
    "one bit of the lengths": lambda held: held[:40] + bytes([held[40] ^ 1]) + held[41:],
    "longer": lambda held: held + b"\0",
    "something else": lambda held: b"\x80\x04" * 500,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_worked_out_anew_and_rewritten(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    load(tmp_path)
    file = the_file(tmp_path)
    sound = file.read_bytes()
    file.write_bytes(damage(sound))
    assert load(tmp_path) == 2
    assert the_file(tmp_path).read_bytes() == sound


def test_a_folder_that_cannot_be_made_costs_the_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    assert [load(tmp_path / "taken" / "graph"), load(tmp_path / "taken")] == [2, 2]


def test_a_folder_in_the_place_of_the_file_costs_the_file_and_nothing_else(tmp_path: Path) -> None:
    load(tmp_path)
    file = the_file(tmp_path)
    file.unlink()
    (file / "inside").mkdir(parents=True)
    assert load(tmp_path) == 2
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


def test_without_a_folder_nothing_is_kept() -> None:
    assert load(None) == 2


def test_one_earlier_version_stays_and_what_was_left_half_written_goes(tmp_path: Path) -> None:
    for time, of in enumerate(("v1", "v2")):
        load(tmp_path, of)
        os.utime(tmp_path / f"derived-{of}", (time, time))
    (tmp_path / ".derived-v2.1").write_bytes(b"half")
    (tmp_path / "0123456789abcdef").mkdir()  # columns
    load(tmp_path, "v3")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["0123456789abcdef", "derived-v2", "derived-v3"]


def test_what_was_worked_out_elsewhere_is_shared_and_the_oldest_goes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    load(there, "v2")
    share(there, here)
    assert load(here, "v2") == 0
    for of in ("v3", "v4"):
        load(there / of, of)
        share(there / of, here)
    assert sorted(file.name for file in here.iterdir()) == ["derived-v3", "derived-v4"]
    share(tmp_path / "nowhere", here)
    share(there, tmp_path / "here" / "derived-v3")  # no folder: nothing is kept
    assert load(here, "v4") == 0


def test_the_version_follows_the_graph_and_every_file_of_the_lexicons(tmp_path: Path) -> None:
    versions = [derived_version("g1", None), derived_version("g1", tmp_path), derived_version("g2", tmp_path)]
    (tmp_path / "units.txt").write_text("公里")
    versions.append(derived_version("g1", tmp_path))
    (tmp_path / "units.txt").write_text("里")
    versions.append(derived_version("g1", tmp_path))
    (tmp_path / "units.txt").rename(tmp_path / "makes.txt")
    versions.append(derived_version("g1", tmp_path))
    assert len(set(versions)) == len(versions) - 1  # an empty folder of lexicons is as good as none
    assert versions[-1] == derived_version("g1", tmp_path)


def test_words_in_another_order_or_cut_elsewhere_are_another_part() -> None:
    names = {named("sounds", words) for words in (["ab", "c"], ["c", "ab"], ["a", "bc"], ["abc"], [])}
    assert len(names) == 5


def test_every_process_works_out_the_same_bytes(tmp_path: Path) -> None:
    """Whatever order its sets have: what was worked out by one is read by another."""
    code = (
        "import sys; from pathlib import Path; from chatbot.knowledge_source import graph_knowledge;"
        "graph_knowledge(Path('user_datasets/car_knowledge_graph'), Path('user_datasets/lexicon'), Path(sys.argv[1]))"
    )
    kept = []
    for seed in ("1", "2"):
        root = tmp_path / seed
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", code, str(root)], check=True, env=environ, cwd=Path(__file__).parents[1]
        )
        (file,) = root.glob("derived-*")
        kept.append((file.name, file.read_bytes()))
    assert kept[0] == kept[1]
