"""Related news, from the question to the answer."""

from dataclasses import dataclass

from services.archive.catalogue.asking import Asker, asking
from services.archive.catalogue.brief import Brief
from services.archive.catalogue.likeness import compare
from services.archive.catalogue.reasons import Reasons
from services.archive.catalogue.registry import Names
from services.archive.catalogue.related import chosen, like, looked_at, rank
from services.archive.engine.contract import View
from services.archive.language.signature import read_signature
from services.common.instants import microseconds, now


@dataclass(frozen=True)
class Related:
    """A related article; `why` are shared names and terms, as the asking article writes them."""

    article: Brief
    score: float
    why: list[str]


def relate(
    asker: Asker, view: View, names: Names, limit: int, *, diverse: bool = False
) -> list[Related]:
    """Find related news, best first: the engine finds candidates by their weightiest terms; these
    are compared by their signatures, and those read that are shown. Raises EngineFailed."""
    wanted = asking(asker, names, view)
    query = like(wanted)
    if query is None:
        return []
    found = [
        (sketch, signature)
        for sketch in view.sketches(query, looked_at(limit) + 1)
        if (signature := read_signature(sketch.signature)).article != asker.id.bytes
    ][: looked_at(limit)]
    if not found:
        return []
    sketches, signatures = zip(*found, strict=True)
    at = microseconds(now())
    compared = compare(wanted, signatures)
    ranking = rank(compared, [at - sketch.published for sketch in sketches])
    places = chosen(ranking, signatures, limit, diverse=diverse)
    reasons = Reasons(asker.text, wanted)
    return [
        Related(
            Brief.model_validate_json(record),
            max(0.0, float(ranking.scores[place])),
            reasons.of(compared.shared[place]),
        )
        for place, record in zip(places, view.read([sketches[p] for p in places]), strict=True)
    ]
