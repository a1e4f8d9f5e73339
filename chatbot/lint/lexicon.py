"""Synonyms of what is not there."""

from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process

from chatbot.knowledge_graph.graph import display_name
from chatbot.lint.base import Issue, Subject
from chatbot.normalization.lexicon import read_lines
from chatbot.normalization.text import normalize


class DeadSynonyms:
    """A row of ``attribute_synonyms.txt`` or ``entity_aliases.txt`` whose name the graph does not have."""

    name = "dead_synonym"

    def run(self, subject: Subject) -> Iterator[Issue]:
        folder = subject.config.lexicon_dir
        if folder is None:
            return
        names = [name for path in subject.graph.tree if path for name in (path[-1], display_name(path[-1]))]
        yield from self._of_file(subject, folder / "attribute_synonyms.txt", names, "属性")
        words = [word for entity in subject.graph.entities for word in (entity.name, *entity.keywords)]
        yield from self._of_file(subject, folder / "entity_aliases.txt", words, "车型或关键词")

    def _of_file(self, subject: Subject, file: Path, names: list[str], what: str) -> Iterator[Issue]:
        known = {normalize(name): name for name in names}
        for number, line in read_lines(file):
            name = line.partition("\t")[0].strip()
            if normalize(name) in known:
                continue
            near = process.extractOne(name, names, score_cutoff=60)
            mend = f"是不是“{near[0]}”？改正它，或删除这一行" if near else "改正名称，或删除这一行"
            yield Issue(
                "notice",
                self.name,
                subject.shown(file),
                number,
                f"知识图谱里没有{what}“{name}”，它的说法都没有用",
                mend,
            )
