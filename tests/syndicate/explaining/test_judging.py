"""Where an article stands at a partner: from what is stored to a state and a sentence."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, insert

from schemas.article import Article, PubStatus
from schemas.partner import Format
from services.common.ids import new_id
from services.common.instants import now
from services.syndicate.explaining.facts import facts
from services.syndicate.explaining.judging import Judgement, concerns, judge, judge_by_rules
from services.syndicate.partner_tables import ACKNOWLEDGEMENT, DELIVERY, PULLED
from services.syndicate.products.deciding import Ground, Misfit
from services.syndicate.products.terms import Field
from services.syndicate.ways.store import NewWay, add
from tests.factories import article, erasure, retraction
from tests.syndicate.partners_at_work import Desk


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection)


def judged(desk: Desk, of: Article) -> Judgement:
    found = facts(desk.connection, "bao", of.id)
    assert found
    return judge(found)


def told(desk: Desk, of: Article) -> tuple[str, str]:
    judgement = judged(desk, of)
    return judgement.standing.value, " ".join(judgement.sentences)


def deliver(desk: Desk, of: Article, entry: int, state: str, **more: Any) -> UUID:
    """Have a delivery of an entry by a webhook."""
    at = now()
    new = NewWay("bao", "webhook", Format.JSON, "https://bao.example/tin", "bao.example")
    way = add(desk.connection, new, at)
    defaults = {column.name: _something(column) for column in DELIVERY.c if not column.nullable}
    del defaults["seq"]
    row = {
        "way": way,
        "partner": "bao",
        "entry": entry,
        "article": of.id,
        "version": of.version,
        "replay": False,
        "state": state,
        "created": at,
    }
    desk.connection.execute(insert(DELIVERY).values(defaults | row | more))
    return way


def _something(column: Any) -> Any:
    """Give a value for a column that doesn't matter here."""
    return {str: "", int: 0, bool: False, UUID: new_id()}.get(column.type.python_type)


def test_it_is_in_with_the_entry_that_says_so(desk: Desk) -> None:
    desk.partner("bao", columns=["kinh-te"])
    of = article(column="kinh-te")
    desk.release(of)
    assert told(desk, of) == (
        "in",
        "In: version 1 is entry 1. It fits the product: its column is kinh-te.",
    )


def test_it_is_out_by_a_clause(desk: Desk) -> None:
    desk.partner("bao", columns=["kinh-te"])
    of = article(column="xa-hoi")
    desk.release(of)
    assert told(desk, of) == (
        "out",
        "Out: this partner never got it. The product takes only the column kinh-te; it has the "
        "column xa-hoi.",
    )
    decision = judged(desk, of).decision
    assert decision
    assert decision.clause.misfit == Misfit(Field.COLUMNS, ("kinh-te",), ("xa-hoi",))


def test_it_waits_while_the_partners_entries_are_not_written_yet(desk: Desk) -> None:
    of = article()
    desk.release(of)
    desk.partner("bao")
    assert told(desk, of)[0] == "waiting"

    desk.reassess("bao", of)
    assert told(desk, of)[0] == "in"


def test_it_waits_while_a_delivery_waits_and_is_delivered_when_all_are(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of)
    deliver(desk, of, 1, "delivered", attempts=1)
    deliver(desk, of, 1, "waiting", attempts=3)
    state, sentence = told(desk, of)
    assert state == "waiting"
    assert "is to be sent by webhook; attempts made: 3." in sentence

    desk.connection.execute(DELIVERY.update().values(state="delivered"))
    assert told(desk, of)[0] == "delivered"


def test_a_delivery_of_an_older_version_says_nothing_of_this_one(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of, of.model_copy(update={"version": 2}))
    deliver(desk, of, 1, "delivered")
    assert told(desk, of)[0] == "in"


def test_a_replay_that_waits_takes_nothing_back(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of)
    deliver(desk, of, 1, "delivered")
    deliver(desk, of, 1, "waiting", replay=True)
    assert told(desk, of)[0] == "delivered"


def test_what_could_not_be_sent_is_still_in_and_says_so(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of)
    deliver(desk, of, 1, "failed")
    state, sentence = told(desk, of)
    assert state == "in"
    assert "could not be sent by webhook" in sentence


def test_what_the_partner_acknowledged_was_delivered(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of)
    word = {"partner": "bao", "article": of.id, "version": 1, "state": "applied"}
    desk.connection.execute(insert(ACKNOWLEDGEMENT).values(word | {"by": "partner", "at": now()}))
    assert told(desk, of)[0] == "delivered"


def test_what_the_partner_fetched_is_in_and_says_so(desk: Desk) -> None:
    desk.partner("bao")
    first, second = article(), article()
    desk.release(first, second)
    desk.connection.execute(insert(PULLED).values(partner="bao", seq=1))
    assert told(desk, first)[1].startswith("In: version 1 is entry 1, which was fetched.")
    assert told(desk, second)[1].startswith("In: version 1 is entry 2. ")


def test_what_left_the_product_is_out_though_the_partner_had_it(desk: Desk) -> None:
    desk.partner("bao")
    of = article(column="xa-hoi")
    desk.release(of)
    desk.change_product("bao", 2, columns=["kinh-te"])
    assert told(desk, of)[1].startswith("Out: this partner has version 1; the entry that removes")

    desk.reassess("bao", of)
    assert told(desk, of)[1].startswith("Out: this partner had it, and was told in entry 2.")


def test_what_was_retracted_is_gone(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of, retraction(of.id))
    assert told(desk, of) == (
        "gone",
        "Gone: version 2 retracts the article. The partner was told in entry 2.",
    )


def test_what_was_retracted_before_the_partner_came_is_gone_too(desk: Desk) -> None:
    of = article()
    desk.release(of, retraction(of.id))
    desk.partner("bao")
    assert told(desk, of)[1].endswith("This partner never got it.")


def test_what_is_over_is_gone(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of, of.model_copy(update={"version": 2, "pub_status": PubStatus.WITHHELD}))
    assert told(desk, of)[1].startswith("Gone: since version 2 its time is over.")


def test_what_was_erased_is_gone(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of, erasure(of.id))
    assert told(desk, of)[1].startswith("Gone: the article was erased by order.")


def test_a_version_whose_text_is_forgotten_can_only_be_said_to_be_gone(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of, erasure(of.id))
    first = facts(desk.connection, "bao", of.id, version=1)
    assert first
    judgement = judge_by_rules(first)
    assert (judgement.standing, judgement.decision) == ("gone", None)


def test_an_old_decision_is_made_again_as_it_was(desk: Desk) -> None:
    desk.partner("bao", columns=["kinh-te"])
    of = article(column="kinh-te")
    desk.release(of, of.model_copy(update={"version": 2, "column": "xa-hoi"}))
    desk.change_product("bao", 2, columns=["xa-hoi"])

    def standing(**asked: int) -> str:
        found = facts(desk.connection, "bao", of.id, **asked)
        assert found
        return judge_by_rules(found).standing

    assert standing(version=1, product=1) == "in"
    assert standing(version=2, product=1) == "out"
    assert standing(version=1) == "out"
    assert standing(version=2) == "in"


def test_the_successors_are_those_that_the_product_was_stored_with(desk: Desk) -> None:
    desk.partner("bao", units=["HQHP"])
    of = article(unit="KV3")
    desk.release(of)
    assert told(desk, of)[0] == "out"


def test_a_test_for_another_partner_does_not_concern_this_one(desk: Desk) -> None:
    desk.partner("bao")
    mine, others = article(audience="partner:bao"), article(audience="partner:other")
    desk.release(mine, others)
    found = {of.id: facts(desk.connection, "bao", of.id) for of in (mine, others)}
    assert [each and concerns(each) for each in found.values()] == [True, False]
    decision = judged(desk, mine).decision
    assert decision
    assert decision.clause.ground is Ground.TEST


def test_nothing_is_known_of_what_was_never_released(desk: Desk) -> None:
    desk.partner("bao")
    of = article()
    desk.release(of)
    assert facts(desk.connection, "bao", article().id) is None
    assert facts(desk.connection, "other", of.id) is None
    assert facts(desk.connection, "bao", of.id, version=2) is None
    assert facts(desk.connection, "bao", of.id, product=2) is None
