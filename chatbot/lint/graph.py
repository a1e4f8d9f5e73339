"""Values that entities lack, values far from all others, attributes that no words lead to."""

import math
from collections.abc import Iterator, Sequence
from statistics import median

from chatbot.knowledge_graph.graph import Entity, Path, display_name
from chatbot.knowledge_graph.values import Measure, parse_value
from chatbot.lint.base import Issue, Subject

COMMON, FEWEST = 0.9, 10
FACTOR, SPREAD, ENOUGH = 6.0, 6.0, 8  # a zero or a unit is ten times; 3个月 beside 1年 is four
_LIKE_ALL = 0.9


class MissingValues:
    """What nearly all entities have, or all others of the same series, and this one has not."""

    name = "missing_value"

    def run(self, subject: Subject) -> Iterator[Issue]:
        entities = subject.graph.entities
        leaves = [path for path, node in subject.graph.tree.items() if path and node.is_leaf]
        series: dict[tuple[str, ...], list[Entity]] = {}
        for entity in entities:
            series.setdefault(entity.keywords[:2], []).append(entity)
        for entity in entities:
            siblings = [other for other in series[entity.keywords[:2]] if other is not entity]
            for path in leaves:
                if path in entity.leaves:
                    continue
                share = subject.graph.tree[path].count / len(entities)
                common = share >= COMMON and len(entities) >= FEWEST
                kin = len(siblings) >= 2 and all(path in other.leaves for other in siblings)
                if common or kin:
                    who = (
                        f"“{' '.join(entity.keywords[:2])}”的其他 {len(siblings)} 款都有"
                        if kin
                        else f"{share:.0%} 的实体都有"
                    )
                    yield Issue(
                        "notice", self.name, subject.graph_file(entity.file), 0,
                        f"缺少“{'/'.join(path)}”，{who}", "有就补上这个值；本来就没有的不用管，或写“无”",
                    )  # fmt: skip


class OutlyingValues:
    """A quantity several times smaller or larger than all others, or of another kind: a lost 万, a wrong unit.

    Outlying: more than ``FACTOR`` times from the median and ``SPREAD`` median absolute deviations off, in logarithms.
    """

    name = "outlying_value"

    def run(self, subject: Subject) -> Iterator[Issue]:
        for path, node in subject.graph.tree.items():
            if path and node.is_leaf and node.count >= ENOUGH:
                yield from self._of_leaf(subject, path)

    def _of_leaf(self, subject: Subject, path: Path) -> Iterator[Issue]:
        read = [
            (entity, parse_value(entity.leaves[path], path[-1], subject.units))
            for entity in subject.graph.entities
            if path in entity.leaves
        ]
        single = [(entity, value.measures[0]) for entity, value in read if len(value.measures) == 1]
        kinds = [measure.dimension for _, measure in single]
        usual = max(sorted(set(kinds)), key=kinds.count, default="")
        alike = [(entity, measure) for entity, measure in single if measure.dimension == usual]
        if len(alike) < ENOUGH or len(alike) < _LIKE_ALL * len(read):
            return
        pattern = next(value.raw for _, value in read if usual in [one.dimension for one in value.measures])
        for entity, value in read:
            if value.kind != "flag" and usual not in [measure.dimension for measure in value.measures]:
                why = f"读不成{usual or '数'}，只当文字用；其他 {len(alike)} 款都读得成"
                yield self._issue(
                    subject, entity, path, why, f"照其他的写法写，如“{pattern}”；没有数的就不写这一项"
                )
        for entity, middle in _far_off(alike):
            yield self._issue(
                subject, entity, path, f"与其他 {len(alike) - 1} 款相差太远（中位数约 {middle:g}）"
            )

    def _issue(
        self, subject: Subject, entity: Entity, path: Path, why: str,
        hint: str = "核实数字和单位（是不是漏了“万”，或多写了零）",
    ) -> Issue:  # fmt: skip
        return Issue(
            "notice", self.name, subject.graph_file(entity.file), 0,
            f"“{'/'.join(path)}”的值“{entity.leaves[path]}”{why}", hint,
        )  # fmt: skip


def _far_off(values: Sequence[tuple[Entity, Measure]]) -> Iterator[tuple[Entity, float]]:
    logs = [(entity, math.log(measure.low)) for entity, measure in values if 0 < measure.low < math.inf]
    if len(logs) < ENOUGH:
        return
    middle = median(log for _, log in logs)
    spread = 1.4826 * median(abs(log - middle) for _, log in logs)
    for entity, log in logs:
        if abs(log - middle) > max(math.log(FACTOR), SPREAD * spread):
            yield entity, math.exp(middle)


class UnreachableAttributes:
    """A leaf that neither its name nor any of its synonyms leads to."""

    name = "unreachable_attribute"

    def run(self, subject: Subject) -> Iterator[Issue]:
        ways: dict[Path, list[str]] = {}
        for alias, paths in subject.reader.attributes.aliases.items():
            for path in paths:
                ways.setdefault(path, []).append(alias)
        for path, node in subject.graph.tree.items():
            if not path or not node.is_leaf:
                continue
            names = (display_name(path[-1]), *sorted(ways.get(path, ())))
            if not any(self._leads(subject, name, path) for name in names):
                holder = next(entity for entity in subject.graph.entities if path in entity.leaves)
                yield Issue(
                    "notice", self.name, subject.graph_file(holder.file), 0,
                    f"问“{display_name(path[-1])}”到不了“{'/'.join(path)}”",
                    "在 lexicon/attribute_synonyms.txt 里给它加一个说法，或改名",
                )  # fmt: skip

    @staticmethod
    def _leads(subject: Subject, name: str, path: Path) -> bool:
        return any(path in link.paths for link in subject.reader.read(name).attributes)
