"""Every part of the knowledge base through its strict loader; one fault hides no other, in its file or elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from chatbot.config import EngineConfig, load_engine_config
from chatbot.encoders.load import load_encoder
from chatbot.errors import ChatbotError, DataError
from chatbot.faq_modules.answers import load_answers
from chatbot.faq_modules.dataset import FaqDataset, load_dataset
from chatbot.knowledge_graph.directions import load_directions
from chatbot.knowledge_graph.loader import load_graph, parse_entity
from chatbot.knowledge_graph.units import load_units
from chatbot.normalization.intent_files import load_intents
from chatbot.normalization.intent_model import check_targets, open_intents
from chatbot.normalization.lexicon import load_lexicon
from chatbot.planning.concepts import comparatives, value_words

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Finding:
    """A ``fault`` must be mended; a ``notice`` is worth knowing. ``message`` names file, line and way out."""

    severity: Literal["fault", "notice"]
    part: str
    message: str


def find_faults(file: Path, environ: Mapping[str, str]) -> list[Finding]:
    """Everything found in the configuration ``file`` and in what it names."""
    findings: list[Finding] = []
    config = _tried(findings, "config", lambda: load_engine_config(file, environ))
    config = config or _tried([], "config", lambda: load_engine_config(file, environ, require_built=False))
    if config is not None:
        _check_graph(findings, config.knowledge_graph_data_dir)
        _check_faq(findings, "faq", config.faq_data_dir, config.faq_query_label_idx_map)
        if config.chitchat_data_dir is not None:
            _check_faq(findings, "chitchat", config.chitchat_data_dir, None)
        _check_lexicon(findings, config.lexicon_dir)
        if config.intents_dir is not None:
            _check_intents(findings, config, config.intents_dir)
        _check_model(findings, config)
    return findings


def _tried(findings: list[Finding], part: str, load: Callable[[], T]) -> T | None:
    try:
        return load()
    except ChatbotError as error:
        finding = Finding("fault", part, error.message)
        if finding not in findings:
            findings.append(finding)
        return None


def _check_graph(findings: list[Finding], folder: Path) -> None:
    """Each file by itself, then all together (names that occur twice)."""
    before = len(findings)
    for file in sorted(folder.glob("*.json")):
        _tried(findings, "graph", lambda file=file: parse_entity(_bytes(file), file))  # type: ignore[misc]  # bound now
    if len(findings) == before:
        _tried(findings, "graph", lambda: load_graph(folder))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ChatbotError(f"{file}: 读不了文件（{error.strerror}）→ 检查文件权限") from error


def _check_lexicon(findings: list[Finding], folder: Path | None) -> None:
    """Each file by itself, those of the planner too."""
    _tried(findings, "lexicon", lambda: load_lexicon(folder))
    if folder is not None:
        _tried(findings, "lexicon", lambda: load_units(folder / "units.txt"))
        _tried(findings, "lexicon", lambda: load_directions(folder / "directions.txt"))
        _tried(findings, "lexicon", lambda: comparatives(folder / "comparatives.txt"))
        _tried(findings, "lexicon", lambda: value_words(folder / "value_synonyms.txt"))


def _check_faq(findings: list[Finding], part: str, folder: Path, label_map: Path | None) -> None:
    def report(fault: DataError) -> None:
        findings.append(Finding("fault", part, fault.message))

    dataset = load_dataset(folder, label_map, report)
    findings.extend(Finding("notice", part, notice) for notice in dataset.notices)
    if dataset.questions:
        answers = load_answers(folder, dataset.questions, report)
        if part != "faq":  # chatbot.lint says as much of the FAQ itself, with file, line and mend
            unanswered = [one.text for one in dataset.questions if one.text not in answers.questions]
            findings.extend(Finding("notice", part, conflict) for conflict in _conflicts(dataset))
            findings.extend(Finding("notice", part, f"标准问“{text}”还没有任何答案") for text in unanswered)


def _conflicts(dataset: FaqDataset) -> Iterator[str]:
    for conflict in dataset.conflicts:
        places = "、".join(f"{place.file}:{place.line}" for place in conflict.places)
        yield f"“{conflict.text}”同时属于几个标准问：{places} → 只留一处"


def _check_intents(findings: list[Finding], config: EngineConfig, folder: Path) -> None:
    """The files, where their actions lead, and whether there is a model of them."""
    faults: list[DataError] = []
    intents = load_intents(folder, faults.append)
    answered = [_answered(part) for part in (config.faq_data_dir, config.chitchat_data_dir)]
    faults += check_targets(intents, answered[0], answered[1])
    findings.extend(Finding("fault", "intents", fault.message) for fault in faults)
    if not faults:
        _tried(findings, "intents", lambda: open_intents(intents))


def _answered(folder: Path | None) -> tuple[str, ...]:
    """The standard questions of a folder that any file answers; faults there are told elsewhere."""
    if folder is None:
        return ()
    questions = load_dataset(folder, None, lambda _: None).questions
    return tuple(load_answers(folder, questions, lambda _: None).questions)


def _check_model(findings: list[Finding], config: EngineConfig) -> None:
    if config.feature_generator_model_dir.exists():
        _tried(findings, "model", lambda: load_encoder(config.feature_generator_model_dir))
