"""Kubernetes manifests from a service description: N stateless replicas, scaled on the turns they answer.

Nothing secret is rendered: secrets are named, and whoever deploys creates them.
"""

import math
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.errors import ConfigError
from chatbot.json_file import Json
from chatbot.service_desc import CONFIG_VARIABLE, ServiceDescription

Manifest = dict[str, Json]

TURNS_METRIC = "chatbot_turns_per_second"
"""What the Prometheus adapter makes of ``chatbot_turns_total`` (``adapter_rules``)."""

SECRET_KEYS = (
    "CHATBOT_REDIS_PASSWORD",
    "CHATBOT_STORE_URL",
    "CHATBOT_HANDOFF_WEBHOOK",
    "CHATBOT_HANDOFF_SECRET",
)
STATE_DIR = "/var/lib/chatbot"
USER = 10001
_USED = ("containers[0].image", "containers[0].command", "metadata.cpu", "oss_mount_path")
_SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|_URL$|WEBHOOK|CREDENTIAL|_KEY$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """``turns_per_replica`` is the load, in turns a second, at which another replica is wanted."""

    redis_host: str = "redis"
    turns_per_replica: int = 200
    most_replicas: int | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """``unused`` are keys that only the cloud they were written for can honour, with their values as text;
    ``moved`` are variables whose values look secret and now belong into the Secret."""

    manifests: tuple[Manifest, ...]
    unused: Mapping[str, str]
    moved: tuple[str, ...]


def render(description: ServiceDescription, config_name: str, options: RenderOptions) -> Rendered:
    """All objects for ``description``; ``config_name`` is the value of ``chatbot_config`` as it stands there.

    Raises:
        ConfigError: no image, or an image, command, cpu or mount path of the wrong form.
    """
    plan = _Plan(description, config_name, options)
    manifests = (
        plan.config_map(), plan.deployment(), plan.service(), plan.autoscaler(), plan.disruption_budget(),
    )  # fmt: skip
    return Rendered(manifests, plan.unused, plan.moved)


def adapter_rules() -> Manifest:
    """The rule (values of the prometheus-adapter chart) that makes ``TURNS_METRIC`` of the service's own counter."""
    rule: Manifest = {
        "seriesQuery": 'chatbot_turns_total{namespace!="",pod!=""}',
        "resources": {"overrides": {"namespace": {"resource": "namespace"}, "pod": {"resource": "pod"}}},
        "name": {"as": TURNS_METRIC},
        "metricsQuery": "sum(rate(<<.Series>>{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)",
    }
    return {"rules": {"custom": [rule]}}


class _Plan:
    """The description, read as Kubernetes needs it."""

    def __init__(self, description: ServiceDescription, config_name: str, options: RenderOptions) -> None:
        self._description, self._options = description, options
        self._name = re.sub(r"[^a-z0-9-]", "-", description.name.lower()).strip("-") or "chatbot"
        self._cloud = description.cloud_values
        self._image = self._text("containers[0].image")
        if not self._image:
            raise ConfigError(
                "containers[0].image 没有写 → 写上镜像的名字和版本，如 registry.example.com/chatbot:0.1.0"
            )
        self._cpu = self._number("metadata.cpu", 1)
        self._replicas = description.workers or 2
        self._mount = self._text("oss_mount_path")
        self._variables = {CONFIG_VARIABLE: config_name, **description.environment}
        self.moved = tuple(name for name in self._variables if _SECRET_NAME.search(name))
        self.unused = {key: _shown(value) for key, value in self._cloud.items() if key not in _USED}

    def config_map(self) -> Manifest:
        data: Manifest = {
            "CHATBOT_REDIS_HOST": self._options.redis_host,
            "CHATBOT_STATE_DIR": STATE_DIR,
            "OMP_NUM_THREADS": "1",
        }
        data |= {name: value for name, value in self._variables.items() if name not in self.moved}
        return {**self._head("v1", "ConfigMap", f"{self._name}-config"), "data": data}

    def deployment(self) -> Manifest:
        notes: Manifest = {f"whitebox-chatbot/{_key(key)}": value for key, value in self.unused.items()}
        head = self._head("apps/v1", "Deployment", self._name)
        metadata = head["metadata"]
        assert isinstance(metadata, dict)
        pod: Manifest = {
            "metadata": {"labels": self._labels(), "annotations": self._scraped()},
            "spec": self._pod_spec(),
        }
        return {
            **head,
            "metadata": {**metadata, "annotations": notes},
            "spec": {
                "replicas": self._replicas,
                "revisionHistoryLimit": 5,
                "selector": {"matchLabels": self._labels()},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "template": pod,
            },
        }

    def service(self) -> Manifest:
        port: Manifest = {"name": "http", "port": self._description.port, "targetPort": "http"}
        return {
            **self._head("v1", "Service", self._name),
            "spec": {"selector": self._labels(), "ports": [port], "type": "ClusterIP"},
        }

    def autoscaler(self) -> Manifest:
        own: Manifest = {
            "type": "Pods",
            "pods": {
                "metric": {"name": TURNS_METRIC},
                "target": {"type": "AverageValue", "averageValue": str(self._options.turns_per_replica)},
            },
        }
        down: Manifest = {
            "stabilizationWindowSeconds": 300,
            "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}],
        }
        return {
            **self._head("autoscaling/v2", "HorizontalPodAutoscaler", self._name),
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": self._name},
                "minReplicas": self._replicas,
                "maxReplicas": self._options.most_replicas or 4 * self._replicas,
                "metrics": [own],
                "behavior": {"scaleDown": down},
            },
        }

    def disruption_budget(self) -> Manifest:
        return {
            **self._head("policy/v1", "PodDisruptionBudget", self._name),
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": self._labels()}},
        }

    def _pod_spec(self) -> Manifest:
        volumes: list[Json] = [
            {"name": "state", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
        ]
        if self._mount:
            volumes.append({"name": "data", "persistentVolumeClaim": {"claimName": f"{self._name}-data"}})
        spread: Manifest = {
            "maxSkew": 1,
            "topologyKey": "kubernetes.io/hostname",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": self._labels()},
        }
        return {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 40,
            "securityContext": {
                "runAsNonRoot": True, "runAsUser": USER, "runAsGroup": USER, "fsGroup": USER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "topologySpreadConstraints": [spread],
            "containers": [self._container()],
            "volumes": volumes,
        }  # fmt: skip

    def _container(self) -> Manifest:
        mounts: list[Json] = [{"name": "state", "mountPath": STATE_DIR}, {"name": "tmp", "mountPath": "/tmp"}]
        if self._mount:
            mounts.append({"name": "data", "mountPath": self._mount})
        return {
            "name": "chatbot",
            "image": self._image,
            "imagePullPolicy": "IfNotPresent",
            "args": list(self._command()),
            "envFrom": [{"configMapRef": {"name": f"{self._name}-config"}}],
            "env": [self._secret_variable(name) for name in dict.fromkeys((*SECRET_KEYS, *self.moved))],
            "ports": [{"name": "http", "containerPort": self._description.port}],
            "resources": self._resources(),
            "startupProbe": _probe("/readyz", periodSeconds=2, failureThreshold=60),
            "readinessProbe": _probe("/healthz", periodSeconds=5, failureThreshold=2),
            "livenessProbe": _probe("/healthz", periodSeconds=10, failureThreshold=6),
            "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volumeMounts": mounts,
        }

    def _command(self) -> list[Json]:
        """As described; a replica runs one worker a processor, for ``instance`` counts replicas here."""
        words = shlex.split(self._text("containers[0].command") or "chatbot serve --host 0.0.0.0")
        if words[:2] == ["chatbot", "serve"] and "--workers" not in words:
            words += ["--workers", str(max(1, math.ceil(self._cpu)))]
        return list(words)

    def _resources(self) -> Manifest:
        memory = f"{self._description.memory_mb or 1024}Mi"
        cpu = f"{self._cpu:g}"
        return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": memory}}

    def _secret_variable(self, name: str) -> Manifest:
        reference: Manifest = {
            "name": f"{self._name}-secrets",
            "key": name,
            "optional": name not in self.moved,
        }
        return {"name": name, "valueFrom": {"secretKeyRef": reference}}

    def _head(self, version: str, kind: str, name: str) -> Manifest:
        return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "labels": self._labels()}}

    def _labels(self) -> Manifest:
        return {"app.kubernetes.io/name": "whitebox-chatbot", "app.kubernetes.io/instance": self._name}

    def _scraped(self) -> Manifest:
        return {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(self._description.port),
            "prometheus.io/path": "/metrics",
        }

    def _text(self, key: str) -> str:
        value = self._cloud.get(key) or ""
        if not isinstance(value, str):
            raise ConfigError(f"{key} 的值是 {value} → 应是文字")
        return value

    def _number(self, key: str, default: float) -> float:
        value = self._cloud.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 256:
            raise ConfigError(f"{key} 的值是 {value} → 应是大于 0、不超过 256 的数")
        return value


def _probe(path: str, **times: int) -> Manifest:
    return {"httpGet": {"path": path, "port": "http"}, "timeoutSeconds": 3, **times}


def _key(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", key).strip("-.")[:63]


def _shown(value: Json) -> str:
    return value if isinstance(value, str) else str(value)
