"""Files in the operator's folders that nothing reads."""

from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process

from chatbot.faq_modules.answers import GENERAL
from chatbot.faq_modules.choice_file import CHOICE_FILE, EVIDENCE_FILE
from chatbot.faq_modules.dataset import ANSWERS, MAP_FILE, QUESTIONS
from chatbot.faq_modules.features import CACHE_SUFFIX
from chatbot.faq_modules.lines import folder_files
from chatbot.lint.base import Issue, Subject
from chatbot.normalization.intent_files import ACTIONS_FILE, EXAMPLES_FILE, MODEL_FILE
from chatbot.normalization.lexicon import PRODUCTS_FILE

LEXICON_FILES = (
    "attribute_synonyms.txt", "entity_aliases.txt", "stop_words.txt", "question_words.txt", "handoff.txt",
    "cancel.txt", "examples.txt", "units.txt", "directions.txt", "comparatives.txt", "value_synonyms.txt", "dialect.txt", "makes.txt", "models.txt",
    "groups.txt", "out_of_scope.txt", PRODUCTS_FILE,
)  # fmt: skip
_FAQ_FILES = (MAP_FILE, QUESTIONS, ANSWERS, "train.csv", "dev.csv", "test.csv", CHOICE_FILE, EVIDENCE_FILE)
_NOTES = (".md", ".rst")


class UnreadFiles:
    """A file that no loader looks at, and answers of an entity that the graph does not have."""

    name = "unread_file"

    def run(self, subject: Subject) -> Iterator[Issue]:
        config = subject.config
        ours = {
            config.pretrained_feature_vectors_path,
            config.feature_generator_model_dir,
            config.faq_query_label_idx_map,
        }
        yield from self._unknown(subject, config.faq_data_dir, _FAQ_FILES, ours)
        if config.chitchat_data_dir:
            yield from self._unknown(subject, config.chitchat_data_dir, _FAQ_FILES, ours)
        if config.lexicon_dir:
            yield from self._unknown(subject, config.lexicon_dir, LEXICON_FILES, ours)
        if config.intents_dir:
            yield from self._unknown(
                subject, config.intents_dir, (ACTIONS_FILE, EXAMPLES_FILE, MODEL_FILE), ours
            )
        graph = config.knowledge_graph_data_dir
        entities = tuple(path.name for path in graph.glob("*.json"))
        yield from self._unknown(subject, graph, entities, ours)
        yield from self._answers_of_nobody(subject)

    def _unknown(
        self, subject: Subject, folder: Path, read: tuple[str, ...], ours: set[Path]
    ) -> Iterator[Issue]:
        for path in sorted(folder.iterdir()):
            if path.name in read or path in ours or path.name[0] == "." or path.suffix in _NOTES:
                continue
            if path.name.endswith(CACHE_SUFFIX):
                continue
            near = (
                process.extractOne(path.name, read, score_cutoff=80)
                if folder == subject.config.lexicon_dir
                else None
            )
            mend = f"是不是想写 {near[0]}？改名" if near else "移走它，或改成会读的名字"
            yield Issue("notice", self.name, subject.shown(path), 0, "没有程序读这个文件", mend)

    def _answers_of_nobody(self, subject: Subject) -> Iterator[Issue]:
        names = list(subject.graph.by_name)
        for name, path in folder_files(subject.config.faq_data_dir / ANSWERS):
            if name != GENERAL and name not in subject.graph.by_name:
                near = process.extractOne(name, names, score_cutoff=80)
                mend = f"是不是“{near[0]}”？改文件名" if near else "在知识图谱里加上这个实体，或删除这个文件"
                yield Issue(
                    "notice",
                    self.name,
                    subject.shown(path),
                    0,
                    f"知识图谱里没有“{name}”，这些答案到不了",
                    mend,
                )
