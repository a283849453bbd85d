"""What the registry changes for partners."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from schemas.events import RegistryEvent, UnitChanged
from schemas.partner import Partner
from schemas.registry import Unit
from services.common.ids import new_id
from services.syndicate.partner_tables import PARTNER, PRODUCT, REASSESSING, SUCCESSION
from services.syndicate.partners import store
from services.syndicate.partners.registry import follow
from tests.factories import NOON, TRACE

Tell = Callable[..., None]


@pytest.fixture
def tell(connection: Connection) -> Tell:
    """Have the registry say this."""

    def tell(*events: RegistryEvent) -> None:
        follow(connection, events, NOON)

    return tell


def unit_changed(unit: Unit) -> UnitChanged:
    return UnitChanged(id=new_id(), time=NOON, producer="ingest", trace=TRACE, unit=unit)


def succeeds(code: str, *before: str) -> UnitChanged:
    return unit_changed(Unit(code=code, name=code, succeeds=list(before)))


def add(connection: Connection, code: str, **product: object) -> None:
    partner = Partner.model_validate({"code": code, "name": code, "product": product})
    store.add(connection, partner, NOON)
    connection.execute(REASSESSING.delete())


def current(connection: Connection, code: str) -> tuple[int, str, dict[str, list[str]]]:
    row = connection.execute(
        select(PRODUCT).join(PARTNER, store.CURRENT).where(PARTNER.c.code == code)
    ).one()
    return row.number, row.cause, json.loads(row.successors)


def test_a_product_includes_the_successors_known_when_it_is_made(connection, tell):
    tell(succeeds("HQKV21", "HQVT", "HQNP"), succeeds("HQMOI", "HQKV21"))

    add(connection, "bao", units=["HQVT", "HQHP"])

    assert current(connection, "bao") == (1, "changed", {"HQVT": ["HQKV21", "HQMOI"]})


def test_a_successor_makes_a_new_product_for_who_has_the_unit_and_for_no_other(connection, tell):
    add(connection, "co", units=["HQVT"])
    add(connection, "loai-tru", exclude={"units": ["HQVT"]})
    add(connection, "khong", units=["HQHP"])
    add(connection, "tat-ca")

    tell(succeeds("HQKV21", "HQVT"))

    assert current(connection, "co") == (2, "registry", {"HQVT": ["HQKV21"]})
    assert current(connection, "loai-tru") == (2, "registry", {"HQVT": ["HQKV21"]})
    assert current(connection, "khong")[0] == 1
    assert current(connection, "tat-ca")[0] == 1
    waiting = connection.scalars(select(REASSESSING.c.partner).order_by(REASSESSING.c.partner))
    assert waiting.all() == ["co", "loai-tru"]


def test_what_is_told_again_changes_nothing(connection, tell):
    add(connection, "bao", units=["HQVT"])
    tell(succeeds("HQKV21", "HQVT"))

    tell(succeeds("HQKV21", "HQVT"))
    tell(unit_changed(Unit(code="HQKV21", name="Tên mới", succeeds=["HQVT"])))

    assert current(connection, "bao")[0] == 2


def test_a_succession_that_was_a_mistake_is_taken_back(connection, tell):
    add(connection, "bao", units=["HQVT"])
    tell(succeeds("HQKV21", "HQVT"))

    tell(succeeds("HQKV21"))

    assert current(connection, "bao") == (3, "registry", {})
    assert connection.execute(select(SUCCESSION)).all() == []
