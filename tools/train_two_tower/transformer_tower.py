"""A transformer under training, through sentence-transformers' own modules."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize
from torch import Tensor, nn

from chatbot.errors import DataError
from tools.train_two_tower.settings import TrainSettings


class TransformerTower(nn.Module):
    """Transformer, pooling, a linear layer to the embedding size where it differs, and L2 normalisation."""

    def __init__(self, model: SentenceTransformer) -> None:
        super().__init__()
        self.model = model

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors (n, dimension)."""
        features = self.model.preprocess(list(texts))
        features = {k: v.to(self.model.device) if isinstance(v, Tensor) else v for k, v in features.items()}
        vectors: Tensor = self.model(features)["sentence_embedding"]
        return vectors

    def parameter_groups(self, learning_rate: float) -> list[dict[str, object]]:
        """Everything but biases and norms decays; the fresh linear layer learns ten times as fast."""
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in self.named_parameters():
            decay = 0.0 if parameter.ndim == 1 else 0.01
            rate = learning_rate * (10 if "linear" in name else 1)
            groups.setdefault((rate, decay), []).append(parameter)
        return [
            {"params": found, "lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()
        ]

    def write(self, model_dir: Path, notes: Mapping[str, str]) -> None:
        """Writes sentence-transformers' own layout; ``notes`` go into the training report alone."""
        self.model.save(str(model_dir), create_model_card=False)


def transformer_tower(source: str, settings: TrainSettings, device: str) -> TransformerTower:
    """The model of a directory or hub name, with its head set to the embedding size.

    Raises:
        DataError: sentence-transformers cannot load it.
    """
    local = Path(source).is_dir()
    if local:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    torch.manual_seed(settings.seed)
    try:
        model = SentenceTransformer(source, device=device, local_files_only=local)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        hint = "give a sentence-transformers directory, ngram or m3e-small"
        raise DataError(source, f"sentence-transformers cannot load it ({error})", hint=hint) from error
    model.max_seq_length = min(settings.sequence_length, model.max_seq_length or settings.sequence_length)
    _set_head(model, settings.embedding_size, device)
    return TransformerTower(model)


def _set_head(model: SentenceTransformer, size: int, device: str) -> None:
    parts = [module for module in model if not isinstance(module, Normalize)]
    present = int(model.get_embedding_dimension())
    if present != size:
        parts.append(Dense(present, size, bias=False, activation_function=nn.Identity()))
        nn.init.orthogonal_(parts[-1].linear.weight)
    parts.append(Normalize())
    model._modules.clear()
    for number, module in enumerate(parts):
        model.add_module(str(number), module.to(device))
