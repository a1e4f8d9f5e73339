"""Workers: their pieces come back in order, few are read ahead, and other machines give the same bytes."""

import importlib.util
import inspect
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatbot.predict.base import Input
from chatbot.predict.wire import read_item
from tests.tools.predict.fakes import predicted, questions, ran
from tools.predict.cli import predict
from tools.predict.crews import AHEAD, in_order
from tools.predict.rendering import Rendering
from tools.predict.work import Choice, Done, Piece, Work, Worker

RAY = importlib.util.find_spec("ray") is not None


class Shuffled:
    """A crew whose workers are done in any order."""

    def __init__(self, size: int, seed: int) -> None:
        self.size, self._rng = size, random.Random(seed)
        self._running: list[tuple[int, Piece]] = []

    def start(self) -> tuple[str, ...]:
        return ()

    def submit(self, worker: int, piece: Piece) -> None:
        assert sum(one == worker for one, _ in self._running) < AHEAD
        self._running.append((worker, piece))

    def next_done(self) -> tuple[int, Done]:
        worker = self._rng.choice([worker for worker, _ in self._running])
        at = next(at for at, (one, _) in enumerate(self._running) if one == worker)
        _, piece = self._running.pop(at)
        return worker, Done(b"%d" % piece.lines[0], 1, 0, 0.1)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("size", [1, 2, 7])
def test_results_come_in_the_order_of_the_pieces_and_few_are_read_ahead(size: int) -> None:
    taken = 0

    def pieces() -> Iterator[Piece]:
        nonlocal taken
        for number in range(500):
            taken += 1
            yield Piece([], [number])

    for given, done in enumerate(in_order(Shuffled(size, seed=size), pieces())):
        assert done.written == b"%d" % given
        assert taken - given <= size * 10 + 1
    assert taken == 500 and given == 499


INPUTS = (
    Input("text", most=5),
    Input("more", required=False, may_be_empty=True, most=5),
    Input("number", kind="integer", required=False, most=10),
)


@pytest.mark.parametrize("cells", [
    ("您好", "", ""), ("您好", "x", "3"), ("", "x", ""), (" ", "", ""), ("太长太长太长", "", ""), ("a\0b", "", ""),
    ("您好", " ", ""), ("您好", "太长太长太长", ""), ("您好", "", "x"), ("您好", "", "99"),
])  # fmt: skip
def test_a_row_is_read_as_the_service_reads_it(cells: tuple[str, ...]) -> None:
    choice = Choice(tuple((one.name, one.name) for one in INPUTS))
    worker = Worker(Work("", Path(), {}, choice, Rendering("csv", ()), 1), None, INPUTS)
    named = dict(zip(("text", "more", "number"), cells, strict=True))
    fields = {name: cell for name, cell in named.items() if cell or name == "text"}
    if fields.get("number", "").isdigit():
        fields["number"] = int(fields["number"])  # type: ignore[assignment]
    assert worker.read(cells) == (read_item(fields, INPUTS), ())


@pytest.mark.skipif(RAY, reason="Ray is installed")
def test_without_ray_its_engine_says_how_to_get_it_and_leaves_nothing(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv", 9)
    done = ran(model, source, tmp_path / "out.csv", "--columns", "first_sequence=title", "--engine", "ray")
    assert done.returncode == 1 and "pip install" in done.stderr and not list(tmp_path.glob("out*"))


@pytest.mark.skipif(not RAY, reason="Ray is not installed (extra `ray`)")
def test_a_ray_cluster_writes_the_bytes_of_this_machine(model: Path, tmp_path: Path) -> None:
    source = questions(tmp_path / "in.csv", 2000)
    done = ran(model, source, tmp_path / "ray.csv", "--columns", "first_sequence=title", "--engine", "ray",
               "--num-workers", "2")  # fmt: skip
    assert done.returncode == 0, done.stderr
    predicted(model, source, tmp_path / "here.csv", columns="first_sequence=title")
    assert (tmp_path / "ray.csv").read_bytes() == (tmp_path / "here.csv").read_bytes()


@pytest.mark.parametrize("page", ["docs/predict-offline.md", "docs/zh/predict-offline.md"])
def test_every_option_is_documented(page: str) -> None:
    text = Path(page).read_text(encoding="utf-8")
    names = {name: f"--{name.replace('_', '-')}" for name in inspect.signature(predict).parameters}
    names |= {"as_json": "--json", "resume": "--resume"}
    assert [option for option in names.values() if option not in text] == []
