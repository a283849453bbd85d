"""What partners' words mean, and when they say nothing new."""

import pytest

from services.common.ids import new_id
from services.syndicate.circle.words import Acknowledgement, Earlier, Word, ends, is_about, repeats

ID = new_id()
PAGE = "https://bao.example/tin/1"


def word(state: str, version: int = 2, url: str | None = None) -> Acknowledgement:
    return Acknowledgement(id=ID, version=version, state=Word(state), url=url)


@pytest.mark.parametrize(
    ("said", "state", "again"),
    [
        ([], "received", False),
        (["received"], "received", True),
        (["received"], "applied", False),
        (["received", "applied"], "received", True),  # it came late
        (["applied"], "applied", True),
        (["applied", "received"], "applied", True),
        (["applied", "refused"], "applied", False),  # it has changed its mind
        (["applied", "refused", "applied"], "refused", False),
        (["removed"], "applied", False),
    ],
)
def test_a_word_that_says_nothing_new_is_known_as_such(said, state, again):
    assert repeats([Earlier(Word(each), None) for each in said], word(state)) is again


def test_an_address_makes_it_a_new_word_and_leaving_it_out_does_not():
    said = [Earlier(Word.REMOVED, None)]
    assert not repeats(said, word("removed", url=PAGE))
    said.append(Earlier(Word.REMOVED, PAGE))
    assert repeats(said, word("removed", url=PAGE))
    assert repeats(said, word("removed"))
    assert not repeats(said, word("removed", url=f"{PAGE}?other"))


def test_only_what_is_applied_or_removed_is_done():
    assert {each for each in Word if ends(each)} == {Word.APPLIED, Word.REMOVED}


def test_words_on_older_versions_do_not_answer_a_retraction_but_for_a_removal():
    assert [is_about(word(each, version=1), 2) for each in Word] == [False, False, True, False]
    assert all(is_about(word(each, version=2), 2) for each in Word)
    assert is_about(word("applied", version=3), 2)
