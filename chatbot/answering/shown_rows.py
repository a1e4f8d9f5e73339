"""What of a result's rows goes into the reply: values by name, the leaves they stand in, the rows one may point at."""

from collections.abc import Sequence

from chatbot.knowledge_graph.result import Result, ResultRow
from chatbot.planning.carry import is_exclusion
from chatbot.planning.clauses import flat
from chatbot.reply import GraphEvidence, Row

EVIDENCE_ROWS = 20


def row_of(row: ResultRow) -> Row:
    return Row(row.entity, {cell.path[-1]: cell.raw for cell in row.cells if cell})


def to_point_at(result: Result) -> Sequence[ResultRow]:
    """The rows that the reply numbers: those found, else the nearest ones; none of these after 还有别的吗."""
    again = any(is_exclusion(clause) for clause in flat(result.plan.conditions))
    near = result.nearest.rows if result.nearest and not again else ()
    return result.rows or near


def evidence(result: Result) -> tuple[GraphEvidence, ...]:
    """The leaves the shown values stand in."""
    rows = [*result.rows[:EVIDENCE_ROWS], *(result.nearest.rows if result.nearest else ())]
    if result.aggregate:
        rows += [result.aggregate.lowest, result.aggregate.highest]
    cells = ((row.entity, cell) for row in rows for cell in row.cells if cell)
    return tuple(
        dict.fromkeys(GraphEvidence(entity, cell.path, cell.raw, cell.file) for entity, cell in cells)
    )
