from schemas.partner import Product
from services.syndicate.products.successors import named_by, successors_of


def test_successors_of_successors_count() -> None:
    succeeds = {"C": ["B"], "B": ["A"], "D": ["B", "X"]}
    assert successors_of(succeeds) == {"A": ["B", "C", "D"], "B": ["C", "D"], "X": ["D"]}


def test_a_circle_comes_to_an_end_and_nobody_succeeds_itself() -> None:
    assert successors_of({"A": ["B"], "B": ["C"], "C": ["A"]})["A"] == ["B", "C"]
    assert successors_of({"A": ["A"]}) == {"A": []}


def test_a_product_keeps_the_successors_of_the_units_that_it_names() -> None:
    product = Product.model_validate({"units": ["A"], "exclude": [{"units": ["B", "Z"]}]})
    known = {"A": ["C"], "B": ["D"], "E": ["F"]}
    assert named_by(product, known) == {"A": ["C"], "B": ["D"]}
