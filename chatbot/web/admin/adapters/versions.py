"""Published versions."""

from collections.abc import Sequence

from chatbot.learning.proposals import Proposals
from chatbot.web.admin.adapters.differing import is_built, typed
from chatbot.web.admin.values import FileDiff, VersionRow


class PublishedVersions:
    """A ``Versions`` over the proposals' versions."""

    def __init__(self, proposals: Proposals) -> None:
        self._proposals = proposals

    def all(self) -> Sequence[VersionRow]:
        """As promised; any but the live one can be gone back to."""
        kept = self._proposals.versions
        current = kept.current()
        name = current.name if current else ""
        return [
            VersionRow(
                one.name, one.at_ms, one.author, one.note, live=one.name == name, can_return=one.name != name
            )
            for one in kept.all()
        ]  # fmt: skip

    def diff(self, old: str, new: str) -> Sequence[FileDiff]:
        """As promised; the built index is left out."""
        return [typed(one) for one in self._proposals.diff(old, new) if not is_built(one.key)]

    def roll_back(self, version: str, actor: str) -> None:
        """As promised."""
        self._proposals.rollback(author=actor, to=version)
