"""An article as partners get it, and its digest."""

import pytest

from services.syndicate.changes.shown import digest_of, shown_to_partners
from tests.factories import article
from tests.syndicate.partners_at_work import SITE
from tests.syndicate.samples import SAMPLES

# Manifests were signed over these. A field that comes to articles must be nothing where it isn't
# set, or what partners hold would verify no more.
DIGESTS = {
    "plain": "47d536e8f4b4c205bf636495146ab7e7a1f277b495a8da46c2378198613411ee",
    "full": "6962858ec9b0af4d935f514897f1d1950c374203a6c58e094ed89e07ca9a7542",
    "corrected": "b52d3bc0c58df6453402cf6182a8d12c128f828f168e00670920b64bb5f0e9f0",
    "rebuttal": "18b1689c3df0316e3847527b58a7f3a1574e43791282e08200027d73db91658f",
    "podcast": "29ad987a7f09528fe19156e94d249890553d87d8e375d9304abd45a32d1cb4f5",
    "withheld_picture": "b9df9c83b47f11e601b72e305e557b31bace2d80ff5d20b2970240648a9099b2",
    "retracted": "944777ba722018e323b777251b626747914911e94664e8dde4c060a63393021d",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_digest_stays_what_it_was_in_every_release(name: str) -> None:
    assert digest_of(shown_to_partners(SAMPLES[name], SITE)) == DIGESTS[name]


def test_partners_read_notes_but_get_no_picture_whose_rights_end_at_our_pages() -> None:
    shown = shown_to_partners(SAMPLES["withheld_picture"], SITE)
    withheld, offered = (media.href for media in SAMPLES["withheld_picture"].media)
    assert [media["href"] for media in shown["media"]] == [offered]
    assert withheld not in shown["body"]
    assert shown_to_partners(article(ed_note="Gọi lại sau 17 giờ."), SITE)["ed_note"]


def test_a_test_is_marked_and_does_not_say_for_whom_else() -> None:
    shown = shown_to_partners(article(audience="partner:bao"), SITE)
    assert shown["test"] is True
    assert "audience" not in shown
    assert "test" not in shown_to_partners(article(), SITE)
