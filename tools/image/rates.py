"""Optimisers by name, and how the learning rate changes over the epochs."""

import math

import torch

from chatbot.predict.vision.networks import Classifier
from tools.image.settings import Decay, Optimizer, TrainSettings

_MOMENTUM = 0.9


def optimizer(settings: TrainSettings, model: Classifier) -> torch.optim.Optimizer:
    """Over what is not frozen; biases and norms do not decay, the head learns ``head_rate`` times as fast."""
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            rate = settings.head_rate if name.startswith("head.") else 1.0
            decay = settings.weight_decay if parameter.ndim > 1 else 0.0
            groups.setdefault((settings.initial_learning_rate * rate, decay), []).append(parameter)
    found = [{"params": one, "lr": rate, "weight_decay": decay} for (rate, decay), one in groups.items()]
    if settings.optimizer == Optimizer.MOMENTUM:
        return torch.optim.SGD(found, lr=settings.initial_learning_rate, momentum=_MOMENTUM)
    kind = torch.optim.Adam if settings.optimizer == Optimizer.ADAM else torch.optim.AdamW
    return kind(found, lr=settings.initial_learning_rate)


def rate_factor(settings: TrainSettings, epoch: float) -> float:
    """What the initial rate is multiplied by at ``epoch`` (a fraction within one).

    exponential: factor^(epoch / decay_epochs), ``staircase`` in whole steps. polynomial (of power 1): down to factor at
    decay_epochs. manual: factor^(how many of decay_epochs have passed), or that one's own of decay_factors. cosine: to 0
    at the end (Loshchilov, Hutter, ICLR 2017). In the first ``warm_up_epochs`` all rise linearly from 0.
    """
    warm = min(1.0, epoch / settings.warm_up_epochs) if settings.warm_up_epochs > 0 else 1.0
    return warm * _DECAYS[settings.lr_decay](settings, epoch)


def _exponential(settings: TrainSettings, epoch: float) -> float:
    done = epoch / _length(settings)
    return settings.decay_factor ** (math.floor(done + 1e-9) if settings.staircase else done)


def _polynomial(settings: TrainSettings, epoch: float) -> float:
    left = 1 - min(1.0, epoch / _length(settings))
    return settings.decay_factor + (1 - settings.decay_factor) * left


def _manual(settings: TrainSettings, epoch: float) -> float:
    passed = sum(epoch >= one for one in settings.decay_epochs)
    if settings.decay_factors:
        return (1.0, *settings.decay_factors)[passed]
    return settings.decay_factor**passed


def _cosine(settings: TrainSettings, epoch: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(1.0, epoch / settings.num_epochs)))


def _length(settings: TrainSettings) -> float:
    return settings.decay_epochs[0] if settings.decay_epochs else float(settings.num_epochs)


_DECAYS = {
    Decay.EXPONENTIAL: _exponential,
    Decay.POLYNOMIAL: _polynomial,
    Decay.MANUAL: _manual,
    Decay.COSINE: _cosine,
}
