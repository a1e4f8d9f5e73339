"""Of several names that fit what was said, those that say no more than that: S5尊享 is not S5尊享黑爵士版."""

from collections import Counter
from collections.abc import Container, Iterable

from chatbot.normalization.name_index import NameIndex
from chatbot.normalization.name_parts import YEAR, atoms, pieces_of
from chatbot.normalization.named import Named, less, telling, words_said
from chatbot.normalization.postings import bits, mask_of


def saying_whole(index: NameIndex, thing: Named) -> int:
    """X7 is no X7 Pro: of ``thing.mask`` those of which what stands between series and version is said whole, where some are."""
    if thing.mask & ~index.with_middle:
        return thing.mask  # of some of them nothing stands there
    said = {part for piece in thing.pieces for part in pieces_of(piece.name)}
    between = {i: index.middle(i) for i in bits(thing.mask)}
    whole = mask_of(i for i, pieces in between.items() if pieces <= said)
    partly = mask_of(i for i, pieces in between.items() if not pieces <= said and pieces & said)
    return whole if whole and partly and whole | partly == thing.mask else thing.mask


def saying_no_more(index: NameIndex, thing: Named, series: int, leading: Container[str]) -> int:
    """Those of ``thing.mask`` whose name says no more than was said.

    ``series`` are all the entities of the one series they are of, 0 where they are of several; ``leading`` the names of
    brands and series.
    """
    mask = thing.mask
    said, lead = words_said(thing, leading)
    if not series or not any(telling(p, series) and not YEAR.fullmatch(p.name) for p in thing.pieces):
        return _lettered(index, mask, said) if series else mask
    names = {i: index.parts[i] for i in bits(mask)}
    whole = mask_of(i for i, parts in names.items() if not parts.left_over(said, lead, touched=False))
    if whole:
        return _saying_it_all(index, whole, thing)
    left = {i: parts.left_over(said, lead, touched=True) for i, parts in names.items()}
    least = mask_of(i for i, rest in left.items() if not any(less(other, rest) for other in left.values()))
    if not all(left.values()):  # one is called just so, and others but for a word before it
        least |= mask_of(
            i for i, parts in names.items() if not parts.left_over(said, lead, touched=True, apart=True)
        )
    return _lettered(index, least, said)


def _lettered(index: NameIndex, mask: int, said: Iterable[str]) -> int:
    """Macan T is the Macan T 2.0T: of several those of whose name a single letter that was said is a word."""
    letters = {one for one in said if len(one) == 1 and one.isalpha()}
    if not letters or mask.bit_count() < 2:
        return mask
    return mask_of(i for i in bits(mask) if letters <= set(index.parts[i].words[-1])) or mask


def _saying_it_all(index: NameIndex, mask: int, thing: Named) -> int:
    """Of several those whose names have every letter that was said, each as often: Macan T 2.0T is not Macan 2.0T."""
    said = Counter(atom for piece in thing.pieces for atom in atoms(piece.name))
    held = {i: Counter(index.parts[i].atoms) for i in bits(mask)} if mask.bit_count() > 1 else {}
    having = {i: have for i, have in held.items() if said <= have}
    letters = [atom for atom in said if len(atom) == 1 and atom.isalpha()]
    just_so = (i for i, have in having.items() if all(have[one] == said[one] for one in letters))
    return mask_of(just_so) or mask_of(having) or mask
