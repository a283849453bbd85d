"""Every kind of page, as paths of `paper`."""

from tests.browser.paper import id_of


def _article(name: str) -> str:
    return f"/articles/{id_of(name)}"


KINDS = {
    "front": "/",
    "english front": "/en",
    "article": _article("vt-24-gio"),
    "all kinds of text": _article("all-kinds"),
    "corrected twice": _article("corrected"),
    "versions": f"{_article('corrected')}/history",
    "as it was": f"{_article('corrected')}?at=2026-11-10T03:30:00Z",
    "sound and film": _article("recordings"),
    "many pictures": _article("pictures"),
    "english article": _article("vt-khai-truong-en"),
    "nothing but text": _article("bare"),
    "retracted": _article("cm-giam-phi"),
    "missing": _article("nobody-wrote-this"),
    "column": "/columns/thong-quan",
    "campaign": "/campaigns/thong-quan-so",
    "unit": "/en/units/HQKV21",
    "document": "/documents/4314-tchq-txnk",
    "did you mean": "/search?q=hai+quna",
    "search": "/search?q=cang+vinh+tra&unit=HQKV21",
    "search in English": "/en/search?q=port",
    "nothing found": "/search?q=khongcotunaynhuthe",
    "malformed question": "/search?q=%22cang",
}
