"""Which parts of a picture spoke for a class: four algorithms of captum and saliency over a torch network.

Imported only when somebody asks for an explanation: torch takes seconds and hundreds of megabytes.

* xrai: Kapishnikov et al., *XRAI: Better Attributions Through Regions*, ICCV 2019 (saliency).
* integrated_gradients: Sundararajan et al., *Axiomatic Attribution for Deep Networks*, ICML 2017 (captum).
* guided_gradcam: Selvaraju et al., *Grad-CAM*, ICCV 2017 (captum).
* guided_backprop: Springenberg et al., *Striving for Simplicity*, ICLR 2015 workshop (captum).
"""

import threading
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from captum.attr import GuidedBackprop, GuidedGradCam, IntegratedGradients
from numpy.typing import NDArray
from saliency.core import INPUT_OUTPUT_GRADIENTS, XRAI, XRAIParameters
from torch import Tensor, nn

from chatbot.predict.vision import asked
from chatbot.predict.vision.image_card import ImageCard
from chatbot.predict.vision.networks import gradcam_layer, load_network
from chatbot.predict.vision.preparing import Pixels

# captum says each time that it sets hooks, which is how these algorithms work
warnings.filterwarnings("ignore", message="Setting (backward|forward)", module="captum")

BATCH = 8
"""Points of a path that are differentiated together."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """``values`` (3, S, S): how much each number of the prepared picture spoke for the class (its logit).

    ``completeness_error``: how far their sum is from what they should add up to, the logit less that of the empty
    picture, as a share of it; only where the algorithm promises it (integrated_gradients).
    """

    values: NDArray[np.float32]
    completeness_error: float | None = None


class ClippedReLU(nn.ReLU):
    """ReLU6 as a ReLU: captum's hooks look for that class, and would pass a ReLU6 over without a word."""

    def forward(self, maps: Tensor) -> Tensor:
        return nn.functional.relu6(maps)


class Explainer:
    """One network, explained for one caller at a time (the algorithms set hooks on it)."""

    def __init__(self, network: nn.Module, layer: nn.Module) -> None:
        network = with_hookable_activations(network).eval()
        self._network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch knows it
        self._layer = layer
        self._lock = threading.Lock()
        for weight in self._network.parameters():
            weight.requires_grad_(False)

    def attribute(self, pixels: Pixels, target: int, wanted: asked.Explanation) -> Attribution:
        """Of ``pixels`` (3, S, S), prepared, for the class ``target``; as many steps as ``wanted`` says."""
        with self._lock:
            if wanted.algorithm == asked.XRAI:
                return Attribution(self._xrai(pixels, target, wanted))
            images = _last(torch.from_numpy(np.array(pixels))[None]).requires_grad_()
            if wanted.algorithm == asked.INTEGRATED:
                return self._integrated(images, target, wanted)
            way = GuidedBackprop(self._network) if wanted.algorithm == asked.GUIDED_BACKPROP else None
            found = (way or GuidedGradCam(self._network, self._layer)).attribute(images, target=target)
            return Attribution(_numbers(found))

    def gradient_seconds(self, size: int) -> float:
        """What one gradient takes; the first is not counted, since it makes what later ones use."""
        images = torch.zeros(BATCH, 3, size, size)
        self._gradients(images, 0)
        begun = time.perf_counter()
        self._gradients(images, 0)
        return (time.perf_counter() - begun) / len(images)

    def _integrated(self, images: Tensor, target: int, wanted: asked.Explanation) -> Attribution:
        found = IntegratedGradients(self._network).attribute(
            images, target=target, n_steps=wanted.steps, method=wanted.method, internal_batch_size=BATCH
        )
        with torch.no_grad():
            both = self._network(torch.cat([images, torch.zeros_like(images)]))[:, target]
        due = float(both[0] - both[1])
        error = abs(float(found.detach().sum()) - due) / max(abs(due), 1e-9)
        return Attribution(_numbers(found), error)

    def _xrai(self, pixels: Pixels, target: int, wanted: asked.Explanation) -> NDArray[np.float32]:
        def differentiate(
            images: NDArray[Any], call_model_args: Any = None, expected_keys: Any = None
        ) -> Mapping[str, NDArray[np.float32]]:
            channels_first = torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))
            gradients = self._gradients(channels_first.float(), target)
            return {INPUT_OUTPUT_GRADIENTS: gradients.numpy().transpose(0, 2, 3, 1)}

        parameters = XRAIParameters(steps=wanted.steps, algorithm="fast" if wanted.fast else "full")
        regions = XRAI().GetMask(
            pixels.transpose(1, 2, 0), differentiate, batch_size=BATCH, extra_parameters=parameters
        )
        return np.repeat(np.asarray(regions, dtype=np.float32)[None], 3, axis=0)

    def _gradients(self, images: Tensor, target: int) -> Tensor:
        watched = _last(images.detach()).requires_grad_()
        (found,) = torch.autograd.grad(self._network(watched)[:, target].sum(), watched)
        return found


def with_hookable_activations(network: nn.Module) -> nn.Module:
    """``network`` itself, its ReLU6 replaced by ``ClippedReLU``, no activation in place."""
    for name, child in network.named_children():
        if isinstance(child, nn.ReLU6):
            setattr(network, name, ClippedReLU())
        elif isinstance(child, nn.ReLU):
            child.inplace = False
        else:
            with_hookable_activations(child)
    return network


def load_explainer(folder: Path, card: ImageCard, threads: int) -> Explainer:
    """Of the weights in ``folder``.

    Raises:
        ModelError: there are none, or they are not those of the network that the card names.
    """
    torch.set_num_threads(threads)
    network = load_network(folder, card)
    return Explainer(network, gradcam_layer(network))


def _last(images: Tensor) -> Tensor:
    """Channels last in memory: a gradient takes a fifth less and is the same. (Normalisations folded into convolutions
    would save as much again, but move attributions by 0.6 %: rounding decides which activations are cut.)"""
    return images.contiguous(memory_format=torch.channels_last)


def _numbers(found: Tensor) -> NDArray[np.float32]:
    return np.asarray(found.detach()[0].numpy(), dtype=np.float32)
