"""Labels of two levels: a multi-label classifier's, and above each the root that a mapping file gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import ConfigError
from chatbot.json_file import Json, read_json_object, shown


@dataclass(frozen=True, slots=True)
class TextLabel:
    """``root`` is empty where the mapping has none; ``weight`` is a probability."""

    label: str
    root: str
    weight: float


def read_mapping(file: Path | None) -> Mapping[str, str]:
    """``{"火锅": "美食"}``: from label to root; empty without a file.

    Raises:
        ConfigError: not a JSON object of texts.
    """
    if file is None:
        return {}
    raw = read_json_object(file, "标签映射")
    for label, root in raw.items():
        if not isinstance(root, str) or not root:
            raise ConfigError(f"{file}: “{label}”的值是 {shown(root)} → 应是上级标签的名字（文字）")
    return {label: str(root) for label, root in raw.items()}


def text_labels(
    shares: Mapping[str, float], threshold: float, mapping: Mapping[str, str], append_root: bool
) -> list[TextLabel]:
    """The labels from ``threshold`` on, likeliest first; with ``append_root`` each root once, behind its first label."""
    found: list[TextLabel] = []
    told: set[str] = set()
    for label in sorted(shares, key=lambda one: (-shares[one], one)):
        if shares[label] < threshold:
            break
        if label in told:
            continue
        root = mapping.get(label, "")
        found.append(TextLabel(label, root, shares[label]))
        told.add(label)
        if append_root and root and root not in told:
            found.append(TextLabel(root, "", shares[label]))
            told.add(root)
    return found


def unmapped(labels: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    """Labels of the mapping that the model does not have."""
    known = set(labels)
    return [label for label in mapping if label not in known]


def shown_labels(labels: Sequence[TextLabel]) -> list[Json]:
    """As a reply holds them."""
    return [{"label": one.label, "root": one.root, "weight": round(one.weight, 4)} for one in labels]
