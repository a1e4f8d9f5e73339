"""Killed, out of disk or torn: what is written stays, and the finished file is the one of an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from chatbot.errors import DataError
from chatbot.predict.model_dir import ModelCard, write_model_card
from tests.tools.predict.fakes import command, predicted, questions, ran
from tools.predict.journal import Journal, Mark

TITLE = {"columns": "first_sequence=title"}
OPTIONS = ("--columns", "first_sequence=title", "--append-columns", "id")


def whole(model: Path, source: Path, output: Path) -> tuple[bytes, bytes, bytes]:
    """The bytes of an undisturbed run: the output, and its part and journal just before the end."""
    kept = {}
    finish = Journal.finish

    def keep(journal: Journal) -> None:
        kept.update(
            {end: output.with_name(output.name + end).read_bytes() for end in (".part", ".part.journal")}
        )
        finish(journal)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Journal, "finish", keep)
        predicted(model, source, output, **TITLE)
    return output.read_bytes(), kept[".part"], kept[".part.journal"]


def left_behind(output: Path, part: bytes, journal: bytes) -> None:
    output.unlink(missing_ok=True)
    output.with_name(output.name + ".part").write_bytes(part)
    output.with_name(output.name + ".part.journal").write_bytes(journal)


def test_whatever_a_kill_leaves_behind_the_next_run_ends_with_the_same_bytes(
    model: Path, tmp_path: Path
) -> None:
    source, output = questions(tmp_path / "in.csv", 60), tmp_path / "out.csv"
    wanted, part, journal = whole(model, source, output)
    rng = random.Random(6)
    resumed = []
    for _ in range(40):
        left_behind(output, part[: rng.randint(0, len(part))], journal[: rng.randint(0, len(journal))])
        resumed.append(predicted(model, source, output, **TITLE).resumed)
        assert output.read_bytes() == wanted
    assert 0 < max(resumed) <= 60 and len(set(resumed)) > 2


def test_bytes_that_changed_on_the_disk_are_predicted_again(model: Path, tmp_path: Path) -> None:
    source, output = questions(tmp_path / "in.csv", 60), tmp_path / "out.csv"
    wanted, part, journal = whole(model, source, output)
    half = len(part) // 2
    left_behind(output, part[:half] + b"#" + part[half + 1 :], journal)
    assert 0 < predicted(model, source, output, **TITLE).resumed < 60
    assert output.read_bytes() == wanted


@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_a_kill_between_the_new_name_and_the_end_does_nothing_again(
    model: Path, tmp_path: Path, ending: str
) -> None:
    source, output = questions(tmp_path / "in.csv", 60), tmp_path / f"out{ending}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", _killed)
        with pytest.raises(KeyboardInterrupt):
            predicted(model, source, output, **TITLE)
    wanted = output.read_bytes()
    assert list(tmp_path.glob("*.part.journal"))
    done = predicted(model, source, output, **TITLE)
    assert (done.rows, done.resumed) == (60, 60) and output.read_bytes() == wanted
    assert not list(tmp_path.glob("*.part*"))


def _killed(path: Path, missing_ok: bool = False) -> None:
    raise KeyboardInterrupt


def change_input(model: Path, source: Path) -> dict[str, object]:
    source.write_text(source.read_text(encoding="utf-8").replace("问 1", "答 1"), encoding="utf-8")
    return {}


def change_model(model: Path, source: Path) -> dict[str, object]:
    write_model_card(model, ModelCard("counter", "2"))
    return {}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_input, "--input"),
        (change_model, "--model-dir"),
        (lambda model, source: {"append_columns": "id"}, "--append-columns"),
        (lambda model, source: {"batch_size": 16}, "--batch-size"),
    ],
    ids=["input", "model", "columns", "batch size"],
)
def test_what_is_left_of_another_job_is_refused_by_name_until_it_is_given_up(
    model: Path, tmp_path: Path, change: object, named: str
) -> None:
    source, output = questions(tmp_path / "in.csv", 60), tmp_path / "out.csv"
    _, part, journal = whole(model, source, output)
    left_behind(output, part, journal)
    assert callable(change)
    options = {**TITLE, **change(model, source)}
    with pytest.raises(DataError) as caught:
        predicted(model, source, output, **options)
    assert named in caught.value.message and "--restart" in caught.value.message
    assert predicted(model, source, output, **options, restart=True).resumed == 0


def test_the_number_of_workers_may_change_between_runs(model: Path, tmp_path: Path) -> None:
    source, output = questions(tmp_path / "in.csv", 60), tmp_path / "out.csv"
    wanted, part, journal = whole(model, source, output)
    left_behind(output, part[: len(part) // 2], journal)
    done = ran(model, source, output, "--columns", "first_sequence=title", "--num-workers", "2", "--json")
    assert json.loads(done.stdout)["resumed"] > 0 and output.read_bytes() == wanted


def test_two_runs_cannot_write_one_output(tmp_path: Path) -> None:
    first = Journal(tmp_path / "out.csv", {"--input": "1"})
    with pytest.raises(DataError, match="另一个进程"):
        Journal(tmp_path / "out.csv", {"--input": "1"})
    first.append(b"a\n", Mark(1))
    first.close()
    second = Journal(tmp_path / "out.csv", {"--input": "1"})
    assert second.mark.rows == 1
    second.close()


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_job_that_is_killed_again_and_again_loses_and_doubles_nothing(
    model: Path, tmp_path: Path, workers: str
) -> None:
    source = questions(tmp_path / "in.csv", 6000)
    assert ran(model, source, tmp_path / "whole.csv", *OPTIONS, "--num-workers", "2").returncode == 0
    output, reached = tmp_path / "out.csv", []
    for share in (0.05, 0.3, 0.5):
        reached.append(killed_at(share, model, source, output, workers))
    done = ran(model, source, output, *OPTIONS, "--num-workers", workers, "--json")
    assert json.loads(done.stdout)["resumed"] > 0 and 0 < reached[0] < reached[1] < reached[2]
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def killed_at(share: float, model: Path, source: Path, output: Path, workers: str) -> int:
    """Kill -9 when about this share of the whole is written; how much there was. The workers go too."""
    words, environment = command(model, source, output, *OPTIONS, "--num-workers", workers)
    part = output.with_name(output.name + ".part")
    wanted = share * (output.parent / "whole.csv").stat().st_size
    wanted = max(wanted, part.stat().st_size + 1 if part.exists() else 0)
    with subprocess.Popen(
        words, env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    ) as running:
        while running.poll() is None and (not part.exists() or part.stat().st_size < wanted):
            time.sleep(0.002)
        assert running.poll() is None, "done before it could be killed"
        os.kill(running.pid, signal.SIGKILL)
    until = time.monotonic() + 10
    while _alive(running.pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _alive(running.pid), "workers outlive the one who started them"
    return part.stat().st_size


def _alive(session: int) -> bool:
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_that_is_killed_ends_the_run_with_the_reason_and_it_goes_on(
    model: Path, tmp_path: Path
) -> None:
    source, output = questions(tmp_path / "in.csv", 3000), tmp_path / "out.csv"
    words, environment = command(model, source, output, *OPTIONS, "--num-workers", "2")
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True) as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        part = output.with_name(output.name + ".part")
        while not part.exists() or part.stat().st_size < 500:
            time.sleep(0.01)
        os.kill(int(children.read_text().split()[-1]), signal.SIGKILL)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == 1 and "-9" in said and "接着写" in said
    assert json.loads(ran(model, source, output, *OPTIONS, "--json").stdout)["resumed"] > 0


def test_a_full_disk_is_said_and_what_was_written_is_kept(model: Path, tmp_path: Path) -> None:
    source, output = questions(tmp_path / "in.csv", 3000), tmp_path / "out.csv"
    words, environment = command(model, source, output, *OPTIONS, "--num-workers", "0")
    program = "import resource, os, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000,) * 2);"
    program += "os.execv(sys.argv[1], sys.argv[1:])"
    limited = [words[0], "-c", program, *words]
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "磁盘满了" in done.stderr and "接着写" in done.stderr
    again = json.loads(ran(model, source, output, *OPTIONS, "--json").stdout)
    assert 0 < again["resumed"] < again["rows"] == 3000
    predicted(model, source, tmp_path / "whole.csv", **TITLE, append_columns="id")
    assert output.read_bytes() == (tmp_path / "whole.csv").read_bytes()
