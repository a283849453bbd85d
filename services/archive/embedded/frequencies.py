"""In how many documents terms are, without looking for the common ones each time."""

from collections.abc import Collection, Mapping

from tantivy import Searcher

# A term is common in so many documents, and in this part of all of them: so there are never more
# than a few ten thousand of those, and one more commit says nothing new of them.
_COMMON = 30
_COMMON_PART = 1 / 2000
_GROWN = 1.1  # then all are counted anew


class Frequencies:
    """Counts terms, and remembers common ones from commit to commit: an article has six hundred
    terms, most of them common, and each would be looked for in every segment."""

    def __init__(self) -> None:
        self._documents = 0
        self._known: dict[str, dict[str, int]] = {}

    def of(self, searcher: Searcher, field: str, terms: Collection[str]) -> Mapping[str, int]:
        """Count the documents that have each term in `field`; those that were replaced count until
        they are merged away."""
        documents = searcher.num_docs
        if not self._documents / _GROWN <= documents <= self._documents * _GROWN:
            self._documents, self._known = documents, {}
        known = self._known.setdefault(field, {})
        common = max(_COMMON, documents * _COMMON_PART)
        found = {term: known[term] for term in terms if term in known}
        for term in [term for term in terms if term not in found]:
            found[term] = frequency = searcher.doc_freq(field, term)
            if frequency >= common:
                known[term] = frequency
        return found
