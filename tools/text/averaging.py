"""A moving average of a model's weights, which is steadier than the weights of any one step."""

import torch
from torch import Tensor, nn

SPAN = 0.05
"""Of all steps: so many of the last are averaged over, in effect."""
_EVERY = 4
"""Steps from one to the next that is taken in: a hundredth of a step's time, not a thirtieth."""
Weights = dict[str, Tensor]


class Average:
    """``weights`` are exp-weighted over the last ``SPAN`` of ``steps`` (Polyak & Juditsky, 1992; as an exponential
    average: Izmailov et al., UAI 2018, compare it with one of equal parts). Whole numbers are the newest.
    """

    def __init__(self, model: nn.Module, steps: int) -> None:
        self.weights: Weights = {name: value.detach().clone() for name, value in model.state_dict().items()}
        self._share = min(1.0, _EVERY / max(1.0, SPAN * steps))

    @torch.no_grad()
    def take(self, model: nn.Module, step: int, *, last: bool) -> None:
        """Take in the weights after ``step``, if it is one to take in or the ``last`` before they are looked at."""
        if step % _EVERY and not last:
            return
        for name, value in model.state_dict().items():
            mine = self.weights[name]
            if value.is_floating_point():
                mine.lerp_(value, self._share)
            else:
                mine.copy_(value)
