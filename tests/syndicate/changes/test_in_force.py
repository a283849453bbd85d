"""The products that count, as each transaction finds them."""

from sqlalchemy import Connection

from services.syndicate.changes.in_force import Products
from tests.factories import article
from tests.syndicate.partners_at_work import Desk

ECONOMY, SOCIETY = article(column="kinh-te"), article(column="xa-hoi")


def included(products: Products, connection: Connection) -> list[bool]:
    products.refresh(connection)
    return ["bao" in products.included(each) for each in (ECONOMY, SOCIETY)]


def test_a_change_of_one_product_leaves_the_others_as_they_were(connection: Connection) -> None:
    desk, products = Desk(connection), Products()
    desk.partner("bao", columns=["kinh-te"])
    desk.partner("other", columns=["kinh-te"])
    assert included(products, connection) == [True, False]

    desk.change_product("other", 2, columns=["xa-hoi"])
    assert included(products, connection) == [True, False]
    assert products.included(SOCIETY) == ["other"]
    assert products.number("other") == 2


def test_a_product_that_was_never_committed_does_not_count(connection: Connection) -> None:
    desk, products = Desk(connection), Products()
    desk.partner("bao", columns=["kinh-te"])
    undone = connection.begin_nested()
    desk.change_product("bao", 2)
    assert included(products, connection) == [True, True]
    undone.rollback()

    desk.change_product("bao", 2, columns=["xa-hoi"])
    assert included(products, connection) == [False, True]
