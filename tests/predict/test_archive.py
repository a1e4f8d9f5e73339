"""A model that comes as an archive: unpacked once, or refused before anything is written outside."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.errors import ModelError
from chatbot.predict.archive import unpacked
from chatbot.predict.model_dir import ModelCard, read_model_card, write_model_card


def archive(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    file = tmp_path / "model.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        for info, data in members:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return file


def link(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("inside", ["", "my_model/"])
def test_an_archive_of_files_or_of_their_folder_is_the_model(tmp_path: Path, inside: str) -> None:
    (tmp_path / "m").mkdir()
    write_model_card(tmp_path / "m", ModelCard("fake", "7", {"labels": ["好"]}))
    card = (tmp_path / "m" / "predictor.json").read_bytes()
    file = archive(tmp_path, (tarfile.TarInfo(f"{inside}predictor.json"), card))
    place = unpacked(file, tmp_path / "models")
    assert read_model_card(place, "fake").settings == {"labels": ["好"]}
    assert unpacked(file, tmp_path / "models") == place
    assert len(list((tmp_path / "models").iterdir())) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: (tarfile.TarInfo("../evil"), b"x"),
        lambda: (tarfile.TarInfo("/etc/evil"), b"x"),
        lambda: (tarfile.TarInfo("a\\..\\evil"), b"x"),
        lambda: (link("a", "/etc/passwd", tarfile.SYMTYPE), b""),
        lambda: (link("a", "../../etc/passwd", tarfile.LNKTYPE), b""),
        lambda: (link("a", "", tarfile.CHRTYPE), b""),
        lambda: (link("a", "", tarfile.FIFOTYPE), b""),
    ],
)
def test_what_could_write_or_read_elsewhere_is_refused_and_leaves_nothing(
    tmp_path: Path, make: Callable[[], tuple[tarfile.TarInfo, bytes]]
) -> None:
    file = archive(tmp_path, make())
    with pytest.raises(ModelError, match=r"model\.tar\.gz"):
        unpacked(file, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_truncated_archive_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    file = archive(tmp_path, (tarfile.TarInfo("a"), bytes(range(256)) * 4000))
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(ModelError, match="解不开"):
        unpacked(file, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_a_missing_archive_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.tgz"):
        unpacked(tmp_path / "none.tgz", tmp_path)


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ("", "空的"),
        ("[]", "JSON 对象"),
        ('{"format": 2, "task": "fake", "version": "1"}', "format 是 2"),
        ('{"format": 1, "task": "other", "version": "1"}', '"other" 的模型，不是 fake'),
        ('{"format": 1, "task": "fake"}', "version"),
    ],
)
def test_a_directory_of_something_else_is_refused_with_what_it_is(
    tmp_path: Path, card: str, said: str
) -> None:
    (tmp_path / "predictor.json").write_text(card)
    with pytest.raises(ModelError) as caught:
        read_model_card(tmp_path, "fake")
    assert said in caught.value.message and "predictor.json" in caught.value.message


def test_a_folder_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        read_model_card(tmp_path / "nowhere", "fake")
