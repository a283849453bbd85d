from typing import Any

import pytest
from hypothesis import given

from schemas.article import Article, Genre
from schemas.partner import Product, Rules
from services.common.text import folded_words
from services.syndicate.products.deciding import Decision, Fit, Ground, Misfit, decide
from services.syndicate.products.terms import Field, Successors
from tests.factories import article
from tests.syndicate.products import samples


def decided(product: dict[str, Any], successors: Successors | None = None, **of: Any) -> Decision:
    return decide(article(**of), Product.model_validate(product), successors or {}, "bao-a")


def is_in(product: dict[str, Any], **of: Any) -> bool:
    return decided(product, **of).included


def test_an_empty_product_is_everything() -> None:
    decision = decided({})
    assert decision.included
    assert decision.clause.ground is Ground.EVERYTHING


def test_fields_are_joined_by_and() -> None:
    product = {"columns": ["kinh-te"], "genres": ["news"]}
    assert is_in(product, column="kinh-te", genre=Genre.NEWS)
    assert not is_in(product, column="kinh-te", genre=Genre.PHOTO)
    assert not is_in(product, column="xa-hoi", genre=Genre.NEWS)


def test_values_in_a_field_are_joined_by_or() -> None:
    product = {"campaigns": ["nq-68", "vnaccs-6"]}
    assert is_in(product, campaigns=["tet", "vnaccs-6"])
    assert not is_in(product, campaigns=["tet"])
    assert not is_in(product)


def test_an_exclusion_of_two_fields_leaves_out_what_fits_both() -> None:
    product = {"exclude": {"columns": ["kinh-te"], "genres": ["photo"]}}
    assert not is_in(product, column="kinh-te", genre=Genre.PHOTO)
    assert is_in(product, column="kinh-te", genre=Genre.NEWS)
    assert is_in(product, column="xa-hoi", genre=Genre.PHOTO)


def test_a_list_of_exclusions_leaves_out_what_fits_any_of_them() -> None:
    product = {"exclude": [{"columns": ["kinh-te"]}, {"genres": ["photo"]}]}
    assert not is_in(product, column="kinh-te")
    assert not is_in(product, genre=Genre.PHOTO)
    assert is_in(product, column="xa-hoi")


@pytest.mark.parametrize("nothing", [{}, [], [{}]])
def test_an_empty_exclusion_leaves_out_nothing(nothing: Any) -> None:
    assert is_in({"exclude": nothing})


def test_an_exclusion_is_stronger_than_what_the_product_asks_for() -> None:
    product = {"units": ["HQHP"], "exclude": {"units": ["HQHP"]}}
    assert decided(product).clause.ground is Ground.EXCLUDED


@pytest.mark.parametrize(("urgency", "included"), [(1, True), (3, True), (4, False), (9, False)])
def test_urgency_3_means_1_to_3(urgency: int, included: bool) -> None:
    assert is_in({"max_urgency": 3}, urgency=urgency) is included
    assert is_in({"exclude": {"max_urgency": 3}}, urgency=urgency) is not included


def test_a_unit_is_its_successors_too_but_not_those_before_it() -> None:
    later = {"HQHP": ["KV3"]}
    assert decided({"units": ["HQHP"]}, later, unit="KV3").included
    assert not decided({"units": ["KV3"]}, later, unit="HQHP").included
    assert not decided({"exclude": {"units": ["HQHP"]}}, later, unit="KV3").included


@pytest.mark.parametrize(
    ("wanted", "has"),
    [
        ("xuat khau", "Xuất khẩu"),
        ("XUẤT KHẨU", "xuất khẩu"),
        ("xuất khẩu", "Xua\u0302\u0301t kha\u0302\u0309u"),
        ("Dong Dang", "Đồng Đăng"),
        ("covid 19", "COVID-19"),
        ("++", "++"),
    ],
)
def test_keywords_match_whatever_their_case_and_marks(wanted: str, has: str) -> None:
    assert is_in({"keywords": [wanted]}, keywords=["khác", has])


@pytest.mark.parametrize("has", ["Xuất", "Xuất khẩu vải", "Khẩu xuất", "xuatkhau"])
def test_a_keyword_is_matched_as_a_whole(has: str) -> None:
    assert not is_in({"keywords": ["xuất khẩu"]}, keywords=[has])


def test_a_word_in_the_text_is_no_keyword() -> None:
    assert not is_in({"keywords": ["VNACCS"]}, headline="VNACCS", lead="VNACCS", keywords=[])


@pytest.mark.parametrize(
    ("wanted", "has", "included"),
    [
        ("en", "en", True),
        ("en", "en-GB", True),
        ("EN-gb", "en-GB", True),
        ("en-GB", "en", False),
        ("e", "en", False),
        ("zh-Hant", "zh-Hant-TW", True),
    ],
)
def test_a_language_is_its_regions_too(wanted: str, has: str, included: bool) -> None:
    product = Product.model_construct(languages=[wanted])
    assert decide(article(language=has), product, {}, "bao-a").included is included


def test_a_test_goes_to_its_partner_whatever_its_product() -> None:
    nothing = {"units": ["NONE"], "exclude": {"units": ["HQHP"]}}
    assert decided(nothing, audience="partner:bao-a").clause.ground is Ground.TEST
    assert decided({}, audience="partner:bao-b").clause.ground is Ground.OTHERS_TEST
    assert decided({}, audience="partner:bao").clause.ground is Ground.OTHERS_TEST
    assert not is_in({}, audience="canary")


def test_the_first_field_that_does_not_fit_is_told_with_both_sides() -> None:
    product = {"units": ["HQHP"], "campaigns": ["nq-68", "tet"], "max_urgency": 1}
    clause = decided(product, campaigns=["vnaccs-6"], urgency=9).clause
    assert clause.ground is Ground.FIELD
    assert clause.misfit == Misfit(Field.CAMPAIGNS, ("nq-68", "tet"), ("vnaccs-6",))


def test_a_clause_tells_values_as_they_were_written() -> None:
    product = {"units": ["HQHP"], "languages": ["en"], "keywords": ["xuat khau"], "max_urgency": 5}
    of = {"unit": "KV3", "language": "en-GB", "keywords": ["Xuất khẩu"], "urgency": 2}
    assert decided(product, {"HQHP": ["KV3"]}, **of).clause.fits == (
        Fit(Field.UNITS, "HQHP", "KV3"),
        Fit(Field.LANGUAGES, "en", "en-GB"),
        Fit(Field.KEYWORDS, "xuat khau", "Xuất khẩu"),
        Fit(Field.MAX_URGENCY, "5", "2"),
    )


def test_an_exclusion_is_told_by_its_place_in_the_product() -> None:
    product = {"exclude": [{}, {"genres": ["photo"]}, {"columns": ["kinh-te"]}]}
    clause = decided(product, column="kinh-te").clause
    assert clause.exclusion == 2
    assert clause.fits == (Fit(Field.COLUMNS, "kinh-te", "kinh-te"),)


@given(samples.articles, samples.products, samples.successors)
def test_it_decides_as_the_words_of_the_contract_say(
    of: Article, product: Product, successors: Successors
) -> None:
    expected = fits(product, of, successors) and not any(
        rules != Rules() and fits(rules, of, successors) for rules in product.exclusions
    )
    if of.audience != "public":
        expected = of.audience == "partner:bao-b"

    assert decide(of, product, successors, "bao-b").included is expected


def fits(rules: Rules, of: Article, successors: Successors) -> bool:
    """Say it once more, field by field and in no hurry."""
    words = [folded_words(keyword) or keyword for keyword in of.keywords]
    return all(
        (
            not rules.units
            or any(of.unit in (unit, *successors.get(unit, ())) for unit in rules.units),
            not rules.columns or of.column in rules.columns,
            not rules.campaigns or not set(rules.campaigns).isdisjoint(of.campaigns),
            not rules.genres or of.genre in rules.genres,
            not rules.languages
            or any(
                f"{of.language}-".lower().startswith(f"{each}-".lower()) for each in rules.languages
            ),
            not rules.keywords
            or any((folded_words(each) or each) in words for each in rules.keywords),
            rules.max_urgency is None or of.urgency <= rules.max_urgency,
        )
    )
