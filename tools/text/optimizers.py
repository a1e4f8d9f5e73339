"""The optimisers by name; LAMB is ours, as torch has none."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from tools.text.settings import Optimizer

HEAD_RATE = 10.0
"""The fresh head learns this many times as fast as what was pretrained."""
DECAY = 0.01
LAYER_DECAY = 0.9
"""Each layer learns this much as fast as the one above: what lies low is general and should move little (Howard & Ruder,
ACL 2018, section 3.2; as a constant factor: Clark et al., ICLR 2020)."""
_LAYER = re.compile(r"\.(?:layers?|h|blocks?)\.(\d+)\.")


class Lamb(torch.optim.Optimizer):
    """LAMB (You et al., ICLR 2020, algorithm 2): AdamW's step, scaled for each tensor by ‖w‖ / ‖step‖."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]  # no closures here
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._step(parameter, group)

    def _step(self, parameter: Tensor, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = 0
            state["mean"], state["square"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
        state["step"] += 1
        gradient, (first, second) = parameter.grad, group["betas"]
        assert gradient is not None
        state["mean"].lerp_(gradient, 1 - first)
        state["square"].mul_(second).addcmul_(gradient, gradient, value=1 - second)
        mean = state["mean"] / (1 - first ** state["step"])
        square = state["square"] / (1 - second ** state["step"])
        step = mean / (square.sqrt() + group["eps"]) + group["weight_decay"] * parameter
        weight_norm, step_norm = parameter.norm(), step.norm()
        trust = float(weight_norm / step_norm) if weight_norm > 0 and step_norm > 0 else 1.0
        parameter.add_(step, alpha=-group["lr"] * trust)


_OPTIMIZERS: dict[Optimizer, Callable[..., torch.optim.Optimizer]] = {
    Optimizer.ADAM: partial(
        torch.optim.Adam, fused=True
    ),  # one pass over the weights: a third of a step saved
    Optimizer.ADAMW: partial(torch.optim.AdamW, fused=True),
    Optimizer.LAMB: Lamb,
    Optimizer.ADAGRAD: torch.optim.Adagrad,
}


def optimizer(name: Optimizer, model: nn.Module, learning_rate: float) -> torch.optim.Optimizer:
    """The optimiser of ``model``: all but biases and norms decays (not for adam and adagrad, which know none)."""
    decays = name in (Optimizer.ADAMW, Optimizer.LAMB)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    factors = rate_factors([label for label, _ in model.named_parameters()])
    for label, parameter in model.named_parameters():
        rate = learning_rate * factors[label]
        decay = DECAY if decays and parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    parameters = [
        {"params": found, "lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()
    ]
    return _OPTIMIZERS[name](parameters, lr=learning_rate)


def rate_factors(labels: Sequence[str]) -> dict[str, float]:
    """How fast each parameter learns, by its name; ``labels`` stand in the order of the model, embeddings first."""
    layers = {label: int(found[1]) for label in labels if (found := _LAYER.search(label))}
    top = max(layers.values(), default=-1)
    factors, below = dict[str, float](), top + 1
    for label in labels:
        if label.startswith("head."):
            factors[label] = HEAD_RATE
            continue
        below = top - layers[label] if label in layers else below if below > top else 0
        factors[label] = LAYER_DECAY**below
    return factors
