"""What ``rebuild-index`` fitted, in two small files beside the questions: weights to read, a classifier to load."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from chatbot.errors import DataError
from chatbot.faq_modules.choice import ChoiceModel, Thresholds
from chatbot.faq_modules.class_evidence import METHOD, Dual
from chatbot.faq_modules.corpus import Corpus
from chatbot.faq_modules.scope import ScopeEvidence

CHOICE_FILE, EVIDENCE_FILE = "faq_choice.json", "faq_class_evidence.safetensors"
_HINT = "删除它，或运行 python -m tools rebuild-index --config 配置文件"


def choice_json(model: ChoiceModel) -> str:
    """A choice model as text: what it goes by can be read."""
    return json.dumps(asdict(model), ensure_ascii=False, indent=1) + "\n"


def read_choice(path: Path) -> ChoiceModel:
    """The choice model in a JSON file.

    Raises:
        DataError: It is not one.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return ChoiceModel(
            weights={str(name): float(weight) for name, weight in raw["weights"].items()},
            origin=str(raw["origin"]),
            thresholds=tuple(Thresholds(**row) for row in raw["thresholds"]),
            figures={str(name): float(figure) for name, figure in raw["figures"].items()},
            basis=str(raw["basis"]),
            scope=_scope(raw.get("scope")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(path, f"不是融合模型（{error}）", hint=_HINT) from error


def _scope(raw: dict[str, object] | None) -> ScopeEvidence | None:
    if raw is None:
        return None
    weights = raw["weights"]
    if not isinstance(weights, dict):
        raise TypeError("scope.weights 不是对象")
    return ScopeEvidence(
        {str(name): float(weight) for name, weight in weights.items()}, float(str(raw["bias"]))
    )


def dual_bytes(dual: Dual, corpus: Corpus) -> bytes:
    """The classifier's coefficients as a safetensors file, with the version of the texts they belong to."""
    return save({"dual": np.ascontiguousarray(dual)}, metadata=_made_from(corpus))


def _made_from(corpus: Corpus) -> dict[str, str]:
    return {"corpus": corpus.version, "method": METHOD}


def read_dual(path: Path, corpus: Corpus) -> Dual | None:
    """The coefficients in ``path`` if they are those of exactly the texts in ``corpus`` by today's method, else ``None``.

    Raises:
        DataError: The file is damaged.
    """
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as tensors:
            if tensors.metadata() != _made_from(corpus):
                return None
            dual: Dual = tensors.get_tensor("dual")
    except (OSError, SafetensorError) as error:
        raise DataError(path, f"分类系数已损坏（{error}）", hint=_HINT) from error
    wanted = (len(corpus.texts), len(corpus.questions))
    if dual.shape != wanted:
        raise DataError(path, f"分类系数的形状是 {dual.shape}，应是 {wanted}", hint=_HINT)
    return dual
