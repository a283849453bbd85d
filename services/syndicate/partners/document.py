"""Partners as one document: what it would add and change, decided purely."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from schemas.partner import Partner
from services.common import document as common
from services.common.document import Plan
from services.common.given import Given, refused
from services.common.problems import FieldError
from services.common.said import said

Kind = Literal["partner"]


class GivenPartners(Given):
    """Partners as an admin hands them in, each of them whole."""

    partners: Annotated[list[Partner], Field(max_length=5000)]


def plan(given: GivenPartners, known: Sequence[Partner]) -> Plan[Partner]:
    """Work out what `given` adds to and changes in what is `known`. Raises Problem (422)."""
    if errors := list(_doubles(given.partners)):
        raise refused(errors)
    return common.plan(_by_place(given.partners), _by_place(known))


def _by_place(partners: Sequence[Partner]) -> dict[tuple[Kind, str], Partner]:
    return {("partner", partner.code): partner for partner in partners}


def _doubles(partners: Sequence[Partner]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for place, partner in enumerate(partners):
        if partner.code in seen:
            detail = said("{code} stands in it twice", code=partner.code)
            yield FieldError(f"/partners/{place}/code", detail, "twice")
        seen.add(partner.code)
