"""What a client asks of an image service beside the class: an explanation, by which algorithm, of what precision."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatbot.json_file import Json, shown
from chatbot.predict.base import ItemError

IMAGE, EXPLAIN = "image", "explain"
XRAI, INTEGRATED, GUIDED_GRADCAM, GUIDED_BACKPROP = (
    "xrai",
    "integrated_gradients",
    "guided_gradcam",
    "guided_backprop",
)
ALGORITHMS = (XRAI, INTEGRATED, GUIDED_GRADCAM, GUIDED_BACKPROP)
METHODS = ("gausslegendre", "riemann_middle")
STEPS = {XRAI: 50, INTEGRATED: 150}
"""Of what integrates. EfficientNet-Lite0 needs 150 for its sums to be within 5 % of what they should be (50: 63 %)."""
MOST_STEPS = 500


@dataclass(frozen=True, slots=True)
class Explanation:
    """``steps`` are those of the path integral (xrai, integrated_gradients), ``threshold`` that of several labels."""

    algorithm: str = XRAI
    visualizations: bool = True
    attributions: bool = False
    threshold: float = 0.5
    steps: int = STEPS[XRAI]
    fast: bool = True
    method: str = METHODS[0]


def read_explanation(datum: Mapping[str, Json]) -> dict[str, Json] | ItemError | None:
    """The explanation that a datum asks for, as an item holds it; ``None`` when it asks for none."""
    wanted = _switch(datum, "model_explainability", False)
    given = datum.get("xai_parameters")
    if isinstance(wanted, ItemError) or not wanted:
        return wanted or None
    if given is not None and not isinstance(given, Mapping):
        return ItemError("invalid_item", f"xai_parameters 是 {shown(given)} → 应是对象")
    return _checked(given or {})


def explanation_of(found: Json) -> Explanation:
    """The explanation that an item holds."""
    assert isinstance(found, Mapping)
    return Explanation(**found)  # type: ignore[arg-type]  # its types were checked when it was read


def _checked(given: Mapping[str, Json]) -> dict[str, Json] | ItemError:
    default = Explanation()
    algorithm = given.get("xai_algorithm", default.algorithm)
    if algorithm not in ALGORITHMS:
        return ItemError(
            "invalid_item", f"没有解释算法 {shown(algorithm)} → xai_algorithm 可用 {'、'.join(ALGORITHMS)}"
        )
    method = given.get("approximation_method", default.method)
    if method not in METHODS:
        return ItemError(
            "invalid_item", f"approximation_method 是 {shown(method)} → 可用 {'、'.join(METHODS)}"
        )
    read: dict[str, Json | ItemError] = {
        "algorithm": algorithm,
        "visualizations": _switch(given, "visualizations", default.visualizations),
        "attributions": _switch(given, "attributions", default.attributions),
        "threshold": _number(given, "confidence_score_threshold_multilabel", default.threshold, 0, 1),
        "steps": _steps(given, STEPS.get(str(algorithm), default.steps)),
        "fast": _switch(given, "xrai_fast", default.fast),
        "method": method,
    }
    fault = next((one for one in read.values() if isinstance(one, ItemError)), None)
    return fault or {key: value for key, value in read.items() if not isinstance(value, ItemError)}


def _switch(given: Mapping[str, Json], key: str, default: bool) -> bool | ItemError:
    value = given.get(key, default)
    return (
        value
        if isinstance(value, bool)
        else ItemError("invalid_item", f"{key} 是 {shown(value)} → true 或 false")
    )


def _number(
    given: Mapping[str, Json], key: str, default: float, least: float, most: float
) -> float | ItemError:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        return ItemError("invalid_item", f"{key} 是 {shown(value)} → 应是 {least:g} 到 {most:g} 的数")
    return float(value)


def _steps(given: Mapping[str, Json], default: int) -> int | ItemError:
    value = _number(given, "n_steps", default, 2, MOST_STEPS)
    return value if isinstance(value, ItemError) else int(value)
