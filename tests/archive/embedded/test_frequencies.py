"""In how many documents terms are, as the embedded index remembers it."""

from typing import cast

from tantivy import Searcher

from services.archive.embedded.frequencies import Frequencies


class Counting:
    """A searcher that counts how often it is asked."""

    def __init__(self, num_docs: int, frequency: int) -> None:
        self.num_docs = num_docs
        self.frequency = frequency
        self.asked = 0

    def doc_freq(self, field: str, term: str) -> int:
        self.asked += 1
        return self.frequency


def look_up(frequencies: Frequencies, searcher: Counting) -> int:
    return frequencies.of(cast("Searcher", searcher), "words", ["tau"])["tau"]


def test_a_common_term_is_counted_once():
    frequencies, searcher = Frequencies(), Counting(10_000, 4_000)
    assert [look_up(frequencies, searcher) for _ in range(3)] == [4_000] * 3
    assert searcher.asked == 1


def test_a_rare_term_is_counted_each_time_for_one_more_article_says_much():
    frequencies, searcher = Frequencies(), Counting(10_000, 1)
    look_up(frequencies, searcher)
    searcher.frequency = 2
    assert look_up(frequencies, searcher) == 2


def test_all_are_counted_anew_when_the_index_has_grown():
    frequencies, searcher = Frequencies(), Counting(10_000, 4_000)
    look_up(frequencies, searcher)
    searcher.num_docs, searcher.frequency = 11_500, 5_000
    assert look_up(frequencies, searcher) == 5_000
