"""What may happen to an article, in any order and more than once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st

from schemas.article import Article
from services.archive.articles.changes import Change, Erased
from services.common.ids import new_id
from tests.factories import article, erasure, retraction

VERSIONS = 4


@dataclass(frozen=True)
class Story:
    """What happens to one article."""

    id: UUID
    changes: Sequence[Change]

    @property
    def word(self) -> str:
        """Stands in every version's text, and in no other article's."""
        return f"z{self.id.hex}"


@st.composite
def stories(draw: st.DrawFn) -> Story:
    id_ = new_id()
    kinds = st.sampled_from(["text", "text", "expired", "retraction", "skipped"])
    versions = [
        _version(id_, number, kind)
        for number in range(1, VERSIONS + 1)
        if (kind := draw(kinds)) != "skipped"
    ]
    end = [erasure(id_, VERSIONS + 1)] if draw(st.booleans()) else []
    # A retraction is erased together with the whole article or not at all.
    kept = set() if end else {each.version for each in versions if each.canceled}
    erased = draw(st.sets(st.integers(1, VERSIONS))) - kept
    changes: list[Change] = [*versions, *(Erased(id_, number) for number in sorted(erased)), *end]
    told = changes or [_version(id_, 1, "text")]
    return Story(id_, draw(st.permutations(told + told[::2])))


def _version(id_: UUID, number: int, kind: str) -> Article:
    if kind == "retraction":
        return retraction(id_, number)
    status = "withheld" if kind == "expired" else "usable"
    headline = f"z{id_.hex} bản {number}"
    return article(id=id_, version=number, headline=headline, pub_status=status)
