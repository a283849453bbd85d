"""Random articles and products over few values, so that they often meet."""

from typing import Any

from hypothesis import strategies as st

from schemas.article import Article, Genre
from schemas.partner import Product, Rules
from tests.factories import article

PARTNERS = ["bao-a", "bao-b", "bao-c", "bao-d"]

_units = st.sampled_from(["A", "B", "C", "D"])
_columns = st.sampled_from(["kinh-te", "phap-luat", "xa-hoi"])
_campaigns = st.sampled_from(["vnaccs-6", "nq-68", "tet"])
_genres = st.sampled_from([Genre.NEWS, Genre.PHOTO, Genre.REBUTTAL])
_languages = st.sampled_from(["vi", "vi-VN", "VI", "en", "en-GB", "zh-Hant-TW", "zh"])
_keywords = st.sampled_from(
    [
        "Xuất khẩu",
        "xuat khau",
        "XUẤT-KHẨU",
        "Đường biển",
        "duong bien",
        "VNACCS",
        "C++",
        "++",
        "xuất",
    ]
)

successors = st.dictionaries(
    _units, st.lists(_units, max_size=2).map(tuple), max_size=3
)  # in circles too

articles: st.SearchStrategy[Article] = st.builds(
    article,
    unit=_units,
    column=st.none() | _columns,
    campaigns=st.lists(_campaigns, max_size=2),
    genre=_genres,
    language=_languages,
    keywords=st.lists(_keywords, max_size=3),
    urgency=st.integers(1, 9),
    audience=st.sampled_from(["public"] * 8 + ["canary", "partner:bao-b", "partner:elsewhere"]),
)


def _few(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.just([]) | st.lists(values, max_size=3)


_fields: dict[str, st.SearchStrategy[Any]] = {
    "units": _few(_units),
    "columns": _few(_columns),
    "campaigns": _few(_campaigns),
    "genres": _few(_genres),
    "languages": _few(_languages),
    "keywords": _few(_keywords),
    "max_urgency": st.none() | st.integers(1, 9),
}

rules: st.SearchStrategy[Rules] = st.builds(Rules, **_fields)
products: st.SearchStrategy[Product] = st.builds(
    Product, exclude=rules | st.lists(rules, max_size=3), **_fields
)
