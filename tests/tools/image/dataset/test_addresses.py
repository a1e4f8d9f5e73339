"""From an address to bytes: the operator's table, and no way out of the places it names."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.errors import ConfigError
from tools.image.dataset.addresses import Roots, read_address
from tools.image.dataset.records import RowError


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("oss://bucket/a/1.jpg", "data/a/1.jpg"),
        ("oss://bucket/deep/1.jpg", "other/1.jpg"),
        ("azureml://subscriptions/s/paths/images/1.jpg", "aml/1.jpg"),
        ("a/1.jpg", "base/a/1.jpg"),
        ("old/prefix/1.jpg", "data/1.jpg"),
    ],
    ids=["oss", "the longest beginning counts", "azureml", "a path", "a path of the table"],
)
def test_an_address_is_found_by_the_table_or_beside_its_file(
    tmp_path: Path, address: str, found: str
) -> None:
    roots = Roots.of([f"oss://bucket/={tmp_path}/data/", f"oss://bucket/deep/={tmp_path}/other",
                      f"azureml://subscriptions/s/paths/images/={tmp_path}/aml/", f"old/prefix/={tmp_path}/data"])  # fmt: skip
    (tmp_path / found).parent.mkdir(parents=True)
    (tmp_path / found).write_bytes(b"picture")
    assert roots.resolve(address, tmp_path / "base") == tmp_path / found
    assert read_address(address, roots, tmp_path / "base") == b"picture"


def test_a_url_of_the_table_may_lead_to_another_url() -> None:
    assert Roots.of(["oss://b/=s3://mirror/"]).resolve("oss://b/a.jpg", Path()) == "s3://mirror/a.jpg"


@pytest.mark.parametrize(
    "address",
    ["../a.jpg", "a/../../b.jpg", "/etc/passwd", "..\\a.jpg", "oss://b/../a.jpg", "oss://b//etc/passwd", "s3://m/%2e%2e/x",
     "file:///etc/passwd", "local://etc/passwd", "zip://a::file:///x.zip", "simplecache::https://h/a", "a\0.jpg", " "],
)  # fmt: skip
def test_ways_out_of_a_folder_are_refused(tmp_path: Path, address: str) -> None:
    roots = Roots.of([f"oss://b/={tmp_path}/data/", "s3://m/=https://mirror/"])
    with pytest.raises(RowError):
        roots.resolve(address, tmp_path)


def test_links_that_lead_out_are_refused_and_those_that_stay_are_followed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "data" / "a").write_bytes(b"x")
    (tmp_path / "data" / "in").symlink_to("a")
    (tmp_path / "data" / "out").symlink_to("../secret")
    assert read_address("in", Roots(), tmp_path / "data") == b"x"
    with pytest.raises(RowError, match="链接"):
        read_address("out", Roots(), tmp_path / "data")


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(["..", ".", "", "a", "link", "oss://b/", "%2e%2e", "\\", "/", "~"]), max_size=6
    )
)
def test_whatever_an_address_is_made_of_it_stays_in_its_folder(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    base = tmp_path_factory.getbasetemp() / "inside"
    base.mkdir(exist_ok=True)
    if not (base / "link").is_symlink():
        (base / "link").symlink_to("/etc")
    address = "/".join(parts)
    try:
        found = Roots.of([f"oss://b/={base}"]).resolve(address, base)
    except RowError:
        return
    if isinstance(found, Path):
        assert found.resolve().is_relative_to(base.resolve())


@pytest.mark.parametrize("option", ["oss://b/", "=data", "oss://b/="])
def test_a_root_that_is_not_of_its_form_is_refused(option: str) -> None:
    with pytest.raises(ConfigError, match="--root"):
        Roots.of([option])
    with pytest.raises(ConfigError, match="两次"):
        Roots.of(["a/=b/", "a/=c/"])


def test_a_picture_that_is_missing_or_too_large_is_told_and_a_directory_is_none(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 100)
    for address, said in (("none.jpg", "none.jpg"), ("large", "大于"), (".", "读不了")):
        with pytest.raises(RowError, match=said):
            read_address(address, Roots(), tmp_path, most=50)


def test_a_scheme_without_a_driver_says_what_to_do() -> None:
    with pytest.raises(RowError, match="--root"):
        read_address("azureml://subscriptions/a.jpg", Roots(), Path())
