"""Whatever happens: a mirror built from webhooks alone, in a bad order, holds the partner's product
and verifies; with one entry taken out, altered or added it does not."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from partner.entry import read_entry
from partner.mirror import Mirror
from partner.verifying import Fault, Finding, Kept, Ledger, kept, verify
from services.common.instants import now
from services.syndicate.manifests import store
from services.syndicate.manifests.manifest import signed
from services.syndicate.manifests.signing import SigningKey
from tests.partner.history import PRIVATE
from tests.syndicate.changes.test_histories import HISTORIES, PARTNERS, History, begun, do, steps

KEY = SigningKey(PRIVATE)


def push(history: History, partner: str, mirror: Mirror, after: int) -> None:
    """Tell what is new since a seq, the newest first."""
    if told := history.desk.entries(partner, after):
        mirror.apply([read_entry(entry.model_dump(mode="json")) for entry in reversed(told)])


def manifests(history: History, partner: str, limit: int) -> list[dict[str, Any]]:
    """Give all parts of all days."""
    connection, at, parts = history.desk.connection, now(), []
    for day in store.days(connection, partner, None, 100, at).items:
        after: int | None = 0
        while after is not None:
            part = store.manifest(connection, partner, day.date, after, limit, at)
            assert part
            parts.append(json.loads(signed(part, KEY)))
            after = part["next"]
    return parts


@settings(
    max_examples=HISTORIES // 4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(steps, min_size=5, max_size=40), st.integers(1, 7), st.data())
def test_a_mirror_of_webhooks_holds_the_product_and_verifies(taken, limit, data):
    with begun() as history, TemporaryDirectory() as folder:
        mirrors = {partner: Mirror(Path(folder) / partner) for partner in PARTNERS}
        for step in [*taken, None]:
            before = {partner: len(history.desk.entries(partner)) for partner in PARTNERS}
            if step is None:
                history.come(history.waiting)
            else:
                do(history, step)
            for partner, mirror in mirrors.items():
                push(history, partner, mirror, before[partner])

        for partner, mirror in mirrors.items():
            standing = {UUID(entry.id): entry.version for entry in mirror.standing()}
            assert standing == history.due(partner)
            parts = manifests(history, partner, limit)
            held = {name: kept(entry) for name, entry in mirror.all_held() if entry}

            def check(copies: dict[str, Kept | None], code: str = partner) -> list[Finding]:
                ledger = Ledger(code, KEY.public.model_dump())
                return verify(ledger, parts, copies, mirrors[code].known)  # noqa: B023

            assert check({**held}) == []
            event(f"{min(len(held), 3)} articles or more")
            if held:
                name = data.draw(st.sampled_from(sorted(held)))
                spoil(name, held, check)


def spoil(name: str, held: dict[str, Kept], check: Any) -> None:
    added = str(UUID(int=1))
    without = {each: copy for each, copy in held.items() if each != name}
    altered = {**held, name: held[name]._replace(real_digest="another")}

    assert [each.fault for each in check(without)] == [Fault.MISSING]
    assert {each.fault for each in check(altered)} <= {Fault.ALTERED, Fault.NOT_TAKEN_DOWN}
    assert [each.what for each in check(altered)] == [name]
    assert [each.what for each in check({**held, added: held[name]})] == [added]
