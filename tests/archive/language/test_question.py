"""What people type into a search box."""

import pytest

from services.archive.language.question import (
    MOST_WORDS,
    MalformedQuestion,
    Question,
    read_question,
    rewritten,
)


def wanted(typed: str) -> list[str]:
    return [" ".join(clause.words) for clause in read_question(typed).wanted]


def unwanted(typed: str) -> list[str]:
    return [" ".join(clause.words) for clause in read_question(typed).unwanted]


@pytest.mark.parametrize(
    "typed",
    [
        "Xây dựng",
        "xay dung",
        "XÂY DỰNG",
        "Xa\u0302y du\u031b\u0323ng",
        " xây  dựng ",
        "xây\xa0dựng",
    ],
    ids=["written", "bare", "capitals", "decomposed", "spaces", "hard space"],
)
def test_all_ways_to_type_it_ask_the_same(typed):
    assert wanted(typed) == ["xay", "dung"]


def test_misplaced_tone_marks_ask_the_same():
    assert read_question("hoà") == read_question("hòa")
    assert read_question("hoà").wanted[0].marked == read_question("HÒA").wanted[0].marked


def test_marks_that_were_typed_are_known_and_those_that_were_not_are_not():
    bank, thousand = read_question("ngân ngan").wanted
    assert bank.marked == ("ngân",)
    assert thousand.marked == ()


@pytest.mark.parametrize(
    "typed", ['"hải quan" cảng', "“hải quan” cảng", "«hải quan» cảng", "„hải quan” cảng"]
)
def test_quoted_words_stand_side_by_side(typed):
    assert wanted(typed) == ["hai quan", "cang"]


@pytest.mark.parametrize("typed", ["4314/TCHQ-TXNK", "4314/tchq–txnk", "4314 / TCHQ - TXNK"])
def test_a_document_number_stays_together(typed):
    (clause,) = read_question(typed).wanted
    assert clause.words == ("4314", "tchq", "txnk")
    assert clause.number == "4314-tchq-txnk"


def test_a_number_in_quotes_or_among_words_is_one_too():
    assert read_question('"38/2015/TT-BTC"').wanted[0].number == "38-2015-tt-btc"
    assert [c.number for c in read_question("nghị định 8/2015 thuế").wanted] == [
        None,
        None,
        "8-2015-nd-cp",
        None,
    ]


def test_a_minus_leaves_out():
    assert wanted('cảng -tàu -"hàng giả" -“buôn lậu” −thuế') == ["cang"]
    assert unwanted('cảng -tàu -"hàng giả" -“buôn lậu” −thuế') == [
        "tau",
        "hang gia",
        "buon lau",
        "thue",
    ]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Hà Nội - Hải Phòng", ["ha", "noi", "hai", "phong"]),
        ("E-C/O", ["e c o"]),
        ("VNACCS/VCIS", ["vnaccs vcis"]),
        ("Covid-19", ["covid 19"]),
        ("TP.HCM", ["tp hcm"]),
    ],
)
def test_a_hyphen_between_words_or_in_one_is_no_minus(typed, read):
    assert wanted(typed) == read
    assert unwanted(typed) == []


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("8517.12.00", ("85171200",)),
        ("85171200", ("8517 12 00",)),
        ("8517.12", ("851712",)),
        ("2015", ()),
    ],
)
def test_a_customs_code_is_found_with_dots_and_without(typed, others):
    (clause,) = read_question(typed).wanted
    assert tuple(map(" ".join, clause.others)) == others


@pytest.mark.parametrize(
    ("typed", "position"), [('cảng "hải quan', 6), ('"a" b" c', 6), ("“hải quan", 1), ('"', 1)]
)
def test_a_quotation_mark_alone_is_malformed_where_it_stands(typed, position):
    with pytest.raises(MalformedQuestion) as malformed:
        read_question(typed)
    assert malformed.value.position == position
    assert str(malformed.value.detail).startswith(f"the quotation mark at character {position} ")


@pytest.mark.parametrize("typed", ["?!", "-", '""', '-""', "- -"])
def test_marks_without_a_word_are_malformed(typed):
    with pytest.raises(MalformedQuestion):
        read_question(typed)


def test_a_question_of_too_many_words_is_malformed_where_there_are_too_many():
    read_question("a b " * (MOST_WORDS // 2))
    with pytest.raises(MalformedQuestion) as malformed:
        read_question(" ".join("a" * (MOST_WORDS + 1)))
    assert malformed.value.position == 2 * MOST_WORDS + 1


def test_nothing_typed_asks_for_nothing():
    assert read_question("  ") == Question()


def test_a_question_is_written_out_with_other_words():
    question = read_question('Hải quna "ngà voj" -tàu')
    assert rewritten(question, {1: ("quan",)}) == 'Hải quan "ngà voj" -tàu'
    assert rewritten(question, {3: ("voi",)}) == 'Hải quna "nga voi" -tàu'
    assert rewritten(read_question("haiquan"), {0: ("hai", "quan")}) == "hai quan"
