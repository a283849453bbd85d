"""Products as they are sent."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.partner import Product
from services.common.problems import field_errors


@pytest.mark.parametrize(
    "exclude", [{"genres": ["photo"]}, [{"genres": ["photo"]}, {"columns": ["a"]}]]
)
def test_exclusions_are_given_back_as_they_were_sent(exclude: Any) -> None:
    product = Product.model_validate({"exclude": exclude})
    again = Product.model_validate_json(product.model_dump_json())
    assert again.model_dump(mode="json", exclude_defaults=True) == {"exclude": exclude}


@pytest.mark.parametrize(
    ("exclude", "pointer"),
    [
        ({"genre": ["photo"]}, "/exclude/genre"),
        ({"genres": ["poem"]}, "/exclude/genres/0"),
        ([{}, {"max_urgency": 0}], "/exclude/1/max_urgency"),
        ("photo", "/exclude"),
        ({"exclude": {}}, "/exclude/exclude"),
    ],
)
def test_what_is_wrong_in_an_exclusion_is_named_by_its_place(exclude: Any, pointer: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Product.model_validate_json(json.dumps({"exclude": exclude}), strict=True)
    assert [e.pointer for e in field_errors(refused.value.errors())] == [pointer]
