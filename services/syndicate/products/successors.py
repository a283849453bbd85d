"""Who took over from whom, through any number of changes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from schemas.partner import Product
from services.syndicate.products.terms import Successors


def successors_of(succeeds: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Turn the registry's word, who succeeds whom, into all successors of each unit that has any.

    Units that succeed each other in a circle, which the registry refuses, are each other's.
    """
    heirs: dict[str, set[str]] = defaultdict(set)
    for unit, before in succeeds.items():
        for each in before:
            heirs[each].add(unit)
    return {unit: sorted(set(_after(unit, heirs)) - {unit}) for unit in list(heirs)}


def named_by(product: Product, successors: Successors) -> dict[str, list[str]]:
    """Keep the successors that decide for a product: those of the units that it names."""
    named = {unit for rules in (product, *product.exclusions) for unit in rules.units}
    return {unit: list(successors[unit]) for unit in sorted(named) if unit in successors}


def _after(unit: str, heirs: Mapping[str, set[str]]) -> Iterator[str]:
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        for each in heirs.get(waiting.pop(), set()) - found:
            found.add(each)
            waiting.append(each)
            yield each
