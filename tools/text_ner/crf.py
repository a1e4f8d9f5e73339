"""A linear-chain conditional random field (Lafferty, McCallum & Pereira 2001), learnt by AdaGrad (Duchi et al. 2011).

The gradient is that of the log-likelihood: what the model expects less what is annotated, by forward and backward
passes over a whole batch of sentences at once. Features that are seen in a step alone change in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]
Columns = NDArray[np.int32]
Tags = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sentence:
    """``columns`` (characters, templates): numbers of known features, 0 for none; ``tags`` (characters,)."""

    columns: Columns
    tags: Tags


@dataclass(frozen=True, slots=True)
class Chain:
    """Which tags may follow which, begin and end; what is not allowed has no probability from the start."""

    follows: NDArray[np.bool_]
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]


@dataclass(slots=True)
class Weights:
    """``features`` (known features + 1, tags), row 0 for none; ``moves`` (tags, tags)."""

    features: Floats
    moves: Floats


@dataclass(frozen=True, slots=True)
class CrfSettings:
    """How to learn. ``dropout`` is the share of features that a step does not see."""

    epochs: int = 6
    batch_size: int = 32
    learning_rate: float = 0.05
    decay: float = 1e-5
    dropout: float = 0.5
    seed: int = 42


class CrfTrainer:
    """Learns ``weights``; one call of ``epoch`` goes over all sentences once."""

    def __init__(
        self, sentences: Sequence[Sentence], known: int, chain: Chain, settings: CrfSettings
    ) -> None:
        tags = len(chain.begins)
        self._sentences, self._chain, self._settings = sentences, chain, settings
        self.weights = Weights(
            np.zeros((known + 1, tags), dtype=np.float32), np.zeros((tags, tags), dtype=np.float32)
        )
        self._seen = np.full((known + 1, tags), 1e-3, dtype=np.float32)
        self._seen_moves = np.full((tags, tags), 1e-3, dtype=np.float32)
        self._rng = np.random.default_rng(settings.seed)

    def epoch(self, rate: float) -> float:
        """One pass with the learning rate ``rate``; mean negative log-likelihood of a sentence."""
        loss = 0.0
        for batch in self._batches():
            loss += self._step([self._sentences[number] for number in batch], rate)
        return loss / len(self._sentences)

    def _batches(self) -> list[NDArray[np.int64]]:
        """Sentences of about one length together, in an order drawn anew."""
        lengths = np.array([len(one.tags) for one in self._sentences])
        order = np.argsort(lengths + self._rng.uniform(-3, 3, len(lengths)), kind="stable")
        size = self._settings.batch_size
        batches = [order[at : at + size] for at in range(0, len(order), size)]
        self._rng.shuffle(batches)
        return batches

    def _step(self, batch: Sequence[Sentence], rate: float) -> float:
        settings = self._settings
        columns = np.concatenate([one.columns for one in batch])
        if settings.dropout:
            kept = self._rng.random(columns.shape, dtype=np.float32) >= settings.dropout
            columns = np.where(kept, columns, 0)
        seen, inverse = np.unique(columns, return_inverse=True)
        shape = (len(columns), len(seen))
        pointers = np.arange(0, columns.size + 1, columns.shape[1])
        ones = np.ones(columns.size, dtype=np.float32)
        table = csr_matrix((ones, inverse.ravel(), pointers), shape=shape)
        local = self.weights.features[seen]
        if seen[0] == 0:
            local[0] = 0
        scores = (table @ local) * np.float32(1 / (1 - settings.dropout))
        gradient, moves, loss = likelihood(
            scores, [one.tags for one in batch], self.weights.moves, self._chain
        )
        change = (table.T @ gradient) + np.float32(settings.decay * len(batch)) * local
        change[seen == 0] = 0
        self._seen[seen] += change * change
        self.weights.features[seen] -= rate * change / np.sqrt(self._seen[seen])
        self._seen_moves += moves * moves
        self.weights.moves -= rate * moves / np.sqrt(self._seen_moves)
        return loss


def likelihood(
    scores: Floats, tags: Sequence[Tags], moves: Floats, chain: Chain
) -> tuple[Floats, Floats, float]:
    """Gradients of the negative log-likelihood by ``scores`` (all characters, tags) and ``moves``, and its value.

    Sentences stand one after the other in ``scores``. Probabilities are scaled at each character (Rabiner 1989, V.A).
    """
    lengths = np.array([len(one) for one in tags])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    count, longest, size = len(tags), int(lengths.max()), scores.shape[1]
    padded = np.full((longest, count, size), -np.inf, dtype=np.float64)
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        padded[:length, number] = scores[start : start + length]
    highest = padded.max(axis=2, keepdims=True)
    highest[~np.isfinite(highest)] = 0
    emitted = np.exp(padded - highest)
    jump = np.exp(moves.astype(np.float64)) * chain.follows
    forward, scale = np.zeros_like(emitted), np.ones((longest, count))
    for place in range(longest):
        before = chain.begins.astype(float) if place == 0 else forward[place - 1] @ jump
        here = before * emitted[place]
        last = (lengths - 1 == place)[:, None]
        here = np.where(last, here * chain.ends, here)
        total = here.sum(axis=1)
        alive = place < lengths
        scale[place] = np.where(alive, np.maximum(total, 1e-300), 1)
        forward[place] = here / scale[place][:, None]
    backward = np.ones_like(emitted)
    expected_moves = np.zeros((size, size))
    for place in range(longest - 2, -1, -1):
        alive = (place + 1 < lengths)[:, None]
        last = (lengths - 1 == place + 1)[:, None]
        reached = backward[place + 1] * emitted[place + 1] / scale[place + 1][:, None]
        reached = np.where(last, reached * chain.ends, reached)
        reached = np.where(alive, reached, 0)
        expected_moves += forward[place].T @ reached
        backward[place] = np.where(alive, reached @ jump.T, 1)
    expected_moves *= jump
    marginal = forward * backward
    gradient = np.concatenate([marginal[:length, number] for number, length in enumerate(lengths)])
    gold = np.concatenate(list(tags))
    gradient[np.arange(len(gold)), gold] -= 1
    logs = np.log(scale).sum() + sum(highest[:length, n, 0].sum() for n, length in enumerate(lengths))
    value = logs - float(scores[np.arange(len(gold)), gold].sum(dtype=np.float64))
    for one in tags:
        np.subtract.at(expected_moves, (one[:-1], one[1:]), 1)
        value -= float(moves[one[:-1], one[1:]].sum(dtype=np.float64))
    return gradient.astype(np.float32), expected_moves.astype(np.float32), value
