"""Losses over one batch of labelled sentences: each query meets every document of the batch.

All take the cosines ``similarities[i, j]`` of query i and document j (B, B), and boolean masks of the same shape:
``positive`` (same label, i ≠ j) and ``negative`` (another label). Sentences of the query's own label are never its
negatives, so a batch holds no false ones. Each returns a scalar.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from tools.train_two_tower.settings import LossType, TrainSettings

Loss = Callable[[Tensor, Tensor, Tensor], Tensor]


def masks(labels: Sequence[int]) -> tuple[Tensor, Tensor]:
    """The ``positive`` and ``negative`` masks of a batch with these labels."""
    label = torch.tensor(labels)
    same = label[:, None] == label[None, :]
    return same & ~torch.eye(len(labels), dtype=torch.bool), ~same


def hinge_loss(similarities: Tensor, positive: Tensor, negative: Tensor, *, margin: float = 0.45) -> Tensor:
    """Mean over the violated triplets (i, p, n) of ``max(0, margin − s_ip + s_in)``.

    The triplet hinge of FaceNet (Schroff, Kalenichenko, Philbin 2015, eq. 3) on cosines, over all triplets of the
    batch, averaged over those above zero (Hermans, Beyer, Leibe 2017, "batch all", eq. 8).
    """
    gap = margin - similarities[:, :, None] + similarities[:, None, :]  # (i, p, n)
    gap = torch.relu(gap[positive[:, :, None] & negative[:, None, :]])
    return gap.sum() / (gap > 0).sum().clamp(min=1)


def circle_loss(
    similarities: Tensor, positive: Tensor, negative: Tensor, *, margin: float = 0.45, gamma: float = 32.0
) -> Tensor:
    """Mean over queries of ``log[1 + Σ_n exp(γ α_n (s_n − m)) · Σ_p exp(−γ α_p (s_p − 1 + m))]``.

    ``α_p = [1 + m − s_p]₊`` and ``α_n = [s_n + m]₊`` are weights without gradient. Circle loss, Sun et al. 2020,
    eqs. 6 and 8 with O_p = 1 + m, O_n = −m, Δ_p = 1 − m, Δ_n = m.
    """
    weight_p = torch.relu(1 + margin - similarities.detach())
    weight_n = torch.relu(similarities.detach() + margin)
    logit_p = (-gamma * weight_p * (similarities - 1 + margin)).masked_fill(~positive, -torch.inf)
    logit_n = (gamma * weight_n * (similarities - margin)).masked_fill(~negative, -torch.inf)
    useful = positive.any(dim=1) & negative.any(dim=1)
    both = torch.logsumexp(logit_p[useful], dim=1) + torch.logsumexp(logit_n[useful], dim=1)
    return torch.nn.functional.softplus(both).sum() / useful.sum().clamp(min=1)


def multiple_negatives(
    similarities: Tensor, positive: Tensor, negative: Tensor, *, gamma: float = 32.0
) -> Tensor:
    """Mean over pairs (i, p) of ``−log( exp(γ s_ip) / (exp(γ s_ip) + Σ_n exp(γ s_in)) )``.

    Multiple negatives ranking (Henderson et al. 2017, section 4.4) with γ as the inverse temperature; other
    sentences of the same label are left out of the denominator.
    """
    scaled = gamma * similarities
    others = torch.logsumexp(scaled.masked_fill(~negative, -torch.inf), dim=1, keepdim=True)
    losses = torch.nn.functional.softplus(others - scaled)[positive]
    return losses.sum() / positive.sum().clamp(min=1)


def loss_of(settings: TrainSettings) -> Loss:
    """The loss that ``settings`` name, with their margin and gamma."""
    margin, gamma = settings.margin, settings.gamma
    match settings.loss_type:
        case LossType.HINGE:
            return lambda s, p, n: hinge_loss(s, p, n, margin=margin)
        case LossType.CIRCLE:
            return lambda s, p, n: circle_loss(s, p, n, margin=margin, gamma=gamma)
        case LossType.MULTIPLE_NEGATIVES:
            return lambda s, p, n: multiple_negatives(s, p, n, gamma=gamma)
