"""What would come and go with another product: pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.article import Article
from services.syndicate.products.deciding import Clause, Prepared


class Change(StrEnum):
    """What the other product would mean for an article."""

    COMES = "comes"
    GOES = "goes"
    STAYS_IN = "stays_in"
    STAYS_OUT = "stays_out"


@dataclass(frozen=True)
class Example:
    """An article, and what the other product says of it."""

    article: Article
    clause: Clause


@dataclass
class Side:
    """Articles to which the same would happen; of so many, some by name."""

    count: int = 0
    examples: list[Example] = field(default_factory=list)


class Comparison:
    """Counts what would change with a product in the place of another, or of none."""

    def __init__(self, before: Prepared | None, after: Prepared, most_examples: int) -> None:
        self._before = before
        self._after = after
        self._most = most_examples
        self.looked_at = 0
        self.sides = {change: Side() for change in Change}

    def take(self, articles: Iterable[Article]) -> None:
        """Look at articles, the newest version of each. What has ended would neither come nor go
        by a product, and tests don't ask for one."""
        for article in articles:
            self.looked_at += 1
            if article.public and not (article.canceled or article.withheld):
                self._weigh(article)

    def _weigh(self, article: Article) -> None:
        was = self._before is not None and self._before.decide(article).included
        decision = self._after.decide(article)
        side = self.sides[_change(was, decision.included)]
        side.count += 1
        if len(side.examples) < self._most:
            side.examples.append(Example(article, decision.clause))


def _change(was: bool, will_be: bool) -> Change:
    if was:
        return Change.STAYS_IN if will_be else Change.GOES
    return Change.COMES if will_be else Change.STAYS_OUT
