"""The service description: what is honoured here, what is reported, what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from chatbot.errors import ConfigError
from chatbot.service_desc import ServiceDescription, load_service_description

ROOT = Path(__file__).parents[1]
CONFIG = {"name": "chatbot_config", "value": "engine.json"}


def load(folder: Path, description: object) -> ServiceDescription:
    file = folder / "desc.json"
    file.write_text(json.dumps(description), encoding="utf-8")
    return load_service_description(file)


def described(**container: Any) -> dict[str, Any]:
    return {"name": "shop", "containers": [{"env": [CONFIG], **container}]}


def test_name_and_configuration_are_enough(tmp_path: Path) -> None:
    assert load(tmp_path, described()) == ServiceDescription("shop", tmp_path / "engine.json")


def test_the_demo_description_is_honoured_and_its_cloud_keys_are_reported() -> None:
    description = load_service_description(ROOT / "chatbot_service_desc.json")
    assert description.config_path == ROOT / "user_datasets" / "chatbot_deploy_eas.json"
    assert (description.name, description.port, description.workers) == ("chatbot", 8079, 2)
    assert description.memory_mb == 2048
    assert set(description.cloud_only) == {
        "containers[0].image", "containers[0].command", "metadata.cpu", "metadata.resource",
        "oss_endpoint", "oss_path", "oss_mount_path",
        "cloud.networking.security_group_id", "cloud.networking.vswitch_id",
    }  # fmt: skip


def test_port_instances_memory_and_environment_are_taken_over(tmp_path: Path) -> None:
    env = [CONFIG, {"name": "OMP_NUM_THREADS", "value": "1"}]
    raw = {**described(env=env, port=9000), "metadata": {"instance": 3, "memory": 512}}
    description = load(tmp_path, raw)
    assert (description.port, description.workers, description.memory_mb) == (9000, 3, 512)
    assert description.environment == {"OMP_NUM_THREADS": "1"}


def test_keys_of_the_cloud_that_we_have_never_heard_of_are_reported_too(tmp_path: Path) -> None:
    raw = {**described(), "autoscaler": {"min": 1}, "storage": [1]}
    assert load(tmp_path, raw).cloud_only == ("autoscaler.min", "storage")


def test_further_containers_are_reported(tmp_path: Path) -> None:
    raw = described()
    raw["containers"].append({"image": "sidecar"})
    assert load(tmp_path, raw).cloud_only == ("containers[1…1]",)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ({}, ["containers[0].env", "chatbot_config"]),
        ({"containers": [{"env": [CONFIG]}]}, ["name", "null"]),
        ({**described(), "name": "小店"}, ["name", "小店", "网址"]),
        ({**described(), "name": "a/b"}, ["name", "a/b"]),
        ({**described(), "containers": {}}, ["containers", "列表"]),
        ({**described(), "containers": []}, ["containers"]),
        ({**described(), "metadata": 2}, ["metadata", "对象"]),
        ({**described(), "metadata": {"instanse": 2}}, ["metadata.instanse", "metadata.instance"]),
        ({**described(), "metadata": {"instance": 0}}, ["metadata.instance", "1 到 256"]),
        ({**described(), "metadata": {"instance": True}}, ["metadata.instance", "true"]),
        ({**described(), "metadata": {"memory": "2G"}}, ["metadata.memory", '"2G"', "整数"]),
        (described(port="8079"), ["containers[0].port", '"8079"', "整数，1 到 65535"]),
        (described(prot=8079), ["containers[0].prot", "containers[0].port"]),
        (described(env={"a": "b"}), ["containers[0].env", "列表"]),
        (described(env=[]), ["chatbot_config"]),
        (described(env=[{"name": "A"}]), ["env[0]", "A", "文字"]),
        (described(env=[{"value": "A"}]), ["env[0]", "变量名"]),
        (described(env=["A=1"]), ["env[0]", "A=1"]),
        (described(env=[CONFIG, CONFIG]), ["env[1]", "两次"]),
        (described(env=[{"name": "PORT", "value": 1}]), ["env[0]", "PORT", "加引号"]),
    ],
    ids=lambda value: None if isinstance(value, list) else json.dumps(value, ensure_ascii=False)[-40:],
)
def test_a_bad_description_is_refused_with_key_value_and_way_out(
    tmp_path: Path, raw: dict[str, Any], parts: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, raw)
    for part in ["desc.json", *parts]:
        assert part in caught.value.message


def test_broken_json_is_refused_with_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "desc.json"
    file.write_text('{"name": "a",}')
    with pytest.raises(ConfigError, match=r"desc\.json:1:14: .*第 1 行第 14 列"):
        load_service_description(file)


def test_values_of_variables_are_in_no_representation(tmp_path: Path) -> None:
    env = [CONFIG, {"name": "CHATBOT_REDIS_PASSWORD", "value": "hunter2"}]
    assert "hunter2" not in repr(load(tmp_path, described(env=env)))
