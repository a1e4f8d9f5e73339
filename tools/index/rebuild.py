"""The offline rebuild of the FAQ index: encode what changed, verify, publish by one rename."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from chatbot.config import EngineConfig
from chatbot.encoders.base import Encoder
from chatbot.encoders.load import load_document_encoder
from chatbot.errors import DataError, StaleIndexError
from chatbot.faq_modules.answers import load_answers
from chatbot.faq_modules.corpus import Corpus, build_corpus
from chatbot.faq_modules.dataset import load_dataset
from chatbot.faq_modules.features import (
    check_encoder,
    read_features,
    read_header,
)
from chatbot.faq_modules.large.files import index_folder, open_index
from chatbot.faq_modules.large.index import LargeIndex, is_large
from chatbot.faq_modules.large.vector_search import EXACT, SearchPlan
from chatbot.faq_modules.opening import corpus_vectors
from chatbot.faq_modules.retrieval import AnyIndex, FaqIndex, build_index
from tools.features.encoding import Encoded, Encoding
from tools.features.export import export
from tools.features.lines import Bounds, FeatureLines, row_keys
from tools.features.matching import matched
from tools.index.choice import choose_for, choose_small_talk
from tools.index.graph_snapshot import forget_old_snapshots, snapshot_graph
from tools.index.large import (
    Kept,
    forget_indexes,
    known_lines,
    previous_index,
    published_folder,
    stage_index,
)
from tools.index.publishing import (
    VERSIONS,
    alone,
    forget_others,
    likely_texts,
    made_by,
    old_lines,
    publish,
    put_choice,
)
from tools.index.verifying import verify
from tools.intents.basis import is_stale


@dataclass(frozen=True, slots=True)
class RebuildResult:
    """What a rebuild published. ``removed`` rows were in the old index and are in no file any more.

    ``graph`` is the version of the graph's columns, stored in the state folder.
    ``intents``: the operator's were ``trained``, ``kept`` as they were, or there are ``none``.
    ``search`` says how vectors are searched: ``flat`` (exact) or ``ivf``, with the recall@1 it was measured to have.
    """

    version: str
    count: int
    encoded: int
    reused: int
    removed: int
    conflicts: int
    search: SearchPlan
    choice: str
    answer_threshold: float | None
    coverage: float | None
    seconds: float
    graph: str
    intents: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether the index is that of the files: what is missing from it, left over in it, or of another encoder."""

    stale: bool
    reason: str
    missing: int
    left_over: int


def rebuild(
    config: EngineConfig,
    say: Callable[[int, int], None] = lambda done, total: None,
    *,
    target: float | None = None,
) -> RebuildResult:
    """Rebuild ``pretrained_feature_vectors_path`` from the FAQ's files, and fit the choice anew where they changed.

    Readers see the old file or the new one. Whatever goes wrong, the old one stays. ``target`` is the rate of wrong
    answers to find a threshold for.

    Raises:
        DataError: a fault in the files, another rebuild that is running, or a disk that is full.
    """
    started = time.monotonic()
    encoder = load_document_encoder(config.feature_generator_model_dir)
    with Encoding(encoder) as ahead:
        if not made_by(config.pretrained_feature_vectors_path, encoder.fingerprint):
            ahead.start(likely_texts(config.faq_data_dir))  # while the files are read
        result = _rebuild(config, encoder, ahead, say, target)
    return replace(result, seconds=round(time.monotonic() - started, 3))


def _rebuild(
    config: EngineConfig,
    encoder: Encoder,
    ahead: Encoding,
    say: Callable[[int, int], None],
    target: float | None,
) -> RebuildResult:
    dataset = load_dataset(config.faq_data_dir, config.faq_query_label_idx_map)
    load_answers(config.faq_data_dir, dataset.questions)  # a faulty answer is found now, not when it is live
    graph, snapshot = snapshot_graph(config)
    published, versions = config.pretrained_feature_vectors_path, config.faq_data_dir / VERSIONS
    with alone(versions):
        old = old_lines(published, encoder.fingerprint, known_lines(published))
        folder = versions / f"{dataset.fingerprint}-{encoder.fingerprint}"
        folder.mkdir(exist_ok=True)
        fresh = folder / published.name
        rows = [(p.text, p.label) for p in dataset.paraphrases]
        keys = row_keys(rows)
        kept, large = (
            Kept.of(previous_index(published, encoder)),
            is_large(len(rows) + len(dataset.questions)),
        )
        new: list[int] = []

        def keep(places: Sequence[int], batch: Encoded) -> None:
            new.extend(places)
            if large:
                kept.add([rows[place][0] for place in places], batch)

        result = export(
            rows, encoder, fresh, known=old, keys=keys, keep=keep, say=say, sync=False, ahead=ahead
        )
        corpus = build_corpus(dataset, kept.forms, kept.corpus)
        unread = result.resumed > 0 or (result.reused > 0 and kept.previous is None)
        with ThreadPoolExecutor(1) as beside:  # reading back is Python's work, an index mostly is not
            verified = beside.submit(verify, fresh, rows, keys, encoder, new)
            forgotten = beside.submit(_forget_older, verified, published, fresh)
            index, conflicts = _index(
                published, fresh, corpus, encoder, replace(kept, in_file=unread), verified
            )
            forgotten.result()
        removed = int((matched(old.keys, keys) < 0).sum()) if old else 0
        changed = (len(rows) - result.reused + removed) / len(rows)
        choice = choose_for(config, dataset, encoder, index, graph=graph, changed=changed, target=target)
        put_choice(choice, config.faq_data_dir)
        if config.chitchat_data_dir and (talk := choose_small_talk(config, encoder)):
            put_choice(talk, config.chitchat_data_dir)
        intents = _train_intents(config)
        publish(fresh, published, with_cache=isinstance(index, FaqIndex))
    forget_old_snapshots(config, snapshot)
    promised = next((row for row in choice.model.thresholds if row.target == target), None)
    return RebuildResult(
        version=folder.name,
        count=result.count,
        encoded=result.encoded,
        reused=result.reused + result.resumed,
        removed=removed,
        conflicts=len(dataset.conflicts) if conflicts is None else conflicts,
        search=index.search.plan if isinstance(index, LargeIndex) else EXACT,
        choice=f"{choice.how} ({choice.model.origin})",
        answer_threshold=promised.answer if promised else None,
        coverage=promised.coverage if promised else None,
        seconds=0.0,
        graph=snapshot,
        intents=intents,
    )


def _train_intents(config: EngineConfig) -> str:
    """Trains the operator's intents where they are stale; what was done."""
    if config.intents_dir is None:
        return "none"
    if not is_stale(config):
        return "kept"
    from tools.intents.train import train_intents  # scikit-learn: a second that most rebuilds do without

    train_intents(config)
    return "trained"


def check(config: EngineConfig) -> CheckResult:
    """Compare the published index with the files, without encoding anything.

    Raises:
        DataError: a fault in the files.
    """
    dataset = load_dataset(config.faq_data_dir, config.faq_query_label_idx_map)
    wanted = set(row_keys([(p.text, p.label) for p in dataset.paraphrases]))
    target = config.pretrained_feature_vectors_path
    encoder = load_document_encoder(config.feature_generator_model_dir)
    if not target.exists():
        return CheckResult(True, f"还没有 {target.name}", len(wanted), 0)
    try:
        check_encoder(target, encoder.fingerprint)
        have = _checked_keys(target, encoder.fingerprint)
    except (StaleIndexError, DataError) as error:
        return CheckResult(True, error.message, len(wanted), read_count(target))
    missing, left_over = len(wanted - have), len(have - wanted)
    if missing or left_over:
        return CheckResult(
            True, f"{missing} 条相似问不在索引里，{left_over} 条索引里的已删除", missing, left_over
        )
    stale = is_stale(config)
    return CheckResult(stale, "意图改过，还没有重新训练" if stale else "索引与文件一致", 0, 0)


def _checked_keys(target: Path, fingerprint: str) -> set[bytes]:
    """The rows of ``target``, all of it read: with its numbers, or where it is large, with the index made of it."""
    if is_large(read_header(target).count):
        open_index(index_folder(target), thorough=True)
        return set(FeatureLines(target).spans)
    features = read_features(target, fingerprint)
    return set(row_keys(list(zip(features.texts, map(int, features.labels), strict=True))))


def read_count(target: Path) -> int:
    """Rows the index says it has; 0 when it cannot be read."""
    try:
        return read_header(target).count
    except DataError:
        return 0


def _index(
    published: Path, fresh: Path, corpus: Corpus, encoder: Encoder, kept: Kept, verified: Future[Bounds]
) -> tuple[AnyIndex, int | None]:
    """The index over the features in ``fresh``, once these are verified, and its conflicts where they were counted.

    A large one is on the disk, beside those in use.
    """
    if is_large(len(corpus.texts)):
        return stage_index(published, fresh, corpus, encoder, kept, verified)
    verified.result()
    known = read_features(fresh, encoder.fingerprint)
    return build_index(corpus, corpus_vectors(corpus, encoder, known)), None


def _forget_older(verified: Future[Bounds], published: Path, fresh: Path) -> None:
    """Once ``fresh`` is whole, removes what is older than it and what is ``published``: it takes the disk a while."""
    verified.result()
    forget_indexes(published, *filter(None, (published_folder(published), index_folder(published, fresh))))
    forget_others(fresh.parent.parent, fresh.parent)
