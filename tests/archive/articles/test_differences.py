"""What differs between two versions, as readers are shown it."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.article import Article
from services.archive.articles.differences import (
    Paragraph,
    Part,
    changed_paragraphs,
    differences,
)
from services.archive.language.paragraphs import paragraphs_of
from tests.factories import article

FIRST = article(body="<p>Hải quan cảng mở 12 làn xe.</p><p>Việc này bắt đầu từ thứ hai.</p>")


def corrected(**changes: Any) -> Article:
    return FIRST.model_copy(update={"version": 2, **changes})


def told(paragraph: Paragraph) -> str:
    marks = {"same": "{}", "inserted": "+{}+", "deleted": "-{}-"}
    return " ".join(marks[part.op].format(part.text) for part in paragraph)


def body_changes(body: str) -> list[str]:
    (text,) = differences(FIRST, corrected(body=body)).texts
    return [told(each) for each in text.paragraphs]


def test_a_number_that_was_put_right_is_told_within_its_paragraph():
    body = FIRST.body.replace("12", "21")
    assert body_changes(body) == ["Hải quan cảng mở -12- +21+ làn xe."]


def test_paragraphs_that_are_as_they_were_are_not_told():
    body = "<p>Tin bổ sung.</p>" + FIRST.body
    assert body_changes(body) == ["+Tin bổ sung.+"]
    assert body_changes("<p>Việc này bắt đầu từ thứ hai.</p>") == ["-Hải quan cảng mở 12 làn xe.-"]


def test_a_paragraph_that_became_another_is_not_mixed_with_it():
    body = "<p>Doanh nghiệp hoan nghênh quyết định mới.</p><p>Việc này bắt đầu từ thứ hai.</p>"
    assert body_changes(body) == [
        "+Doanh nghiệp hoan nghênh quyết định mới.+",
        "-Hải quan cảng mở 12 làn xe.-",
    ]


def test_few_words_between_two_changes_are_read_with_them():
    (paragraph,) = changed_paragraphs(["một hai ba bốn năm sáu bảy"], ["một 2 ba 4 năm sáu bảy"])
    assert told(paragraph) == "một -hai ba bốn- +2 ba 4+ năm sáu bảy"


def test_only_the_markup_has_changed():
    (text,) = differences(FIRST, corrected(body=FIRST.body.replace("12", "<b>12</b>"))).texts
    assert (text.field, text.paragraphs) == ("body", [])


def test_fields_are_told_with_both_values_and_nothing_that_is_for_partners_only():
    after = corrected(column="chinh-sach", ed_note="nội bộ", correction_note="Sửa chuyên mục.")
    found = differences(FIRST, after)
    assert [(each.field, each.before, each.after) for each in found.fields] == [
        ("column", None, "chinh-sach")
    ]
    assert (found.version, found.texts) == (1, [])


def test_markup_is_read_as_paragraphs():
    markup = "<h2>Một &lt;b&gt;</h2><ul><li>hai\nba</li><li><em>bốn</em>, năm</li></ul>a<br>b"
    assert paragraphs_of(markup) == ["Một <b>", "hai ba", "bốn, năm", "a", "b"]
    assert paragraphs_of("<table><tr><td>1</td><td>2</td></tr></table>") == ["1 2"]


words = st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=8).map(" ".join)


@given(st.lists(words, max_size=6), st.lists(words, max_size=6))
def test_from_what_is_told_both_texts_can_be_put_together(old: list[str], new: list[str]):
    """But for the paragraphs that are the same, whose place is not told."""

    def side(paragraphs: list[Paragraph], op: str) -> list[str]:
        kept = [[part.text for part in each if part.op in ("same", op)] for each in paragraphs]
        return [" ".join(each) for each in kept if each]

    changed = changed_paragraphs(old, new)
    assert is_within(side(changed, "deleted"), old)
    assert is_within(side(changed, "inserted"), new)
    kept = len(old) - len(side(changed, "deleted"))
    assert kept == len(new) - len(side(changed, "inserted"))
    assert (changed == []) is (old == new)


def is_within(some: list[str], all_of_them: list[str]) -> bool:
    rest = iter(all_of_them)
    return all(each in rest for each in some)


@pytest.mark.timeout(60)  # one second; by the square it would be many minutes
def test_hostile_texts_are_compared_all_the_same():
    chance = random.Random(1)
    for tag, size in (("<p>{}</p>", 40_000), ("{} ", 130_000)):
        old, new = ("".join(tag.format(chance.choice("ab")) for _ in range(size)) for _ in range(2))
        (text,) = differences(FIRST.model_copy(update={"body": old}), corrected(body=new)).texts
        assert text.paragraphs


def test_parts_of_a_paragraph_are_never_empty():
    assert changed_paragraphs([], ["mới"]) == [[Part("inserted", "mới")]]
