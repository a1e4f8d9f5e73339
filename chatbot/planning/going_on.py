"""What holds when a message goes on with the query before: its conditions with those of that query, and without what no
longer is meant."""

from collections.abc import Callable, Sequence

from chatbot.knowledge_graph.plan import KEYWORDS, Clause, Condition, Not, Plan
from chatbot.planning.bounds import in_its_way, moved
from chatbot.planning.carry import merged, without
from chatbot.planning.clauses import flat, paths_of
from chatbot.planning.decide import Decider
from chatbot.planning.parts import Parts


class GoingOn:
    """Built once for a planner; ``found`` gives the entities that a plan finds, ``relaxed`` the condition that the reply
    left out where it finds none."""

    def __init__(
        self,
        decider: Decider,
        found: Callable[[Plan], tuple[str, ...]],
        relaxed: Callable[[Plan], Clause | None],
    ) -> None:
        self._decider, self._found, self._relaxed = decider, found, relaxed

    def conditions(
        self, parts: Parts, last: Plan, said: tuple[Clause, ...]
    ) -> tuple[tuple[Clause, ...], tuple[Clause, ...]]:
        """What is ``said``, with the bounds of ``last`` moved where it moves them; and all that holds then."""
        said = moved(last, said, parts.text)
        said = in_its_way(last, said, parts.text) if parts.has("wrong") else said
        any_will_do = parts.has("any") and not (_either(parts) or _bounds_something(parts) or _denies(parts))
        holds = merged(last, () if any_will_do else said, parts, self._decider.together)
        if parts.has("list") or any(rank.strength == "most" for rank in parts.rankings):
            holds = self._of_some(holds, said)
        if _is_beyond_one(last) and said and not self._any(holds) and not self._any(last.conditions):
            holds = said  # 那油车里最便宜的, after none was cheaper than the one in focus: of all of these
        elif said and not any_will_do and not self._any(holds) and not self._any(last.conditions):
            holds = self._of_the_nearest(last, holds)
        if any_will_do:
            told = [atom.path for atom in parts.atoms]
            holds = without(holds, [*told, *(p for paths in parts.attributes for p in paths)])
        return said, holds

    def _of_some(self, holds: tuple[Clause, ...], said: Sequence[Clause]) -> tuple[Clause, ...]:
        """七座的有哪些 after a series that has none: the names before it are no longer meant; 有七座的吗 asks of them."""
        new = flat(said)
        named = [clause for clause in holds if clause not in new and _names(clause)]
        if not named or not new or any(map(_names, new)) or self._any(holds):
            return holds
        rest = tuple(clause for clause in holds if clause not in named)
        return rest if self._any(rest) else holds

    def _of_the_nearest(self, last: Plan, holds: tuple[Clause, ...]) -> tuple[Clause, ...]:
        """四座以上的 after nothing was as fast: of the nearest that were shown, not of nothing again."""
        left_out = self._relaxed(last)
        rest = tuple(clause for clause in holds if clause != left_out)
        return rest if left_out is not None and self._any(rest) else holds

    def _any(self, conditions: tuple[Clause, ...]) -> bool:
        return bool(self._found(Plan("filter", (), (), conditions)))


def _is_beyond_one(last: Plan) -> bool:
    """Whether it asked for what is better than one car: 还有比这便宜的吗."""
    return any(isinstance(c, Condition) and c.op in ("<", ">") for c in flat(last.conditions))


def _either(parts: Parts) -> bool:
    """六座七座都可以: one of these, and not whatever there is."""
    return len(parts.atoms) > 1 and len({atom.path for atom in parts.atoms}) == 1


def _bounds_something(parts: Parts) -> bool:
    """随便说一款20万内带座椅通风的: what is said besides still holds."""
    return len({atom.path for atom in parts.atoms}) > 1 and any(a.kind == "quantity" for a in parts.atoms)


def _denies(parts: Parts) -> bool:
    """不用家长跟的: what is not needed is no matter of taste."""
    return any(atom.kind == "feature" and atom.negated for atom in parts.atoms)


def _names(clause: Clause) -> bool:
    """Whether it says by name which cars: a brand, a series."""
    return not isinstance(clause, Not) and all(path[:2] == KEYWORDS for path in paths_of(clause))
