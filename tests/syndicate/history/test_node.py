from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.syndicate.history.node import Node, end_of_microsecond, key_of, node_named, parts_of

TIMES = st.integers(-(2**55), 2**58)


@given(TIMES, st.uuids(), st.integers(0, 190))
def test_a_name_says_all_of_a_node(published: int, article: UUID, level: int) -> None:
    node = Node(level, key_of(published, article.int) >> level)
    assert node.start <= key_of(published, article.int) < node.end
    assert node_named(node.name) == node


@given(TIMES, st.uuids())
def test_a_key_is_parted_into_what_it_was_made_of(published: int, article: UUID) -> None:
    key = key_of(published, article.int)
    assert parts_of(key) == (published, article)
    assert key < end_of_microsecond(key) <= key_of(published + 1, 0)


@pytest.mark.parametrize(
    "name",
    ["", "1", "1-", "-1-2", "1-A", "01-2", "1-02", "1--0", "1-0x2", "1 -2", "１-2", "191-0",
     "190-1", "190--2", "128-40000000000000000", "999-1", "1-" + "f" * 48, "1-" + "f" * 5000],
)  # fmt: skip
def test_other_names_mean_nothing(name: str) -> None:
    assert node_named(name) is None
