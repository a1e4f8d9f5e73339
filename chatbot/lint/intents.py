"""Examples of an intent that are a standard question's own words."""

from collections.abc import Iterator

from chatbot.lint.base import Issue, Subject
from chatbot.normalization.intent_files import EXAMPLES_FILE, load_intents
from chatbot.normalization.text import content, normalize


class AmbiguousIntents:
    """An example that is a paraphrase of the FAQ word for word: the intent goes first, the answer is never given."""

    name = "ambiguous_intent"

    def run(self, subject: Subject) -> Iterator[Issue]:
        folder = subject.config.intents_dir
        if folder is None:
            return
        names = {one.label: one.text for one in subject.dataset.questions}
        asked = {content(normalize(one.text)): names[one.label] for one in subject.dataset.paraphrases}
        asked |= {content(normalize(name)): name for name in names.values()}
        intents = load_intents(folder)
        for one in intents.examples:
            question = asked.get(one.text)
            action = intents.actions[one.intent]
            if question is None or (action.kind == "faq" and action.content == question):
                continue
            yield Issue(
                "notice", self.name, subject.shown(folder / EXAMPLES_FILE), one.line,
                f"“{one.said}”是意图“{one.intent}”的例句，也是标准问“{question}”的说法：会按意图办",
                "只留一处",
            )  # fmt: skip
