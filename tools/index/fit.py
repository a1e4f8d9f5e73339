"""Fits the choice of one knowledge base: the weights of the signals, and thresholds for a promised error rate."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from chatbot.encoders.base import Encoder
from chatbot.faq_modules.choice import PRIOR, Choice, ChoiceModel
from chatbot.faq_modules.class_evidence import METHOD
from chatbot.faq_modules.retrieval import AnyIndex, FaqIndex, FaqRetriever, make_retriever
from chatbot.faq_modules.scope import ScopeEvidence
from chatbot.faq_modules.signals import OWN_SIGNALS, QUERY_SIGNALS, SignalTable
from tools.index.conformal import Outcome, area_under_roc, coverage_curve, thresholds_for
from tools.index.graph_questions import not_the_faqs
from tools.index.held_out import (
    AUTHORED,
    CLEAN,
    GRAPH,
    SMALL_TALK,
    TAKEN_AWAY,
    Asking,
    asked,
    held_out_examples,
    refused,
    stratified_folds,
)
from tools.index.logit import Example, fit_weights
from tools.index.scope import CrossedScope, ScopeTexts

ENOUGH, MOST = 150, 2000
ENOUGH_PARAPHRASES = 40
STRENGTH, FROZEN = 0.3, 1e6
NO_ANSWER = {TAKEN_AWAY: 0.02, AUTHORED: 1.0, SMALL_TALK: 0.1, GRAPH: 0.1}
TAKEN_AWAY_ALONE, AUTHORED_ENOUGH = 0.25, 100
WITHIN_REACH = 3
NOISY_WRITINGS = 3
TARGETS = (0.01, 0.02, 0.05)
_FOLDS = 5
_SIZE, _LENGTH = "size", "length"
_NOTHING, _ALIKE, _APART = "nothing", "nothing_alike", "nothing_apart"
_WAY = "held-out questions, 3"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question and the place of its standard question, none of which the index or the encoder was made from."""

    text: str
    owner: int


@dataclass(frozen=True, slots=True)
class FitData:
    """``development`` is ``dev.csv``; ``negatives`` and ``small_talk`` are what this knowledge base does not answer, and
    ``graph`` what its graph does: those that are nearly a paraphrase are left out."""

    development: Sequence[Labelled] = ()
    negatives: Sequence[str] = ()
    small_talk: Sequence[str] = ()
    targets: Sequence[float] = TARGETS
    seed: int = 0
    graph: Sequence[str] = ()


def fit_choice(index: AnyIndex, encoder: Encoder, modules: Sequence[str], data: FitData) -> ChoiceModel:
    """The choice fitted for ``index``, or the prior one where there is too little to fit on.

    Questions of ``dev.csv`` are asked of the whole index. Where it is missing or small, the paraphrases themselves are
    asked of an index without them. Then the weight of ``size`` stays the prior one, since one paraphrase less than the
    others would give the right one away, nothing is learned from those that are out of reach (``reached``), and a length
    tells which is meant, never whether any is: strangers go on longer than an operator writes. How far the best stands
    apart is weighed there alone: ``dev.csv`` shows by itself how strangers ask.
    """
    names = tuple(f"module:{name}" for name in modules) + OWN_SIGNALS
    by_development = len(data.development) >= ENOUGH
    if not (by_development or isinstance(index, FaqIndex)):
        return too_few(0)  # a large index is not built five times over
    needed = ENOUGH if by_development else ENOUGH_PARAPHRASES
    if not by_development and len(index.corpus.texts) < needed:
        return too_few(len(index.corpus.texts), needed)  # before jieba is loaded for their noise
    examples, scope = _examples(index, encoder, modules, _but_the_faqs(data, index), by_development)
    answered = sum(example.gold >= 0 and example.kind == CLEAN for example in examples)
    if answered < needed:
        return too_few(answered, needed)
    columns = names + QUERY_SIGNALS
    prior = PRIOR.vector(columns).astype(np.float64)
    strength = np.full(len(columns), STRENGTH)
    for name in (_ALIKE, _APART) if by_development else (_SIZE, _ALIKE):
        strength[columns.index(name)] = FROZEN
    if not by_development:
        prior[columns.index(_NOTHING)] -= prior[columns.index(_LENGTH)]

    def learned(some: Sequence[Example]) -> NDArray[np.float64]:
        if by_development:
            return fit_weights(balanced(some), prior, strength)
        weights = fit_weights(balanced(beside_the_most_alike(reached(some, names), names)), prior, strength)
        weights[columns.index(_ALIKE)] = weights[columns.index(_LENGTH)]
        return weights

    weights = learned(examples)
    outcomes = _crossed(balanced(examples), learned, names, data.seed)
    return ChoiceModel(
        weights=dict(zip(columns, np.round(weights, 4).tolist(), strict=True)),
        origin="dev.csv" if by_development else "paraphrases",
        thresholds=tuple(thresholds_for(outcomes, target) for target in data.targets),
        figures=_figures(outcomes),
        basis=basis(index.version, encoder, modules, data),
        scope=scope,
    )


def too_few(answered: int, needed: int = ENOUGH) -> ChoiceModel:
    """The prior choice, and why."""
    return replace(PRIOR, origin=f"prior: {answered} questions to fit on, {needed} needed")


def basis(version: str, encoder: Encoder, modules: Sequence[str], data: FitData) -> str:
    """The ``version`` of the texts, and after the hyphen a short hash of everything else the fit depends on."""
    made = f"{encoder.fingerprint} {modules} {OWN_SIGNALS} {QUERY_SIGNALS} {METHOD} {NO_ANSWER} {data}"
    if len(data.development) < ENOUGH:
        made += f" {_WAY} {TAKEN_AWAY_ALONE} {AUTHORED_ENOUGH} {WITHIN_REACH}"
    return f"{version}-{hashlib.sha256(made.encode()).hexdigest()[:16]}"


def _examples(
    index: AnyIndex, encoder: Encoder, modules: Sequence[str], data: FitData, by_development: bool
) -> tuple[list[Example], ScopeEvidence | None]:
    """What to fit on, and the evidence of scope that stands behind one of its signals."""
    retriever = make_retriever(replace(index, choice=PRIOR), encoder, modules=modules, respells=False)
    scope = CrossedScope(_scope_texts(retriever, data), folds=_FOLDS, seed=data.seed)
    if isinstance(index, FaqIndex) and not by_development:
        known = held_out_examples(index, encoder, modules, scope, most=MOST, seed=data.seed)
    else:
        known = _developed(retriever, scope, data)
    return [*known, *_unanswered(retriever, scope, data)], scope.whole


def _but_the_faqs(data: FitData, index: AnyIndex) -> FitData:
    return replace(data, graph=not_the_faqs(data.graph, index.corpus.texts)) if data.graph else data


def _scope_texts(retriever: FaqRetriever, data: FitData) -> ScopeTexts:
    """What scope evidence learns from, each text as the retriever hears it."""
    sides = (tuple(map(retriever.heard, side)) for side in (data.negatives, data.small_talk, data.graph))
    return ScopeTexts(retriever.corpus.texts, *sides)


def _developed(retriever: FaqRetriever, scope: CrossedScope, data: FitData) -> Iterator[Example]:
    """The questions of ``dev.csv``, each as it is and in noisy writings."""
    from tools.evaluate.noise import any_noise  # jieba and OpenCC, that a rebuild without a fit does without

    for question in data.development[:MOST]:
        asking = Asking(retriever, scope, question.text)
        yield from asked(asking, question.text, question.owner, CLEAN)
        for writing in range(NOISY_WRITINGS):
            kind, noisy = any_noise(question.text, data.seed + writing)
            yield from asked(asking, noisy, question.owner, kind)


def _unanswered(retriever: FaqRetriever, scope: CrossedScope, data: FitData) -> Iterator[Example]:
    for kind, texts in ((AUTHORED, data.negatives), (SMALL_TALK, data.small_talk), (GRAPH, data.graph)):
        for text in texts:
            yield refused(Asking(retriever, scope, text), kind)


def reached(examples: Sequence[Example], names: tuple[str, ...]) -> list[Example]:
    """Without the held-out paraphrases whose standard question is not among the first ``WITHIN_REACH`` by the prior weights.

    An operator writes a paraphrase because the others do not cover it: held out, nothing leads to its standard question.
    Strangers ask what is covered, so that such paraphrases would teach that a right answer looks like none.
    """
    weights = PRIOR.vector(names)

    def near(example: Example) -> bool:
        logits = example.table.values.dot(weights)
        return example.gold >= 0 and int((logits > logits[example.gold]).sum()) < WITHIN_REACH

    return [example for example in examples if not example.has_answer or near(example)]


def beside_the_most_alike(examples: Sequence[Example], names: tuple[str, ...]) -> list[Example]:
    """The same with each ``length`` less the highest of its table: what it is worth against nothing is then left out."""
    length, alike = names.index(_LENGTH), QUERY_SIGNALS.index(_ALIKE)

    def less(table: SignalTable) -> SignalTable:
        values, query = table.values.copy(), list(table.query)
        values[:, length] -= np.float32(query[alike])
        query[alike] = 0.0
        return replace(table, values=values, query=tuple(query))

    return [replace(example, table=less(example.table)) for example in examples]


def balanced(examples: Sequence[Example]) -> list[Example]:
    """Weights that give each kind of questions without an answer its part of those with one.

    The parts are those of ``NO_ANSWER``; where few or none were authored, near misses have to come from the questions whose
    answer was taken away, up to ``TAKEN_AWAY_ALONE``.
    """
    count = Counter(example.kind for example in examples if not example.has_answer)
    answerable = len(examples) - count.total()
    authored = min(count[AUTHORED] / AUTHORED_ENOUGH, 1.0)
    alone = TAKEN_AWAY_ALONE + authored * (NO_ANSWER[TAKEN_AWAY] - TAKEN_AWAY_ALONE)
    parts = NO_ANSWER | {AUTHORED: authored * NO_ANSWER[AUTHORED], TAKEN_AWAY: alone}
    return [
        example
        if example.has_answer
        else replace(example, weight=parts[example.kind] * answerable / count[example.kind])
        for example in examples
    ]


def _crossed(
    examples: Sequence[Example],
    learned: Callable[[Sequence[Example]], NDArray[np.float64]],
    names: tuple[str, ...],
    seed: int,
) -> list[Outcome]:
    """What each example gets from weights ``learned`` from the other folds."""
    folds = stratified_folds(np.zeros(len(examples), dtype=np.int32), _FOLDS, seed)
    outcomes = []
    columns = names + QUERY_SIGNALS
    for fold in range(_FOLDS):
        weights = learned([example for example, place in zip(examples, folds, strict=True) if place != fold])
        model = ChoiceModel(dict(zip(columns, weights.tolist(), strict=True)), "")
        choice = Choice(model, names)
        outcomes += [
            _outcome(example, choice) for example, place in zip(examples, folds, strict=True) if place == fold
        ]
    return outcomes


def _outcome(example: Example, choice: Choice) -> Outcome:
    probabilities = choice.probabilities(example.table)
    if not len(probabilities):
        return Outcome(0.0, False, example.has_answer, example.weight, example.kind)
    best = int(probabilities.argmax())
    right = best == example.gold
    return Outcome(float(probabilities[best]), right, example.has_answer, example.weight, example.kind)


def _figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    answerable = [outcome for outcome in outcomes if outcome.has_answer]
    clean = [outcome for outcome in answerable if outcome.kind == CLEAN]
    figures = {
        "questions": len(answerable),
        "without_answer": len(outcomes) - len(answerable),
        "top1": round(sum(outcome.right for outcome in answerable) / max(len(answerable), 1), 4),
        "top1_clean": round(sum(outcome.right for outcome in clean) / max(len(clean), 1), 4),
        "auroc": round(area_under_roc(outcomes), 4),
    }
    for point in coverage_curve(outcomes):
        figures[f"coverage_at_{point.threshold:.2f}"] = point.coverage
        figures[f"wrong_at_{point.threshold:.2f}"] = point.wrong
    return figures
