"""Where the words of a question stand, in the text as it was written."""

from services.archive.language.highlight import marked_whole, passage


def test_what_was_looked_for_is_marked_in_the_text_as_written():
    assert passage("Xây cầu & đường", [("cau",)]) == "Xây <mark>cầu</mark> &amp; đường"


def test_a_phrase_is_marked_whole_and_its_words_alone_are_not():
    marked = passage("Hải quan bắt giữ; hải sản; quan tâm", [("hai", "quan")])
    assert marked == "<mark>Hải quan</mark> bắt giữ; hải sản; quan tâm"


def test_a_number_is_marked_through_its_signs():
    marked = marked_whole("Theo 4314/TCHQ-TXNK", [("4314", "tchq", "txnk")])
    assert marked == "Theo <mark>4314/TCHQ-TXNK</mark>"


def test_only_whole_words_are_marked():
    assert passage("quang cảnh", [("quan",)]) is None


def test_decomposed_text_is_marked_with_its_marks():
    assert marked_whole("ca\u0302\u0300u m", [("cau",)]) == "<mark>ca\u0302\u0300u</mark> m"


def test_nothing_of_the_text_becomes_markup():
    marked = marked_whole("<script>cầu</script>", [("cau",), ("script",)])
    assert marked == ("&lt;<mark>script</mark>&gt;<mark>cầu</mark>&lt;/<mark>script</mark>&gt;")


def test_the_passage_with_most_of_the_question_is_shown():
    text = "cảng " + "xa " * 100 + "ở cảng có tàu mới " + "xa " * 100
    piece = passage(text, [("cang",), ("tau",)])
    assert piece
    assert "<mark>cảng</mark> có <mark>tàu</mark>" in piece
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert len(piece) < 350


def test_a_passage_begins_with_the_sentence_where_it_is_near():
    text = "Câu đầu dài hơn. " * 20 + "Hôm nay tàu vào cảng."
    assert passage(text, [("tau",)]) == "…Hôm nay <mark>tàu</mark> vào cảng."


def test_a_text_without_spaces_is_cut_all_the_same():
    piece = passage("-".join(["cảng"] * 5000), [("cang",)])
    assert piece
    assert len(piece) < 2000


def test_without_a_word_found_nothing_is_marked():
    assert passage("Xây cầu", [("duong",)]) is None
    assert marked_whole("Xây cầu", []) is None
