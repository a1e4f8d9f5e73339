"""What the conditions of a plan are about."""

from collections.abc import Sequence

from chatbot.knowledge_graph.graph import KnowledgeGraph
from chatbot.knowledge_graph.plan import NAME, AllOf, Clause, Condition, Path, keyword_level, leaf_conditions


def paths_of(clause: Clause) -> frozenset[Path]:
    """The attributes a clause is about; the name only where it is about nothing else (四驱, as a value or by name)."""
    found = frozenset(condition.attribute for condition in leaf_conditions((clause,)))
    return found - {NAME} or found


def flat(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """``clauses`` with 且 within 且 taken apart."""
    found: list[Clause] = []
    for clause in clauses:
        found.extend(flat(clause.clauses) if isinstance(clause, AllOf) else [clause])
    return tuple(dict.fromkeys(found))


def the_series(name: str, graph: KnowledgeGraph) -> Condition:
    """The series of an entity as a condition."""
    words = graph.series(name)
    return Condition(keyword_level(len(words)), "=", words[-1])


def of_its_series(name: str, graph: KnowledgeGraph) -> tuple[Clause, ...]:
    """The same; none where it has no more than a brand."""
    return (the_series(name, graph),) if len(graph.by_name[name].keywords) > 1 else ()


def kind_and_brand(one: Condition, other: Condition, graph: KnowledgeGraph) -> bool:
    """冰箱 and 凛川, which has some, as others have: no series, which is of one brand, and no model year."""
    brand, kind = sorted((one, other), key=lambda condition: condition.attribute)
    if (brand.attribute, kind.attribute) != (keyword_level(1), keyword_level(2)):
        return False
    brands = {entity.keywords[0] for entity in graph.entities if entity.keywords[1:2] == (kind.value,)}
    return len(brands) > 1 and brand.value in brands
