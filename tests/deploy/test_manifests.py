"""Rendered manifests: valid for Kubernetes, faithful to the description, nothing secret in them, nothing dropped."""

import json
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from chatbot.cli.verbs import app
from chatbot.deploy.manifests import SECRET_KEYS, TURNS_METRIC, adapter_rules

ROOT = Path(__file__).parents[2]
VERSIONS = ("1.29", "1.34")


def description(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "chatbot_service_desc.json").read_text("utf-8"))
    return {**found, **changes}


def rendered(folder: Path, described: dict[str, Any], *options: str) -> dict[str, Any]:
    file = folder / "desc.json"
    file.write_text(json.dumps(described))
    done = CliRunner().invoke(app, ["deploy", "render", "--service-desc", str(file), "--json", *options])
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[0])
    return result


def by_kind(result: dict[str, Any]) -> dict[str, Any]:
    return {manifest["kind"]: manifest for manifest in result["manifests"]}


def container(result: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = by_kind(result)["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid_for_kubernetes(version: str, tmp_path: Path) -> None:
    result = rendered(tmp_path, description())
    kinds = [manifest["kind"] for manifest in result["manifests"]]
    assert kinds == ["ConfigMap", "Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"]
    for manifest in result["manifests"]:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_validator_would_see_a_wrong_key(tmp_path: Path) -> None:
    manifest = by_kind(rendered(tmp_path, description()))["Deployment"]
    manifest["spec"]["template"]["spec"]["containers"][0]["imagePullPolicyy"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSIONS[-1], strict=True)


def test_the_description_is_honoured(tmp_path: Path) -> None:
    described = description(
        name="Pre_Sales",
        containers=[{
            "image": "registry.example.com/x:1", "port": 9000, "command": "chatbot serve --host 0.0.0.0",
            "env": [{"name": "chatbot_config", "value": "user_datasets/a.json"},
                    {"name": "CHATBOT_LOG_LEVEL", "value": "warning"}],
        }],
        metadata={"cpu": 1.5, "instance": 3, "memory": 4096},
    )  # fmt: skip
    result = rendered(tmp_path, described)
    kinds, run = by_kind(result), container(result)
    assert kinds["Deployment"]["metadata"]["name"] == "pre-sales"
    assert (kinds["Deployment"]["spec"]["replicas"], run["image"]) == (3, "registry.example.com/x:1")
    assert run["args"] == ["chatbot", "serve", "--host", "0.0.0.0", "--workers", "2"]
    assert run["resources"]["limits"] == {"memory": "4096Mi"} and run["resources"]["requests"]["cpu"] == "1.5"
    assert run["ports"][0]["containerPort"] == kinds["Service"]["spec"]["ports"][0]["port"] == 9000
    data = kinds["ConfigMap"]["data"]
    assert (data["chatbot_config"], data["CHATBOT_LOG_LEVEL"]) == ("user_datasets/a.json", "warning")
    assert {"name": "data", "mountPath": described["oss_mount_path"]} in run["volumeMounts"]


def test_it_scales_on_its_own_turns_and_never_stops_all_at_once(tmp_path: Path) -> None:
    kinds = by_kind(rendered(tmp_path, description(), "--turns-per-replica", "150", "--most-replicas", "9"))
    scaler = kinds["HorizontalPodAutoscaler"]["spec"]
    assert scaler["metrics"][0]["pods"]["metric"]["name"] == TURNS_METRIC
    assert scaler["metrics"][0]["pods"]["target"]["averageValue"] == "150"
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (2, 9)
    assert json.dumps(adapter_rules()).count("chatbot_turns_total") == 1
    assert kinds["Deployment"]["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert kinds["PodDisruptionBudget"]["spec"]["maxUnavailable"] == 1


def test_it_runs_with_as_few_rights_as_it_can(tmp_path: Path) -> None:
    result = rendered(tmp_path, description())
    pod, run = by_kind(result)["Deployment"]["spec"]["template"]["spec"], container(result)
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    assert not pod["automountServiceAccountToken"]
    assert run["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {
        run[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    } == {
        "/readyz",
        "/healthz",
    }


def test_what_only_its_cloud_can_honour_is_told_and_written_down(tmp_path: Path) -> None:
    result = rendered(tmp_path, description(extra={"quota": 3}))
    notes = by_kind(result)["Deployment"]["metadata"]["annotations"]
    for key in (
        "metadata.resource",
        "oss_endpoint",
        "oss_path",
        "cloud.networking.vswitch_id",
        "extra.quota",
    ):
        assert result["unused"][key] == notes[f"whitebox-chatbot/{key}"]


def test_secrets_are_named_and_never_written(tmp_path: Path) -> None:
    described = description()
    described["containers"][0]["env"].append({"name": "DESK_API_TOKEN", "value": "hunter2"})
    result = rendered(tmp_path, described)
    assert result["moved"] == ["DESK_API_TOKEN"]
    assert "hunter2" not in json.dumps(result["manifests"])
    named = {row["valueFrom"]["secretKeyRef"]["key"]: row["valueFrom"]["secretKeyRef"]["optional"]
             for row in container(result)["env"]}  # fmt: skip
    assert named == {**dict.fromkeys(SECRET_KEYS, True), "DESK_API_TOKEN": False}


def test_the_files_hold_what_was_rendered(tmp_path: Path) -> None:
    result = rendered(tmp_path, description(), "--output", str(tmp_path / "out"))
    text = (tmp_path / "out" / "kubernetes.yaml").read_text("utf-8")
    assert list(yaml.safe_load_all(text)) == result["manifests"]
    assert {Path(file).name for file in result["files"]} == {
        "kubernetes.yaml", "prometheus-adapter.yaml", "prometheus-alerts.yaml", "grafana-dashboard.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"containers": [{"env": [{"name": "chatbot_config", "value": "a"}]}]}, "containers[0].image"),
        ({"metadata": {"cpu": "two"}}, "metadata.cpu"),
        ({"metadata": {"cpu": 0}}, "metadata.cpu"),
        ({"oss_mount_path": 3}, "oss_mount_path"),
    ],
)
def test_what_cannot_be_rendered_is_refused(changes: dict[str, Any], part: str, tmp_path: Path) -> None:
    file = tmp_path / "desc.json"
    file.write_text(json.dumps(description(**changes)))
    done = CliRunner().invoke(app, ["deploy", "render", "--service-desc", str(file)])
    assert (done.exit_code, part in done.output) == (1, True)
