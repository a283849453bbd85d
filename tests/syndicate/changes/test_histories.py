"""Whatever happens, in whatever order: a partner that does what `changes` says holds its product.

`make histories` runs ten thousand of them.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from schemas.article import Article, PubStatus
from schemas.partner import Entry, Product
from services.syndicate.changes.shown import digest_of
from services.syndicate.partner_tables import PARTNER
from tests.factories import article, erasure, retraction
from tests.syndicate.partners_at_work import Desk

HISTORIES = int(os.environ.get("TINBAI_TEST_HISTORIES", "80"))
PARTNERS = ("a", "b", "c")
COLUMNS = ("kinh-te", "phap-luat", "quoc-te")
ARTICLES = 5

Rules = dict[str, Any]


def rules() -> st.SearchStrategy[Rules]:
    some = st.lists(st.sampled_from(COLUMNS), max_size=2, unique=True)
    urgency = st.none() | st.integers(1, 9)
    return st.fixed_dictionaries(
        {
            "columns": some,
            "max_urgency": urgency,
            "exclude": st.fixed_dictionaries({"columns": some}),
        }
    )


def holds(given: Rules, version: Article) -> bool:
    """Say by hand what a product of these rules holds."""
    if not version.public:
        return False
    excluded = given["exclude"]["columns"]
    return (
        (not given["columns"] or version.column in given["columns"])
        and (given["max_urgency"] is None or version.urgency <= given["max_urgency"])
        and version.column not in excluded
    )


@dataclass
class Mirror:
    """A partner that does what it is told; now and then it loses everything."""

    last: int = 0
    shown: dict[UUID, tuple[int, str]] = field(default_factory=dict)
    """Article to version and digest of the text."""

    def follow(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            assert entry.seq == self.last + 1, "a gap"
            self.last = entry.seq
            if not entry.kind.stands:
                self.shown.pop(entry.id, None)
            elif entry.superseded is None:
                assert entry.article is not None
                self.shown[entry.id] = (entry.version, digest_of(entry.article))


@dataclass
class History:
    """What happened so far, in a store and by hand."""

    desk: Desk
    versions: list[list[Article]] = field(default_factory=list)
    waiting: list[Article] = field(default_factory=list)
    """Released, but not come to syndicate yet."""
    newest: dict[UUID, Article] = field(default_factory=dict)
    """Of what has come."""
    wishes: dict[str, Rules] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    mirrors: dict[str, Mirror] = field(default_factory=dict)

    def release(self, version: Article) -> None:
        self.waiting.append(version)

    def come(self, batch: Sequence[Article]) -> None:
        self.desk.release(*batch)
        for version in batch:
            known = self.newest.get(version.id)
            if known is None or (version.version > known.version and not known.erased):
                self.newest[version.id] = version

    def read(self, partner: str, limit: int) -> None:
        """Have a partner read on; nothing that it reads may lie outside of its product."""
        mirror = self.mirrors[partner]
        entries = self.desk.entries(partner, mirror.last, limit)
        for entry in entries:
            if entry.article is not None:
                newest = self.newest[entry.id]
                assert entry.version == newest.version, "an old version"
                if entry.kind.stands:
                    assert holds(self.wishes[partner], newest), "an excluded one"
        mirror.follow(entries)

    def due(self, partner: str) -> dict[UUID, int]:
        """Say by hand what a partner must hold: articles and their versions."""
        return {
            version.id: version.version
            for version in self.newest.values()
            if version.pub_status is PubStatus.USABLE and holds(self.wishes[partner], version)
        }


steps = st.one_of(
    st.tuples(
        st.just("publish"),
        st.sampled_from(COLUMNS),
        st.integers(1, 9),
        st.sampled_from(["public"] * 6 + ["canary"]),
    ),
    st.tuples(st.just("correct"), st.integers(0), st.sampled_from(COLUMNS), st.integers(1, 9)),
    st.tuples(st.just("retract"), st.integers(0)),
    st.tuples(st.just("expire"), st.integers(0)),
    st.tuples(st.just("erase"), st.integers(0)),
    st.tuples(st.just("come"), st.permutations(range(4)), st.integers(1, 4)),
    st.tuples(st.just("come_again"), st.integers(0)),
    st.tuples(st.just("change_product"), st.sampled_from(PARTNERS), rules()),
    st.tuples(st.just("read"), st.sampled_from(PARTNERS), st.integers(1, 5)),
    st.tuples(st.just("lose_everything"), st.sampled_from(PARTNERS)),
    st.tuples(st.just("restart")),
)


def do(history: History, step: tuple[Any, ...]) -> None:
    match step:
        case ("publish", column, urgency, audience) if len(history.versions) < ARTICLES:
            made = article(column=column, urgency=urgency, audience=audience)
            history.versions.append([made])
            history.release(made)
        case ("correct" | "retract" | "expire" | "erase" as what, which, *rest) if history.versions:
            versions = history.versions[which % len(history.versions)]
            if follower := _next(versions[-1], what, rest):
                versions.append(follower)
                history.release(follower)
        case ("come", order, count):
            # Of one article express may bring a later version first; so the order is any.
            batch = [history.waiting[i] for i in order if i < len(history.waiting)][:count]
            history.waiting = [each for each in history.waiting if each not in batch]
            history.come(batch)
        case ("come_again", which) if history.versions:
            versions = history.versions[which % len(history.versions)]
            history.come([each for each in versions if each not in history.waiting])
        case ("change_product", partner, wish):
            history.wishes[partner] = wish
            history.products[partner] += 1
            history.desk.change_product(partner, history.products[partner], **wish)
            history.desk.reassess(partner, *history.newest.values())
        case ("read", partner, limit):
            history.read(partner, limit)
        case ("lose_everything", partner):
            history.mirrors[partner] = Mirror()
        case ("restart",):
            history.desk = type(history.desk)(history.desk.connection)


def _next(last: Article, what: str, rest: Sequence[Any]) -> Article | None:
    number = last.version + 1
    if last.erased or (last.canceled and what != "erase"):
        return None
    match what:
        case "correct":
            column, urgency = rest
            return article(
                id=last.id,
                version=number,
                headline=f"Bản {number}",
                column=column,
                urgency=urgency,
                audience=last.audience,
                correction_note="Sửa.",
            )
        case "retract":
            return retraction(last.id, number, audience=last.audience)
        case "expire":
            return last.model_copy(update={"version": number, "pub_status": PubStatus.WITHHELD})
        case _:
            return erasure(last.id, number).model_copy(update={"audience": last.audience})


@contextmanager
def begun(desk: type[Desk] = Desk) -> Iterator[History]:
    engine = create_engine("sqlite://")
    PARTNER.metadata.create_all(engine)
    with engine.connect() as connection:
        yield _with_partners(desk(connection))
    engine.dispose()


def _with_partners(desk: Desk) -> History:
    history = History(desk)
    for partner in PARTNERS:
        wish: Rules = {"columns": [], "max_urgency": None, "exclude": {"columns": []}}
        history.desk.partner(partner, **wish)
        history.wishes[partner], history.products[partner] = wish, 1
        history.mirrors[partner] = Mirror()
    return history


@settings(
    max_examples=HISTORIES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(steps, min_size=5, max_size=40))
def test_a_partner_that_does_what_it_is_told_holds_its_product(taken: list[Any]) -> None:
    with begun() as history:
        for step in taken:
            do(history, step)
        history.come(history.waiting)

        for partner in PARTNERS:
            history.read(partner, 1000)
            shown = history.mirrors[partner].shown
            assert {i: version for i, (version, _) in shown.items()} == history.due(partner)
            told = history.desk.entries(partner)
            assert [entry.seq for entry in told] == list(range(1, len(told) + 1))
            digests = {entry.id: entry.digest for entry in told if entry.superseded is None}
            assert all(digests[i] == digest for i, (_, digest) in shown.items())
            event(f"{min(len(told) // 4 * 4, 20)} entries or more")


def test_the_rules_by_hand_are_those_of_products() -> None:
    wish: Rules = {"columns": ["a"], "max_urgency": 3, "exclude": {"columns": ["b"]}}
    assert Product.model_validate(wish).exclude
    assert holds(wish, article(column="a", urgency=3))
    assert not holds(wish, article(column="a", urgency=4))
    assert not holds(wish, article(column="b", urgency=1))
