from typing import Any

from schemas.article import Article, Erasure, PubStatus
from services.common.ids import new_id
from services.syndicate.feeds.binding import cut
from services.syndicate.feeds.entry import entry_of
from services.syndicate.feeds.site import Site
from tests.factories import NOON, article, retraction

SECRETS: dict[str, Any] = {
    "ed_note": "chỉ cho tòa soạn",
    "approved_by": "Nguyễn Văn Duyệt",
    "external_id": "noi-bo-4711",
}


def said(of: Article, site: Site) -> str:
    """Everything that any format says of an article."""
    return b"\n".join(cut(entry_of(of, {}, site), site).parts.values()).decode()


def test_what_is_not_for_the_public_appears_in_no_format(site: Site) -> None:
    shown = said(article(**SECRETS), site)
    assert not [secret for secret in SECRETS.values() if secret in shown]


def test_a_retraction_shows_its_notice_and_nothing_of_the_old_text(site: Site) -> None:
    gone = retraction(
        new_id(), byline=["Tác Giả Cũ"], keywords=["từ khóa cũ"], places=["Nơi Cũ"], **SECRETS
    )
    shown = said(gone, site)
    assert gone.retraction
    assert shown.count(gone.retraction.notice) >= 3
    assert "Tin đã được rút" in shown
    old = ["Tác Giả Cũ", "từ khóa cũ", "Nơi Cũ", gone.retraction.reason, *SECRETS.values()]
    assert not [text for text in old if text in shown]


def test_a_retraction_speaks_the_language_of_its_article(site: Site) -> None:
    assert entry_of(retraction(new_id(), language="en"), {}, site).title.startswith("This article")
    assert entry_of(retraction(new_id(), language="vi-VN"), {}, site).title == "Tin đã được rút"


def test_an_erased_article_does_not_even_show_the_notice_of_its_retraction(site: Site) -> None:
    erased = retraction(new_id(), erased=Erasure(versions=[], reason_code="court", at=NOON))
    entry = entry_of(erased, {}, site)
    assert erased.retraction
    assert erased.retraction.notice not in said(erased, site)
    assert entry.removed
    assert erased.pub_status is PubStatus.CANCELED


def test_media_whose_rights_end_at_our_pages_are_left_out(site: Site) -> None:
    media = [
        {"href": "https://paper.example/a.jpg", "syndicate": False},
        {"href": "https://paper.example/b.jpg", "syndicate": True},
    ]
    entry = entry_of(article(media=media), {}, site)
    assert [attachment.url for attachment in entry.attachments] == ["https://paper.example/b.jpg"]


def test_the_unit_is_the_author_where_no_byline_says_otherwise(site: Site) -> None:
    names = {"units/HQHP": "Cục Hải quan Hải Phòng"}
    assert entry_of(article(), names, site).authors == ("Cục Hải quan Hải Phòng",)
    assert entry_of(article(), {}, site).authors == ("HQHP",)
    assert entry_of(article(byline=["An", "Bình"]), names, site).authors == ("An", "Bình")


def test_categories_say_which_list_they_are_from(site: Site) -> None:
    filed = article(column="kt", campaigns=["tet"], keywords=["thuế"], places=["Hải Phòng"])
    names = {"columns/kt": "Kinh tế", "genres/news": "Tin tức"}
    assert [(c.scheme, c.term, c.label) for c in entry_of(filed, names, site).categories] == [
        ("urn:tinbai:column", "kt", "Kinh tế"),
        ("urn:tinbai:campaign", "tet", "tet"),
        ("urn:tinbai:genre", "news", "Tin tức"),
        ("urn:tinbai:unit", "HQHP", "HQHP"),
        ("urn:tinbai:keyword", "thuế", "thuế"),
        ("urn:tinbai:place", "Hải Phòng", "Hải Phòng"),
    ]
