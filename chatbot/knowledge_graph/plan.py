"""What the knowledge graph was asked, typed: the reply shows it, and execution follows it and nothing else."""

from dataclasses import dataclass
from typing import Literal

Path = tuple[str, ...]
Op = Literal["lookup", "compare", "filter", "superlative", "count", "verify"]


@dataclass(frozen=True, slots=True)
class Condition:
    """``attribute op value`` in the attribute's base unit."""

    attribute: Path
    op: Literal["=", "!=", "<", "<=", ">", ">=", "contains"]
    value: float | str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One query: entities by name, attributes by path."""

    op: Op
    entities: tuple[str, ...] = ()
    attributes: tuple[Path, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: str | None = None
    limit: int | None = None

    def as_json(self) -> dict[str, object]:
        """The contract's JSON object; paths are joined by ``/``."""
        return {
            "op": self.op,
            "entities": list(self.entities),
            "attributes": ["/".join(path) for path in self.attributes],
            "conditions": [
                {"attribute": "/".join(c.attribute), "op": c.op, "value": c.value, "unit": c.unit}
                for c in self.conditions
            ],
            "order": self.order,
            "limit": self.limit,
        }
