"""Words and pairs, the ground of search and related news."""

from services.archive.language.highlight import highlight
from services.archive.language.terms import Spelling, pairs, plain, terms_of
from tests.factories import article


def test_text_is_taken_out_of_markup():
    markup = "<p>Một &amp; <b>h</b>ai</p><p>ba<br>bốn</p>"
    assert plain(markup) == "Một & hai ba bốn"


def test_words_are_folded_and_paired():
    words = terms_of(article(body="<p>Hải quan Đà Nẵng</p>")).body
    assert words == ["hai", "quan", "da", "nang"]
    assert pairs(words) == ["hai_quan", "quan_da", "da_nang"]


def test_an_underscore_parts_words_as_it_joins_pairs():
    assert terms_of(article(body="<p>#hai_quan</p>")).body == ["hai", "quan"]


def test_headline_and_lead_count_twice():
    counts = terms_of(article(headline="Cảng", lead="Tàu", body="<p>Hàng</p>")).counted()
    assert counts == {"cang": 2, "tau": 2, "hang": 1}


def test_words_are_spelt_as_they_were_written_first():
    spelling = Spelling("Hải quan. HẢI QUAN")
    assert spelling.of(["hai", "quan"]) == "Hải quan"
    assert spelling.of(["quan"]) == "quan"
    assert spelling.of(["bien", "phong"]) == "bien phong"


def test_what_was_looked_for_is_marked_in_the_text_as_written():
    assert highlight("Xây cầu & đường", {"cau"}) == "Xây <mark>cầu</mark> &amp; đường"


def test_a_long_text_is_cut_around_the_first_word_found():
    text = " ".join(["trước"] * 50 + ["cảng"] + ["sau"] * 50)
    piece = highlight(text, {"cang"})
    assert piece
    assert piece.startswith("…trước")
    assert piece.endswith("sau…")
    assert piece.count("trước") == piece.count("sau") == 12


def test_without_a_word_found_nothing_is_marked():
    assert highlight("Xây cầu", {"duong"}) is None
