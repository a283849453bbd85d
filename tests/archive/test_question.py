"""What people type into a search box."""

import pytest

from services.archive.language.question import MalformedQuestion, Question, read_question


@pytest.mark.parametrize(
    "typed", ["Xây dựng", "xay dung", "XÂY DỰNG", "Xa\u0302y du\u031b\u0323ng", " xây  dựng "]
)
def test_all_ways_to_type_it_ask_the_same(typed):
    assert read_question(typed) == Question(wanted=(("xay",), ("dung",)))


def test_misplaced_tone_marks_ask_the_same():
    assert read_question("hoà") == read_question("hòa")


def test_quoted_words_stand_side_by_side():
    assert read_question('"hải quan" cảng').wanted == (("hai", "quan"), ("cang",))


def test_a_document_number_stays_together():
    assert read_question("4314/TCHQ-TXNK").wanted == (("4314", "tchq", "txnk"),)


def test_a_minus_leaves_out():
    question = read_question('cảng -tàu -"hàng giả"')
    assert question == Question(wanted=(("cang",),), unwanted=(("tau",), ("hang", "gia")))


def test_a_quotation_mark_alone_is_malformed_where_it_stands():
    with pytest.raises(MalformedQuestion) as malformed:
        read_question('cảng "hải quan')
    assert malformed.value.position == 5


def test_marks_without_a_word_are_malformed():
    with pytest.raises(MalformedQuestion):
        read_question("?!")


def test_nothing_typed_asks_for_nothing():
    assert read_question("  ") == Question()
