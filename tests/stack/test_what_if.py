"""What another product would change, as a person reads it."""

from stack.what_if import outlook


def side(count: int, *headlines: str) -> dict[str, object]:
    articles = [{"id": f"id-{headline}", "headline": headline} for headline in headlines]
    return {"count": count, "articles": articles}


def test_it_counts_and_names_the_newest():
    found = {
        "since": "2026-03-02T00:00:00Z",
        "complete": True,
        "looked_at": 9,
        "comes": side(3, "Tin [mới]", "Tin hai"),
        "goes": side(1, "Tin cũ"),
        "stays_in": side(2),
        "stays_out": side(3),
    }

    assert outlook("bao-moi", found).plain.splitlines() == [
        "bao-moi, of 9 articles since 2026-03-02: 3 would come, 1 would go, 2 would stay.",
        "  + Tin [mới]  (id-Tin [mới])",
        "  + Tin hai  (id-Tin hai)",
        "  + and 1 more",
        "  - Tin cũ  (id-Tin cũ)",
    ]


def test_it_says_so_where_not_all_was_looked_at():
    sides = {name: side(0) for name in ("comes", "goes", "stays_in", "stays_out")}

    text = outlook("x", sides | {"since": "2026-03-02", "complete": False, "looked_at": 0})

    assert "2026-03-02; older ones were not looked at: 0 would come" in text.plain
