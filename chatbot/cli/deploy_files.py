"""The files that ``chatbot deploy render`` writes, as texts."""

import json
import os
from pathlib import Path

import yaml

from chatbot.deploy.manifests import Rendered, RenderOptions, adapter_rules, render
from chatbot.deploy.monitoring import alert_rules, dashboard
from chatbot.errors import ChatbotError
from chatbot.json_file import Json
from chatbot.service_desc import load_service_description


def rendered_files(
    service_desc: Path, redis_host: str, turns_per_replica: int, most_replicas: int | None
) -> tuple[Rendered, dict[str, str]]:
    """What ``service_desc`` amounts to, and the text of each file by name.

    Raises:
        ChatbotError: the description cannot be used.
    """
    description = load_service_description(service_desc)
    config_name = os.path.relpath(description.config_path, service_desc.absolute().parent)
    rendered = render(description, config_name, RenderOptions(redis_host, turns_per_replica, most_replicas))
    return rendered, _texts(rendered)


def _texts(rendered: Rendered) -> dict[str, str]:
    return {
        "kubernetes.yaml": "---\n".join(_yaml(manifest) for manifest in rendered.manifests),
        "prometheus-adapter.yaml": _yaml(adapter_rules()),
        "prometheus-alerts.yaml": _yaml(alert_rules()),
        "grafana-dashboard.json": json.dumps(dashboard(), ensure_ascii=False, indent=2) + "\n",
    }


def _yaml(value: dict[str, Json]) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes what occurs twice twice: anchors in manifests help nobody."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def write_files(files: dict[str, str], folder: Path) -> list[str]:
    """Write ``files`` into ``folder``; the paths written.

    Raises:
        ChatbotError: the folder does not take them.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise ChatbotError(
            f"{folder}: 写不了（{error.strerror}）→ 检查权限和空间，或换一个 --output"
        ) from error
    return [str(folder / name) for name in files]
