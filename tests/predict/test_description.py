"""The service description: read as clouds write it, refused with the place and the way out."""

import json
from pathlib import Path

import pytest

from chatbot.errors import ConfigError
from chatbot.predict.base import Description, Schema
from chatbot.predict.description import load_predict_service

WHOLE = {
    "name": "intent",
    "model_path": "models/intent.tar.gz",
    "processor": "text_classification",
    "model_config": '{"threshold": 0.4}',
    "generate_token": "true",
    "metadata": {
        "instance": 2,
        "cpu": 2,
        "memory": 900,
        "rpc": {"worker_threads": 3, "batching": True, "max_batch_size": 32, "max_batch_timeout": 20},
        "resource": "eas-r-x",
    },
    "oss_path": "oss://b/",
}


def write(folder: Path, value: object) -> Path:
    file = folder / "intent.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def test_a_whole_description_is_read(tmp_path: Path) -> None:
    found = load_predict_service(write(tmp_path, WHOLE), {"CHATBOT_PREDICT_TOKEN_INTENT": "t"})
    assert (found.name, found.processor, found.settings) == (
        "intent", "text_classification", {"threshold": 0.4}
    )  # fmt: skip
    assert found.model_path == tmp_path / "models/intent.tar.gz"
    assert (found.generate_token, found.token, found.instances, found.cpu, found.memory_mb) == (
        True, "t", 2, 2, 900
    )  # fmt: skip
    limits = found.limits
    assert (limits.threads, limits.max_batch_size, limits.max_wait_seconds) == (3, 32, 0.02)
    assert found.ignored == ("oss_path", "metadata.resource")
    assert "token='t'" not in repr(found)


def test_a_short_one_is_enough_and_batching_off_means_one_by_one(tmp_path: Path) -> None:
    found = load_predict_service(
        write(tmp_path, {"name": "a", "processor": "p", "metadata": {"rpc": {"batching": "false"}}}), {}
    )
    assert (found.model_path, found.settings, found.instances, found.token) == (None, {}, 1, "")
    assert (found.limits.max_batch_size, found.limits.max_wait_seconds) == (1, 0.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "a b"}, "name 的值是"),
        ({"name": None}, "name 的值是 null"),
        ({"processor": ""}, "processor"),
        ({"model_path": 5}, "model_path 的值是 5"),
        ({"model_config": "{"}, "model_config"),
        ({"model_config": [1]}, "model_config 是列表"),
        ({"generate_token": "yes"}, "generate_token"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"rpc": 5}}, "metadata.rpc"),
        ({"metadata": {"instance": 0}}, "instance"),
        ({"metadata": {"rpc": {"max_batch_sise": 5}}}, "metadata.rpc.max_batch_size"),
        ({"metadata": {"rpc": {"worker_threads": "5"}}}, "worker_threads"),
        ({"modelpath": "x"}, "是不是想写 model_path"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    tmp_path: Path, change: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_predict_service(write(tmp_path, {**WHOLE, **change}), {})
    assert said in caught.value.message and "intent.json" in caught.value.message


def described(side_by_side: bool) -> Description:
    return Description("t", "1", Schema((), {}, {}), side_by_side=side_by_side)


def test_as_many_batches_at_once_as_the_model_and_the_machine_can_use_unless_it_is_said(
    tmp_path: Path,
) -> None:
    base = {"name": "a", "processor": "p", "metadata": {"cpu": 4, "instance": 2}}
    found = load_predict_service(write(tmp_path, base), {})
    assert found.limits_for(described(True)).threads == 2
    assert found.limits_for(described(False)).threads == 1
    stated = {**base, "metadata": {"rpc": {"worker_threads": 3}}}
    found = load_predict_service(write(tmp_path, stated), {})
    assert found.limits_for(described(True)).threads == found.limits_for(described(False)).threads == 3
