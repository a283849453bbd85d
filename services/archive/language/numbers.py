"""Numbers of official documents, as Vietnam writes them: `4314/TCHQ-TXNK`, `167/2025/NĐ-CP`.

A document has one slug, however it is written: `167-2025-nd-cp` for `167/2025/NĐ-CP`,
`167/2025/nđ–cp` and `167 / 2025 / NĐ - CP`. It stands in addresses, and in the index.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_YEAR = "(?:19[4-9]|20[0-9])[0-9]"
# What it is and who issued it: NĐ, TTg, QLĐTh, QH13; only the first part is never one letter.
_FIRST = "(?:[A-Z]{2,}(?:[a-z][A-Z]*)?|[A-Z][a-z][A-Z]{2,})[0-9]{0,3}"
_NEXT = f"(?:{_FIRST}|[A-Z][0-9]{{0,3}})"
_KINDS = (
    "nghi dinh|quyet dinh|thong tu|cong van|chi thi|nghi quyet|thong bao|cong dien|ke hoach|"
    "thong tri|van ban|lenh"
).replace(" ", r"\ ")
_CITED = re.compile(
    rf"""
    (?:\b(?P<kind>(?i:{_KINDS}))\ (?i:so:?\ )?)?
    (?<![\w/.,-])(?P<count>[0-9]{{1,6}})
    (?:
        (?:\ ?/\ ?(?P<year>{_YEAR}))?\ ?/\ ?
        # What is tight goes on tight: `NĐ-CP - VCCI` ends before the dash with spaces around it.
        (?P<issuer>{_FIRST}(?:(?:[-/]{_NEXT})+|(?:\ [-/]\ {_NEXT}(?![\w-]))+)?)
        |/(?P<decree>{_YEAR})
    )
    (?![\w/]|-\w)
    """,
    re.VERBOSE,
)
_DECREE = "nghi dinh"
# True of every text that holds a number, and of few others: a page of text is looked at in 10 µs.
_MAYBE = re.compile("/[ \xa0]?(?:[A-ZĐÐ]|[12][0-9]{3})")
_LIKELY = re.compile(
    "/[ \xa0]?[A-ZĐÐ]|(?:ịnh|ỊNH)[ \xa0](?:(?:số|Số|SỐ):?[ \xa0])?[0-9]+/[12][0-9]{3}"
)
_SLUG = re.compile(rf"([1-9][0-9]{{0,5}})(?:-({_YEAR}))?((?:-[a-z]{{1,20}}[0-9]{{0,3}}){{1,6}})")
# Elsewhere a slug's letters are capitals without marks.
_ABBREVIATIONS = (
    "NĐ QĐ HĐ ĐT ĐA CĐ GĐ LĐ HĐND HĐBT HĐTP HĐTV HĐQT HĐLĐ LĐTBXH BLĐTBXH GDĐT BGDĐT SGDĐT KHĐT "
    "BKHĐT TLĐ TTg TTr CTr TTKTr"
)
_WRITTEN = {each.replace("Đ", "D").lower(): each for each in _ABBREVIATIONS.split()}


class _Bare(dict[int, str]):
    """For `str.translate`: letters without their marks, each in its place; one kind of dash."""

    def __missing__(self, code: int) -> str:
        self[code] = unicodedata.normalize("NFD", chr(code))[0]
        return self[code]


_BARE = _Bare({ord(c): "-" for c in "‐‑‒–—−"} | {ord(c): "D" for c in "ĐÐ"})
_BARE |= {ord(c): "d" for c in "đð"} | {0xA0: " "}


@dataclass(frozen=True)
class Citation:
    """Where a text names a document: `text[start:end]` is its number."""

    start: int
    end: int
    slug: str


def citations(text: str) -> Iterator[Citation]:
    """Find the numbers in `text`.

    `64/CP` counts after the kind of document only. `Nghị định 8/2015` is a whole number: the
    government alone issues decrees.
    """
    if _MAYBE.search(text) and _LIKELY.search(text):
        yield from _found(text.translate(_BARE))


def typed_citations(text: str) -> Iterator[Citation]:
    """Find the numbers in what somebody typed, where small letters do as well."""
    bare = text.translate(_BARE)
    # Some letters have no capital of one character; none of a number's.
    yield from _found("".join(c.upper() if c.isascii() else c for c in bare))


def as_slug(number: str) -> str | None:
    """Give the slug of a number, or of what is a slug already; None for what is neither."""
    given = number.strip()
    if _SLUG.fullmatch(given):
        return given
    found = list(typed_citations(given))
    whole = len(found) == 1 and found[0].end == len(given)
    return found[0].slug if whole else None


def slug_prefix(begun: str) -> str:
    """Give how the slug of a number begins of which so much was typed."""
    bare = re.sub(r" ?[-/] ?", "-", begun.strip().translate(_BARE).lower())
    return bare.lstrip("0")


def as_number(slug: str) -> str:
    """Write the number out of its slug. Raises ValueError where it is none."""
    found = _SLUG.fullmatch(slug)
    if not found:
        raise ValueError(slug)
    count, year, issuer = found.groups()
    written = "-".join(_WRITTEN.get(part, part.upper()) for part in issuer[1:].split("-"))
    return "/".join(part for part in (f"{count:0>2}", year, written) if part)


def _found(bare: str) -> Iterator[Citation]:
    for found in _CITED.finditer(bare):
        if slug := _slug(found):
            yield Citation(found.start("count"), found.end(), slug)


def _slug(found: re.Match[str]) -> str | None:
    kind = (found["kind"] or "").lower()
    count = found["count"].lstrip("0")
    if found["decree"]:
        return f"{count}-{found['decree']}-nd-cp" if kind == _DECREE and count else None
    parts = re.split(r" ?[-/] ?", found["issuer"].lower())
    sure = kind or found["year"] or len(parts) > 1
    return "-".join(filter(None, (count, found["year"], *parts))) if sure and count else None
