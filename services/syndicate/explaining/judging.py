"""From what is stored to where an article stands at a partner, and why: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.common.said import Said, said
from services.syndicate.explaining.facts import Delivery, Facts
from services.syndicate.products.deciding import Decision, Ground
from services.syndicate.products.saying import sentence


class Standing(StrEnum):
    """Where an article stands at a partner."""

    IN = "in"
    """It is among its entries and in its feed; we don't know that it has arrived."""
    OUT = "out"
    """The product does not include it."""
    WAITING = "waiting"
    """Its newest version is on the way."""
    DELIVERED = "delivered"
    """Its newest version was pushed, or the partner has acknowledged it."""
    GONE = "gone"
    """It was retracted or erased, or its time is over."""


@dataclass(frozen=True)
class Judgement:
    """Where it stands, and why, in sentences."""

    standing: Standing
    decision: Decision | None
    """By what the version says; nothing where that was erased."""
    sentences: Sequence[Said]


def judge(facts: Facts) -> Judgement:
    """Say where an article stands, by its newest version and the present product."""
    decision = _decided(facts)
    held = facts.held
    if (end := _end(facts)) and (held or decision is None or decision.included):
        return Judgement(Standing.GONE, decision, [end, _told_of_end(facts)])
    assert decision
    clause = sentence(decision.clause)
    if not decision.included:
        return Judgement(Standing.OUT, decision, [_told_of_removal(facts), clause])
    if held is None or not held.kind.stands or held.version < facts.version:
        on_its_way = said(
            "Waiting: version {version} is on its way to its entries.", version=facts.version
        )
        return Judgement(Standing.WAITING, decision, [on_its_way, clause])
    standing, progress = _progress(facts, held.seq)
    return Judgement(standing, decision, [progress, clause])


def judge_by_rules(facts: Facts) -> Judgement:
    """Say how a product, maybe one of the past, decides on a version, whatever came of it."""
    decision = _decided(facts)
    if (end := _end(facts)) and (decision is None or decision.included):
        return Judgement(Standing.GONE, decision, [end])
    assert decision
    filled = {"product": facts.product.number, "version": facts.version}
    if decision.included:
        first = said("In: product {product} includes version {version}.", **filled)
    else:
        first = said("Out: product {product} does not include version {version}.", **filled)
    standing = Standing.IN if decision.included else Standing.OUT
    return Judgement(standing, decision, [first, sentence(decision.clause)])


def concerns(facts: Facts) -> bool:
    """Whether the partner may hear of the article at all: not of tests for others."""
    decision = _decided(facts)
    of_others = decision is not None and decision.clause.ground is Ground.OTHERS_TEST
    return facts.held is not None or not of_others


def _decided(facts: Facts) -> Decision | None:
    return facts.product.prepared.decide(facts.article) if facts.article else None


def _end(facts: Facts) -> Said | None:
    article = facts.article
    if article is None or article.erased:
        return said("Gone: the article was erased by order.")
    if article.canceled:
        return said("Gone: version {version} retracts the article.", version=facts.version)
    if article.withheld:
        return said("Gone: since version {version} its time is over.", version=facts.version)
    return None


def _told_of_end(facts: Facts) -> Said:
    held = facts.held
    if held is None:
        return said("This partner never got it.")
    if held.kind.stands:
        return said("Its entry for that is on its way.")
    return said("The partner was told in entry {seq}.", seq=held.seq)


def _told_of_removal(facts: Facts) -> Said:
    held = facts.held
    if held is None:
        return said("Out: this partner never got it.")
    if held.kind.stands:
        return said(
            "Out: this partner has version {version}; the entry that removes it is on its way.",
            version=held.version,
        )
    return said("Out: this partner had it, and was told in entry {seq}.", seq=held.seq)


def _progress(facts: Facts, seq: int) -> tuple[Standing, Said]:
    """Tell how far the entry that stands has come."""
    sent = [each for each in facts.deliveries if each.entry == seq and not each.replay]
    filled = {"version": facts.version, "seq": seq}
    if waiting := _ways(sent, "waiting"):
        attempts = max(each.attempts for each in sent if each.state == "waiting")
        return Standing.WAITING, said(
            "Waiting: version {version}, entry {seq}, is to be sent by {ways}; attempts made: "
            "{attempts}.",
            **filled,
            ways=waiting,
            attempts=attempts,
        )
    if arrived := _ways(sent, "delivered"):
        delivered = said(
            "Delivered: version {version}, entry {seq}, by {ways}.", **filled, ways=arrived
        )
        return Standing.DELIVERED, delivered
    if any(w.version == facts.version and w.state in ("received", "applied") for w in facts.words):
        acknowledged = said(
            "Delivered: the partner has acknowledged version {version}, entry {seq}.", **filled
        )
        return Standing.DELIVERED, acknowledged
    if failed := _ways(sent, "failed"):
        return Standing.IN, said(
            "In: version {version} is entry {seq}, which could not be sent by {ways}.",
            **filled,
            ways=failed,
        )
    if facts.pulled >= seq:
        # What a partner fetched may still be lost on the way: only its word makes it delivered.
        fetched = said("In: version {version} is entry {seq}, which was fetched.", **filled)
        return Standing.IN, fetched
    return Standing.IN, said("In: version {version} is entry {seq}.", **filled)


def _ways(sent: Sequence[Delivery], state: str) -> str:
    kinds = (each.kind or str(each.way) for each in sent if each.state == state)
    return ", ".join(dict.fromkeys(kinds))
