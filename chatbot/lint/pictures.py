"""Labels of the image service that are named for nothing in the graph."""

from collections.abc import Iterator

from rapidfuzz import process

from chatbot.backends.pictures import picture_label_lines
from chatbot.lint.base import Issue, Subject


class UnknownPictureNames:
    """A row of ``image_labels`` whose name is no entity: a picture of it gets no answer."""

    name = "picture_label"

    def run(self, subject: Subject) -> Iterator[Issue]:
        file = subject.config.image_labels
        if file is None:
            return
        names = [entity.name for entity in subject.graph.entities]
        for number, label, name in picture_label_lines(file):
            if subject.reader.read(name).entities:
                continue
            near = process.extractOne(name, names, score_cutoff=60)
            mend = f"是不是“{near[0]}”？改正它，或删除这一行" if near else "改正名称，或删除这一行"
            yield Issue(
                "fault", self.name, subject.shown(file), number,
                f"标签 {label} 的“{name}”不是知识图谱里的实体，看到它的图片答不上来", mend,
            )  # fmt: skip
