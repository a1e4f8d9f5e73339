"""A planned query → an answer: what was understood, how many match, the first rows, who was left out."""

from collections.abc import Callable
from dataclasses import replace

from chatbot.answering.leading import who_leads
from chatbot.answering.query_text import SHOWN, Wording
from chatbot.answering.shown_rows import EVIDENCE_ROWS, evidence, row_of, to_point_at
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.execute import Engine
from chatbot.knowledge_graph.graph import KnowledgeGraph, asked_whether
from chatbot.knowledge_graph.plan import Condition, Path, Plan
from chatbot.knowledge_graph.plan_text import note_text, rough_text
from chatbot.knowledge_graph.result import Result
from chatbot.messages import say
from chatbot.planning.query import Query
from chatbot.reply import AnswerType, GraphEvidence, Row

MOST_FIRST = 4  # as many as rank first together are all spoken of: 多少钱 asks for each


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to a query. ``entities`` come into focus; ``shown`` are the rows one may point at.

    ``plan`` is what was executed; ``result`` what came of it.
    """

    text: str
    plan: Plan
    result: Result
    rows: tuple[Row, ...]
    rows_total: int
    evidence: tuple[GraphEvidence, ...]
    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    shown: tuple[str, ...] = ()
    answer_type: AnswerType = "answer"
    confidence: float = 1.0


class QueryAnswerer:
    """Executes and words queries over one graph."""

    def __init__(self, graph: KnowledgeGraph, engine: Engine) -> None:
        self._engine, self._words = engine, Wording(graph)
        self._texts: dict[str, Callable[[Result], str]] = {
            "compare": self._compare,
            "filter": self._filter,
            "superlative": self._superlative,
            "count": self._count,
            "verify": self._verify,
            "group": self._group,
            "aggregate": self._aggregate,
            "nearest": self._nearest,
            "lookup": self._lookup,
        }

    def answer(self, query: Query, rows_limit: int = 20) -> Found:
        """The answer; never a value that the result does not hold."""
        if query.weighing and query.also:
            return self._weighed(query, rows_limit)
        result = self._engine.run(query.plan, rows_limit)
        if query.place > 1:
            result = replace(result, rows=result.rows[query.place - 1 : query.place])
        if query.asked_for and result.rows:
            return self._of_the_first(query, result)
        found = self._found(query, result)
        if query.weighing:
            found = replace(found, text=say("weighed_few", lines=self._compare(result)))
        if best := self._already_best(query, result):
            found = replace(found, text=best, evidence=(), rows=(), rows_total=0, answer_type="fallback")
        if query.ignored:
            found = replace(
                found, text=found.text + "\n" + say("ignored", what=say("and").join(query.ignored))
            )
        for plan in query.also:
            more = self._found(query, self._engine.run(plan, rows_limit))
            found = replace(
                found, text=f"{found.text}\n{more.text}", rows=(*found.rows, *more.rows),
                evidence=(*found.evidence, *more.evidence), shown=(*found.shown, *more.shown),
            )  # fmt: skip
        return found

    def _weighed(self, query: Query, rows_limit: int) -> Found:
        """Which of them leads in what; nobody is put in focus by that, but one may point at those who lead."""
        told = who_leads(map(self._engine.run, query.also), self._words)
        leading = self._engine.run(Plan("lookup", told.entities, told.paths))
        result = self._engine.run(replace(query.plan, attributes=told.paths), rows_limit)
        text = say("weighed", conditions=self._about(query.plan), count=result.total, lines=told.text)
        found = replace(self._found(query, result), text=text, entities=(), shown=told.entities)
        return replace(found, evidence=evidence(leading))

    def _already_best(self, query: Query, result: Result) -> str:
        """再便宜点 of the cheapest: that it is, rather than the same one again."""
        near, plan = result.nearest, result.plan
        if result.total or len(query.carried) != 1 or near is None or not plan.attributes:
            return ""
        relaxed, path = near.relaxed, plan.attributes[0]
        same = [row.entity for row in near.rows[:1]] == list(query.carried)
        if not same or not isinstance(relaxed, Condition) or relaxed.attribute != path:
            return ""
        others = tuple(clause for clause in plan.conditions if clause != relaxed)
        return say(
            "already_best", conditions=self._words.conditions(others) or say("everything"),
            entity=self._words.name(query.carried[0]), attribute=self._words.attribute(path),
            end="低" if relaxed.op in ("<", "<=") else "高",
        ) + "".join(f"\n{part}" for part in (self._words.left_out(result.left_out),) if part)  # fmt: skip

    def _of_the_first(self, query: Query, result: Result) -> Found:
        """最便宜的续航多少: first who ranks first, then what was asked of it."""
        first = result.rows[0]
        plan = Plan("lookup", (first.entity,), query.asked_for)
        looked = self._found(replace(query, plan=plan), self._engine.run(plan))
        text = f"{self._superlative(result)}\n{looked.text}"
        return replace(looked, text=text, evidence=(*looked.evidence, *evidence(result)))

    def _found(self, query: Query, result: Result) -> Found:
        plan = result.plan
        rows = result.rows
        focus = (
            tuple(row.entity for row in rows)
            if plan.op in ("compare", "verify", "lookup") and plan.entities
            else ()
        )
        if plan.op == "superlative" and rows and ((plan.limit or 1) == 1 or query.place):
            first = rows if not query.place and len(rows) <= MOST_FIRST else rows[:1]
            focus = tuple(row.entity for row in first)
        if len(rows) == 1 == result.total and plan.op in ("filter", "verify"):
            focus = (rows[0].entity,)
        if plan.op == "nearest":
            focus = plan.entities[:1]
        text = self._refused(result) or self._texts[plan.op](result)
        what = say("and").join(self._words.name(name) for name in query.carried[:4])
        what = what or self._words.conditions(query.kept)
        carried = say("carried", what=what) if what else ""
        return Found(
            text=carried + text,
            plan=plan,
            result=result,
            rows=tuple(row_of(row) for row in rows),
            rows_total=len(rows) if result.verdicts else result.total,
            evidence=evidence(result),
            entities=focus,
            attributes=plan.attributes[:1] or result.attributes[:1],
            shown=tuple(row.entity for row in to_point_at(result)[:EVIDENCE_ROWS]),
            answer_type="answer" if rows or result.groups or result.aggregate or plan.op == "count" else "fallback",
            confidence=round(query.score, 4),
        )  # fmt: skip

    def _refused(self, result: Result) -> str:
        """What is wrong with the question itself, when something is."""
        wrong = [
            n
            for n in result.notes
            if n.code in ("contradiction", "wrong_dimension", "bad_value", "too_many", "too_deep")
        ]
        if not wrong or result.rows:
            return ""
        return say("refused", why="；".join(note_text(n) for n in wrong), conditions=self._about(result.plan))

    def _about(self, plan: Plan) -> str:
        return self._words.scope(plan)

    def _tail(self, result: Result) -> str:
        more = (
            say("more_rows", count=result.total - SHOWN)
            if result.total > SHOWN and len(result.rows) > SHOWN
            else ""
        )
        return "".join(f"\n{part}" for part in (more, self._words.left_out(result.left_out)) if part)

    def _lookup(self, result: Result) -> str:
        return "\n".join(self._words.row(row, result.attributes) for row in result.rows)

    def _filter(self, result: Result) -> str:
        if not result.total:
            return self._nothing(result)
        plan = result.plan
        order = ""
        if plan.order and plan.attributes:
            order = say(f"sorted_{plan.order}", attribute=self._words.attribute(plan.attributes[0]))
        head = say("found", conditions=self._about(plan), count=result.total, order=order)
        return f"{head}\n{self._words.table(result)}{self._tail(result)}"

    def _nothing(self, result: Result) -> str:
        text = say("nothing", conditions=self._about(result.plan))
        plan = result.plan
        lacking = plan.attributes[:1] if plan.op in ("aggregate", "superlative") else ()
        if any(
            one.attribute in lacking
            and one.count >= result.total
            and not (result.nearest and result.nearest.rows)
            for one in result.left_out
        ):
            text = say(
                "none_known",
                conditions=self._about(plan),
                attribute=self._words.attribute(plan.attributes[0]),
            )
        near = result.nearest
        if near and near.rows:
            rows = "\n".join(
                f"{i}. {self._words.row(r, result.attributes)}" for i, r in enumerate(near.rows, 1)
            )
            text += say("nearest_rows", relaxed=self._words.clause(near.relaxed), rows=rows)
        return text + self._tail(result)

    def _superlative(self, result: Result) -> str:
        plan, path = result.plan, result.plan.attributes[0]
        if not result.rows:
            return self._nothing(result)
        order = plan.order or self._better(path)
        head = {"asc": "lowest", "desc": "highest"}[order]
        if len(result.rows) == 1 and (plan.limit or 1) > 1:
            place = say("place", place=plan.limit)
            return f"{place}{self._words.table(result)}{self._tail(result)}"
        if len(result.rows) == 1:
            first = result.rows[0]
            cell = first.cells[result.attributes.index(path)]
            text = say(
                head, conditions=self._about(plan), attribute=self._words.attribute(path),
                entity=self._words.name(first.entity), value=self._words.value(cell) if cell else "",
            )  # fmt: skip
            return text + self._tail(result)
        head = say(
            f"{head}_many",
            conditions=self._about(plan),
            attribute=self._words.attribute(path),
            count=len(result.rows),
        )
        return f"{head}\n{self._words.table(result, max(SHOWN, len(result.rows)))}{self._tail(result)}"

    def _better(self, path: Path) -> str:
        return "asc" if self._engine.directions.of(path[-1]) == "down" else "desc"

    def _count(self, result: Result) -> str:
        text = say("counted", conditions=self._about(result.plan), count=result.total)
        return text + self._tail(replace(result, rows=()))

    def _group(self, result: Result) -> str:
        name, about = self._words.attribute(result.plan.attributes[0]), self._about(result.plan)
        values = say("and").join(f"{group.value}（{group.count}）" for group in result.groups)
        if not result.groups:
            return self._nothing(result)
        return say("grouped", conditions=about, attribute=name, count=result.total, values=values)

    def _aggregate(self, result: Result) -> str:
        found = result.aggregate
        if found is None:
            return self._nothing(result)
        low, high = found.lowest.cells[0], found.highest.cells[0]
        kind = "all_the_same" if low and high and low.raw == high.raw else "range"
        return say(
            kind, conditions=self._about(result.plan), attribute=self._words.attribute(found.attribute),
            low=self._words.value(low) if low else "", high=self._words.value(high) if high else "",
            mean=rough_text(found.mean, found.unit), count=found.count,
        ) + self._tail(replace(result, rows=()))  # fmt: skip

    def _compare(self, result: Result) -> str:
        lines = []
        for one in result.comparisons:
            column = result.attributes.index(one.attribute)
            lines.append(self._words.comparison(one, result.rows, column, result.plan.order))
        return "\n".join(lines)

    def _nearest(self, result: Result) -> str:
        plan = result.plan
        if not result.rows:
            return say(
                "nothing_near_by",
                entity=self._words.name(plan.entities[0]),
                attribute=self._words.attribute(plan.attributes[0]),
            )
        head = say(
            "near_by", entity=self._words.name(plan.entities[0]),
            attribute=self._words.attribute(plan.attributes[0]), count=result.total,
        )  # fmt: skip
        return f"{head}\n{self._words.table(result)}{self._tail(result)}"

    def _verify(self, result: Result) -> str:
        if not result.verdicts:
            return say("exist") + self._filter(result) if result.total else self._nothing(result)
        lines = []
        only = result.plan.conditions[0] if len(result.plan.conditions) == 1 else None
        kind = "has" if isinstance(only, Condition) and only.op == "has" else "verdict"
        whether = kind == "has" and isinstance(only, Condition) and asked_whether(only.attribute[-1])
        for verdict, row in zip(result.verdicts, result.rows, strict=True):
            what = self._words.conditions(result.plan.conditions)
            lines.append(
                say(
                    f"{'whether' if whether and verdict.answer != 'unknown' else kind}_{verdict.answer}",
                    what=what,
                    row=self._words.row(row, result.attributes),
                )
            )
        return "\n".join(lines)
