"""The feeds as programs show them that nobody here wrote; docs/readers.md has it as a table."""

import pytest

from tests.readers.every import AT_HAND, READERS, Reader
from tests.readers.marks import BETTER
from tests.readers.paper import Paper
from tests.readers.table import FORMS, asked, asks_promised, promised, shown

pytestmark = pytest.mark.xdist_group("readers")

CASES = [
    pytest.param(reader, form, id=f"{reader.name}-{form}")
    for reader in AT_HAND
    for form in reader.forms
]

KEEPING = [reader for reader in AT_HAND if asks_promised()[reader.name]["conditional"] == "ETag"]


@pytest.mark.parametrize(("reader", "form"), CASES)
def test_a_reader_shows_at_least_what_the_table_says(full: Paper, reader: Reader, form: str):
    seen = shown(full, reader, form)

    assert (seen["title"], seen["link"], seen["notice"]) == ("yes", "yes", "yes")
    said = promised()[reader.name, FORMS[form]]
    less = {name: (mark, said[name]) for name, mark in seen.items() if _less(mark, said[name])}
    assert less == {}, "and what docs/readers.md says"


def _less(mark: str, said: str) -> bool:
    return mark != said and BETTER[mark] <= BETTER[said]


def test_the_table_has_a_row_for_every_reader_and_format():
    assert list(promised()) == [(each.name, FORMS[form]) for each in READERS for form in each.forms]


@pytest.mark.parametrize("reader", KEEPING, ids=lambda reader: reader.name)
def test_a_reader_that_keeps_an_etag_is_spared_the_feed(full: Paper, reader: Reader):
    assert asked(full, reader) == asks_promised()[reader.name]
