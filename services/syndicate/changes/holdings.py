"""What partners were told last of each article. Each function is a part of its caller's
transaction."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from schemas.partner import Kind
from services.syndicate.changes.deciding import Held
from services.syndicate.changes.entry import NewEntry
from services.syndicate.partner_tables import HOLDING


def of_articles(
    connection: Connection, articles: Collection[UUID], partner: str | None = None
) -> Mapping[UUID, dict[str, Held]]:
    """Give what each partner holds of these articles, or this partner alone."""
    query = select(HOLDING).where(HOLDING.c.article.in_(articles))
    if partner is not None:
        query = query.where(HOLDING.c.partner == partner)
    found: dict[UUID, dict[str, Held]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.article][row.partner] = Held(row.seq, row.version, Kind(row.kind))
    return found


def keep(
    connection: Connection, entries: Sequence[NewEntry], before: Mapping[UUID, dict[str, Held]]
) -> None:
    """Note entries, of which the last for an article and a partner counts."""
    rows: dict[tuple[str, UUID], dict[str, object]] = {
        (entry.partner, entry.article): {
            "seq": entry.seq,
            "version": entry.version,
            "kind": entry.kind.value,
            "place": entry.place,
        }
        for entry in entries
    }
    known = {key for key in rows if key[0] in before.get(key[1], ())}
    new = [{"partner": p, "article": a} | rows[p, a] for p, a in rows if (p, a) not in known]
    if new:
        connection.execute(insert(HOLDING), new)
    if known:
        change = update(HOLDING).where(
            HOLDING.c.partner == bindparam("of"), HOLDING.c.article == bindparam("who")
        )
        connection.execute(change, [{"of": p, "who": a} | rows[p, a] for p, a in known])
