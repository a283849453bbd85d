import pytest

from schemas.partner import Kind
from services.syndicate.changes.deciding import Held, kind_of, overtakes, reason_of
from tests.factories import article, erasure, retraction

NEW = None
OUT, IN = False, True


def held(version: int, kind: Kind) -> Held:
    return Held(7, version, kind)


@pytest.mark.parametrize(
    ("known", "included", "told"),
    [
        (NEW, IN, Kind.PUBLISHED),
        (NEW, OUT, None),
        (held(1, Kind.PUBLISHED), IN, Kind.CORRECTED),
        (held(1, Kind.PUBLISHED), OUT, Kind.REMOVED),
        (held(2, Kind.CORRECTED), IN, None),
        (held(2, Kind.CORRECTED), OUT, Kind.REMOVED),
        (held(2, Kind.REMOVED), IN, Kind.PUBLISHED),
        (held(2, Kind.REMOVED), OUT, None),
        # It ever got a version: it hears of the correction, though it gets no text.
        (held(1, Kind.REMOVED), OUT, Kind.REMOVED),
    ],
)
def test_a_partner_is_told_what_it_does_not_know_yet(known, included, told):
    assert kind_of(article(version=2), known, included=included) is told


@pytest.mark.parametrize("known", [Kind.PUBLISHED, Kind.CORRECTED, Kind.REMOVED])
def test_who_ever_got_a_version_hears_of_its_retraction_whatever_the_product_says(known):
    taken_back = retraction(article().id, 2)
    assert kind_of(taken_back, held(1, known), included=OUT) is Kind.RETRACTED


def test_who_never_got_one_hears_nothing_of_its_end():
    gone = article(version=2, pub_status="withheld")
    for ended in (retraction(article().id), erasure(article().id), gone):
        assert kind_of(ended, NEW, included=IN) is None


def test_the_erasure_of_a_retracted_article_is_told_once():
    known = held(2, Kind.RETRACTED)
    assert kind_of(erasure(article().id, 3), known, included=IN) is Kind.RETRACTED
    assert kind_of(retraction(article().id, 2), known, included=IN) is None


def test_what_has_expired_is_removed_once():
    expired = article(version=2, pub_status="withheld")
    assert kind_of(expired, held(1, Kind.PUBLISHED), included=IN) is Kind.REMOVED
    assert kind_of(expired, held(2, Kind.REMOVED), included=IN) is None


def test_a_correction_that_the_product_leaves_out_is_told_with_its_note():
    moved = article(version=2, correction_note="Số đúng là 98.")
    assert reason_of(Kind.REMOVED, moved, "Not in the product.") == (
        "Not in the product. Số đúng là 98."
    )


def test_all_but_ordinary_news_overtakes():
    assert not overtakes(Kind.PUBLISHED, article())
    assert overtakes(Kind.PUBLISHED, article(urgency=1))
    assert overtakes(Kind.CORRECTED, article(version=2))
