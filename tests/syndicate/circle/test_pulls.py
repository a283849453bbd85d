"""How far partners have fetched what is theirs is known, and costs them nothing."""

from services.syndicate.circle.pulls import Pulls
from services.syndicate.partner_tables import PULLED


async def test_what_partners_are_given_is_stored_together_and_never_steps_back(newsroom):
    pulls = Pulls(newsroom.database)
    for partner, seq in (("a", 3), ("b", 7), ("a", 2)):
        pulls.given(partner, seq)
    pulls.fed("b")
    await pulls.store()
    first = {row.partner: row for row in await newsroom.rows(PULLED)}
    assert {code: row.seq for code, row in first.items()} == {"a": 3, "b": 7}
    assert (first["a"].feed_at, bool(first["b"].feed_at)) == (None, True)

    pulls.given("a", 1)  # it asks for everything again
    pulls.given("b", 8)
    await pulls.store()
    await pulls.store()
    second = {row.partner: row for row in await newsroom.rows(PULLED)}
    assert {code: row.seq for code, row in second.items()} == {"a": 3, "b": 8}
    assert second["b"].feed_at == first["b"].feed_at
