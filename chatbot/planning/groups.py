"""Groups of makes that people ask for by one word: 德系, BBA, 国产; editable, resolved to the brands of a graph."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath

from chatbot.errors import DataError
from chatbot.frozen import dataclass
from chatbot.knowledge_graph.plan import AnyOf, Clause, Condition, keyword_level
from chatbot.normalization.lexicon import read_lines
from chatbot.normalization.text import normalize
from chatbot.planning.words import built_in

_FORMS = ("{}", "{}车", "{}的", "{}车型", "{}品牌", "{}的车", "{}牌子", "{}车子")


@dataclass(frozen=True, slots=True)
class BrandGroup:
    """The makes of a group, and the words that people have for it."""

    makes: tuple[str, ...]
    words: tuple[str, ...]


def brand_groups(folder: FilePath | None = None) -> tuple[BrandGroup, ...]:
    """The built-in groups, then those of the operator's ``groups.txt`` in ``folder``.

    Raises:
        DataError: a line that is not ``name: makes: words``.
    """
    file = folder / "groups.txt" if folder else None
    found = [_group(line) for line in built_in("groups")]
    for number, line in read_lines(file) if file else []:
        group = _group(line)
        if group is None:
            raise DataError(
                file or "", f"“{line[:40]}”不是“组名: 品牌: 说法”", line=number, hint="三栏，用英文冒号加空格隔开"
            )  # fmt: skip
        found.append(group)
    return tuple(group for group in found if group)


def _group(line: str) -> BrandGroup | None:
    parts = [[normalize(word) for word in part.split()] for part in line.split(": ")]
    return BrandGroup(tuple(parts[1]), tuple(parts[2])) if len(parts) == 3 and all(parts) else None


def group_clauses(groups: Sequence[BrandGroup], brands: Iterable[str]) -> Mapping[str, Clause | None]:
    """Word → any of the brands of its group; ``None`` where the graph has none of them."""
    known = {brand: normalize(brand) for brand in sorted(brands)}
    found: dict[str, Clause | None] = {}
    for group in groups:
        those = [brand for brand, name in known.items() if any(make in name for make in group.makes)]
        conditions: list[Clause] = [Condition(keyword_level(1), "=", brand) for brand in those]
        meant = (conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))) if conditions else None
        for word in group.words:
            found.update(dict.fromkeys((form.format(word) for form in _FORMS), meant))
    return found
