import pytest
from sqlalchemy import Connection

from schemas.partner import Kind
from services.syndicate.change import Tombstone
from services.syndicate.changes import entries
from services.syndicate.changes.entries import page
from services.syndicate.changes.shown import digest_of
from services.syndicate.explaining.facts import facts
from tests.factories import article, erasure, retraction
from tests.syndicate.partners_at_work import SITE, Desk


@pytest.fixture
def desk(connection: Connection) -> Desk:
    return Desk(connection)


def test_each_partner_gets_its_product_numbered_without_a_gap(desk):
    desk.partner("a", columns=["kinh-te"])
    desk.partner("all")
    economy, sports = article(column="kinh-te"), article(column="the-thao")

    desk.release(economy, sports)
    desk.release(economy.model_copy(update={"version": 2}))

    assert [(e.seq, e.id, e.version) for e in desk.entries("a")] == [
        (1, economy.id, 1),
        (2, economy.id, 2),
    ]
    assert [(e.seq, e.id, e.kind) for e in desk.entries("all")] == [
        (1, economy.id, Kind.PUBLISHED),
        (2, sports.id, Kind.PUBLISHED),
        (3, economy.id, Kind.CORRECTED),
    ]


def test_only_the_newest_entry_of_an_article_has_its_text_and_its_digest_is_that_of_the_text(desk):
    desk.partner("a")
    first = article()
    desk.release(first)
    desk.release(first.model_copy(update={"version": 2, "headline": "Đã sửa"}))

    old, new = desk.entries("a")
    assert (old.article, old.superseded) == (None, 2)
    assert new.article
    assert new.article["headline"] == "Đã sửa"
    assert new.superseded is None
    assert new.digest == digest_of(new.article)
    assert old.digest != new.digest


def test_after_a_retraction_the_text_is_in_no_entry(desk):
    desk.partner("a")
    first = article(headline="Tin sai")
    desk.release(first, retraction(first.id, 2))

    told = desk.entries("a")
    assert [entry.kind for entry in told] == [Kind.PUBLISHED, Kind.RETRACTED]
    assert "Tin sai" not in str(told)
    assert told[1].article
    assert told[1].article["retraction"]["notice"]


def test_after_a_retraction_no_reason_of_an_older_entry_quotes_the_text(desk):
    desk.partner("a")
    first = article(column="kinh-te")
    note = {"version": 2, "correction_note": "Tin sai: 5 tỉ, không phải 5 triệu"}
    second = first.model_copy(update=note)
    desk.release(first, second)
    assert [entry.reason for entry in desk.entries("a")] == [
        "",
        "Tin sai: 5 tỉ, không phải 5 triệu",
    ]

    desk.release(retraction(first.id, 3))

    told = desk.entries("a")
    assert [entry.reason for entry in told] == ["", "", "nội bộ: số liệu sai"]
    explained = facts(desk.connection, "a", first.id)
    assert explained
    assert [entry.reason for entry in explained.entries] == ["nội bộ: số liệu sai", "", ""]


def test_a_page_of_long_texts_ends_before_it_is_too_much_and_none_is_left_out(desk, monkeypatch):
    monkeypatch.setattr(entries, "_MOST_BYTES", 350_000)
    monkeypatch.setattr(entries, "_SURELY_LESS", 0)
    desk.partner("a")
    for _ in range(3):
        desk.release(*[article(body=f"<p>{'dài ' * 20_000}</p>") for _ in range(4)])

    sizes, after = [], 0
    while items := page(desk.connection, "a", after, 1000, SITE).items:
        assert [entry.seq for entry in items] == list(range(after + 1, after + 1 + len(items)))
        assert all(entry.article for entry in items)
        sizes.append(len(items))
        after = items[-1].seq
    assert sizes == [3, 3, 3, 3]


def test_one_text_that_is_too_much_by_itself_is_given_alone(desk, monkeypatch):
    monkeypatch.setattr(entries, "_MOST_BYTES", 10)
    monkeypatch.setattr(entries, "_SURELY_LESS", 0)
    desk.partner("a")
    desk.release(article(), article())
    assert [entry.seq for entry in desk.entries("a")] == [1]
    assert [entry.seq for entry in desk.entries("a", after=1)] == [2]


def test_a_retraction_that_comes_before_what_it_takes_back_is_told_to_nobody(desk):
    desk.partner("a")
    first = article()
    desk.release(retraction(first.id, 2))
    desk.release(first)
    assert desk.entries("a") == []


def test_what_was_told_is_not_told_again(desk):
    desk.partner("a")
    first = article()
    desk.release(first)
    assert desk.release(first) == ()
    assert desk.reassess("a", first) == []


def test_a_change_of_product_removes_and_publishes_and_says_why(desk):
    desk.partner("a", columns=["kinh-te"])
    economy, sports = article(column="kinh-te"), article(column="the-thao")
    desk.release(economy, sports)

    desk.change_product("a", 2, columns=["the-thao"])
    desk.reassess("a", economy, sports)

    _, gone, came = desk.entries("a")
    assert (gone.id, gone.kind, gone.article) == (economy.id, Kind.REMOVED, None)
    assert gone.reason
    assert (came.id, came.kind) == (sports.id, Kind.PUBLISHED)


def test_an_erased_text_is_nowhere_also_when_it_comes_late(desk):
    desk.partner("a")
    first = article(headline="Tin phải xóa")
    desk.release(first)
    desk.release(
        retraction(
            first.id, 2, retraction={"reason": "nhầm tên", "notice": "-", "at": first.updated}
        )
    )
    desk.release(erasure(first.id, 3))
    desk.release(Tombstone(first.id, 1), first)

    told = desk.entries("a")
    assert [entry.kind for entry in told] == [Kind.PUBLISHED, Kind.RETRACTED, Kind.RETRACTED]
    everything = "".join(desk.connection.connection.iterdump())
    assert "Tin phải xóa" not in everything
    assert "nhầm tên" not in everything


def test_a_drill_is_for_one_partner_whatever_its_product(desk):
    desk.partner("a", columns=["kinh-te"])
    desk.partner("b")
    desk.release(article(audience="partner:a"), article(audience="canary"))
    assert [entry.article and entry.article["test"] for entry in desk.entries("a")] == [True]
    assert desk.entries("b") == []


def test_who_asks_after_more_than_there_is_hears_what_there_is(desk):

    desk.partner("a")
    desk.release(article())
    assert page(desk.connection, "a", 9, 10, SITE).last == 1
    assert page(desk.connection, "a", 1, 10, SITE).last == 1
