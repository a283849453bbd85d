"""Mails as editors and their programs read them."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest

from schemas.article import Article
from schemas.partner import Format, Kind
from services.common.ids import new_id
from services.syndicate.deliveries.background import Background
from services.syndicate.deliveries.files import File, Told
from services.syndicate.deliveries.mail import Letter, message_of, trial
from services.syndicate.deliveries.sending import Parcel
from services.syndicate.deliveries.stand_in import stand_in
from tests.factories import NOON, article, retraction
from tests.syndicate.deliveries.parcels import background, parcel, way
from tests.syndicate.partners_at_work import SITE
from tests.syndicate.samples import HOSTILE, SAMPLES

SENDER = Address("Báo Hải quan", addr_spec="tin@haiquan.example")
TO = way("email", "toasoan@vtv.example")
LONG = (
    "Hải quan Hải Phòng thông quan lô hàng đầu năm, kim ngạch tăng “vọt” <20%> & "
    "nhiều con số khác nữa; người phát ngôn: “Không để hàng ùn ứ dịp Tết Nguyên đán”"
)


def mailed(of: Parcel, known: Background, attached: File | None = None) -> EmailMessage:
    """Write a mail, and read it as its reader does."""
    written = message_of(of, Letter(SENDER, known, attached), SITE, NOON)
    return message_from_bytes(written.as_bytes(), policy=policy.default)


def first(of: Article, **changes: Any) -> EmailMessage:
    return mailed(parcel(TO, of, **changes), background(of))


def part(of: EmailMessage, kind: str) -> str:
    found = of.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text.replace("\r\n", "\n")


def test_a_mail_has_the_article_for_people_and_its_numbers_for_programs():
    full = SAMPLES["full"]
    got = first(full)

    assert str(got["From"]) == "Báo Hải quan <tin@haiquan.example>"
    assert got["To"] == "toasoan@vtv.example"
    assert got["Subject"] == full.headline
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Content-Language"] == "vi"
    assert got["List-Id"] == "<vtv.tinbai.haiquan.example>"
    assert got["List-Unsubscribe"].startswith("<mailto:tin@haiquan.example?subject=")
    assert (got["X-Tinbai-Id"], got["X-Tinbai-Version"]) == (str(full.id), "1")
    assert (got["X-Tinbai-Kind"], got["X-Tinbai-Seq"]) == ("published", "1")
    for kind in ("plain", "html"):
        text = part(got, kind)
        for word in ("Thân bài với", "Thu Hà, Minh Quân", str(full.id), "Dẫn nguồn khi đăng lại"):
            assert word in text, word
    assert "liên kết <https://example.org/?a=1&b=2>" in part(got, "plain")
    assert "- Một\n- Hai 🙂" in part(got, "plain")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_article_can_be_mailed_in_lines_that_every_server_takes(name):
    of = SAMPLES[name]
    kind = Kind.RETRACTED if of.canceled else Kind.PUBLISHED
    raw = message_of(parcel(TO, of, kind), Letter(SENDER, background(of)), SITE, NOON).as_bytes()

    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.splitlines())) <= 998


@pytest.mark.parametrize("headline", [LONG, HOSTILE, "word " * 60, LONG * 2, "Ngắn", "é" * 200])
def test_a_headline_comes_out_as_it_went_in(headline):
    assert first(article(headline=headline))["Subject"] == " ".join(headline.split())


def test_no_headline_can_make_a_header():
    sly = article().model_copy(update={"headline": "Tin\r\nBcc: all@vtv.example\r\n\r\nHết"})

    got = first(sly)

    assert got["Bcc"] is None
    assert got["Subject"] == "Tin Bcc: all@vtv.example Hết"


def test_a_correction_answers_the_mail_before_it():
    old = article()
    new = article(id=old.id, version=2, correction_note="Số đúng là 98 tỷ.")
    before = first(old)

    got = mailed(parcel(TO, new, Kind.CORRECTED), background(new, Told(1, Kind.PUBLISHED, 1)))

    assert got["Subject"] == f"ĐÍNH CHÍNH: {new.headline}"
    assert got["In-Reply-To"] == got["References"] == before["Message-ID"]
    assert "Số đúng là 98 tỷ." in part(got, "plain")
    assert got["Message-ID"] != before["Message-ID"]


def test_a_long_history_stays_a_thread():
    told = [Told(seq, Kind.CORRECTED, seq) for seq in range(1, 60)]
    last = article(version=60)

    got = mailed(parcel(TO, last, Kind.CORRECTED), background(last, *told))
    known = str(got["References"]).split()

    assert len(known) == 20
    assert known[0] == mailed(parcel(TO, replace_version(last, 1)), background(last))["Message-ID"]
    assert known[-1] == str(got["In-Reply-To"])
    assert "=?" not in "".join(known)


def replace_version(of: Article, version: int) -> Article:
    return of.model_copy(update={"version": version})


def test_a_retraction_says_so_and_why_and_nothing_of_the_text():
    old = article(column="kinh-te", keywords=["vải"], lead="Sapo cũ")
    end = retraction(old.id)

    got = mailed(
        parcel(TO, end, Kind.RETRACTED, reason="số liệu sai"),
        background(end, Told(1, Kind.PUBLISHED, 1)),
    )
    plain = part(got, "plain")

    unit = "Chi cục Hải quan khu vực III"
    assert got["Subject"] == f"RÚT TIN: tin của {unit}, đăng 12:00 ngày 02/03/2026"
    assert got["In-Reply-To"] == first(old)["Message-ID"]
    assert got["Importance"] == "high"
    assert "Đề nghị quý báo không đăng" in plain
    assert "Lý do: số liệu sai" in plain
    assert "Thông báo cho bạn đọc: Bài viết đã được thu hồi vì số liệu sai." in plain
    for word in (old.headline, "Sapo cũ", "lô hàng"):
        assert word not in plain + part(got, "html")


def test_what_left_the_product_is_taken_down_without_a_word_of_its_new_text():
    newer = article(version=2, headline="Không dành cho đài này")
    out = parcel(TO, newer, Kind.REMOVED, reason="column: not kinh-te")
    got = mailed(out, background(stand_in(out.entry, newer, NOON), Told(1, Kind.PUBLISHED, 1)))

    assert str(got["Subject"]).startswith("GỠ TIN: tin của Chi cục")
    assert "Lý do: column: not kinh-te" in part(got, "plain")
    assert "Không dành" not in got.as_string() + part(got, "plain") + part(got, "html")


def test_other_languages_are_written_to_in_english():
    of = retraction(new_id(), language="en")

    assert first(of, kind=Kind.RETRACTED)["Subject"].startswith("RETRACTED: the article of ")


def test_the_same_entry_is_the_same_mail_and_a_replay_is_another():
    of = article()
    again = parcel(TO, of)
    replayed = parcel(TO, of, replay=True)

    ids = [mailed(each, background(of))["Message-ID"] for each in (again, again, replayed)]

    assert ids[0] == ids[1] != ids[2]
    assert mailed(replayed, background(of))["Subject"] == f"[GỬI LẠI] {of.headline}"
    other = replace(again, way=replace(TO, partner="vov"))
    assert mailed(other, background(of))["Message-ID"] != ids[0]


def test_a_drill_is_marked_as_a_test():
    drill = article(audience="partner:vtv")

    assert first(drill)["Subject"] == f"[THỬ] {drill.headline}"


def test_pictures_are_named_but_for_those_that_may_not_be_passed_on():
    of = SAMPLES["withheld_picture"]
    text = part(first(of), "plain")

    assert "Cảng Lạch Huyện · Ảnh: Thu Hà" in text
    assert "Hãng tin" not in text


def test_the_note_to_the_newsroom_is_there_and_marked():
    text = part(first(article(ed_note="Giữ đến 17 giờ")), "plain")

    assert "Ghi chú cho tòa soạn, không đăng: Giữ đến 17 giờ" in text


def test_a_document_is_attached_under_the_name_that_files_have():
    of = article()
    attached = File("000000000001-published-x-v1.xml", b"<tin/>", "application/xml")
    [got] = mailed(
        parcel(way("email", "a@b.example", Format.NEWSML), of), background(of), attached
    ).iter_attachments()

    assert (got.get_filename(), got.get_content()) == (attached.name, b"<tin/>")
    assert got.get_content_type() == "application/xml"


def test_a_trial_has_nothing_of_any_article():
    got = trial("vtv", new_id(), "a@b.example", SENDER, NOON)

    assert "[THỬ]" in str(got["Subject"])
