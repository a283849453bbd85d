from typing import Any

import pytest

from schemas.article import Genre
from schemas.partner import Product
from services.common.translation import translated
from services.syndicate.products.deciding import decide
from services.syndicate.products.saying import sentence
from tests.factories import article

CASES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    (
        {},
        {},
        "The product is everything, and nothing that it excludes fits.",
        "Gói tin gồm tất cả các bài, và bài không thuộc phần loại trừ.",
    ),
    (
        {"units": ["HQ-HP"], "keywords": ["vai thieu"], "max_urgency": 3},
        {"unit": "KV3", "keywords": ["Vải thiều"], "urgency": 2},
        "It fits the product: its unit KV3 has taken over from HQ-HP, and its keyword Vải thiều is "
        "vai thieu, and its urgency 2 is within 1 to 3.",
        "Bài phù hợp với gói tin: đơn vị KV3 của bài đã kế thừa HQ-HP, và từ khóa Vải thiều của "
        "bài thuộc vai thieu, và độ khẩn 2 nằm trong mức từ 1 đến 3.",
    ),
    (
        {"exclude": {"genres": ["photo"]}},
        {"genre": Genre.PHOTO},
        "The product excludes it: its genre is photo.",
        "Gói tin loại trừ bài này: thể loại của bài là photo.",
    ),
    (
        {"columns": ["a", "b", "c", "d", "e", "f", "g"]},
        {},
        "The product takes only the column a, b, c, d, e and 2 more; it has no column.",
        "Gói tin chỉ nhận chuyên mục a, b, c, d, e và 2 giá trị khác; bài không có chuyên mục.",
    ),
    (
        {"languages": ["en"]},
        {},
        "The product takes only the language en; it has the language vi.",
        "Gói tin chỉ nhận ngôn ngữ en; bài có ngôn ngữ vi.",
    ),
    (
        {"max_urgency": 3},
        {"urgency": 5},
        "The product takes urgency 1 to 3 only; it has 5.",
        "Gói tin chỉ nhận độ khẩn từ 1 đến 3; bài có độ khẩn 5.",
    ),
    (
        {},
        {"audience": "partner:bao-a"},
        "It is a test for this partner alone.",
        "Đây là bài thử, chỉ dành cho báo bạn này.",
    ),
    (
        {},
        {"audience": "canary"},
        "It is a test, and not for this partner.",
        "Đây là bài thử, không dành cho báo bạn này.",
    ),
]


@pytest.mark.parametrize(("product", "of", "english", "vietnamese"), CASES)
def test_a_decision_is_a_sentence(
    product: dict[str, Any], of: dict[str, Any], english: str, vietnamese: str
) -> None:
    decision = decide(article(**of), Product.model_validate(product), {"HQ-HP": ["KV3"]}, "bao-a")
    said = sentence(decision.clause)
    assert said == english
    assert translated(said, "vi") == vietnamese
