"""Decisions as sentences."""

from collections.abc import Sequence

from services.common.said import Said, said
from services.syndicate.products.deciding import Clause, Fit, Ground, Misfit
from services.syndicate.products.terms import Field

_NAMED = 5  # of what a product asks for in a field; it may be a thousand values

_NAMES = {
    Field.UNITS: said("unit"),
    Field.COLUMNS: said("column"),
    Field.CAMPAIGNS: said("campaign"),
    Field.GENRES: said("genre"),
    Field.LANGUAGES: said("language"),
    Field.KEYWORDS: said("keyword"),
    Field.MAX_URGENCY: said("urgency"),
}


def sentence(clause: Clause) -> Said:
    """Say which part of the product decided."""
    match clause.ground:
        case Ground.EVERYTHING:
            return said("The product is everything, and nothing that it excludes fits.")
        case Ground.TEST:
            return said("It is a test for this partner alone.")
        case Ground.OTHERS_TEST:
            return said("It is a test, and not for this partner.")
        case Ground.FITS:
            return said("It fits the product: {fits}.", fits=_all(clause.fits))
        case Ground.EXCLUDED:
            return said("The product excludes it: {fits}.", fits=_all(clause.fits))
        case Ground.FIELD:
            assert clause.misfit
            return _misfit(clause.misfit)


def _misfit(misfit: Misfit) -> Said:
    name = _NAMES[misfit.field]
    wanted = _listed(misfit.wanted)
    if misfit.field is Field.MAX_URGENCY:
        return said(
            "The product takes urgency 1 to {most} only; it has {has}.",
            most=misfit.wanted[0],
            has=misfit.has[0],
        )
    if not misfit.has:
        return said(
            "The product takes only the {field} {wanted}; it has no {field}.",
            field=name,
            wanted=wanted,
        )
    return said(
        "The product takes only the {field} {wanted}; it has the {field} {has}.",
        field=name,
        wanted=wanted,
        has=_listed(misfit.has),
    )


def _all(fits: Sequence[Fit]) -> Said:
    told = _fit(fits[-1])
    for fit in reversed(fits[:-1]):
        told = said("{first}, and {rest}", first=_fit(fit), rest=told)
    return told


def _fit(fit: Fit) -> Said:
    name = _NAMES[fit.field]
    if fit.field is Field.MAX_URGENCY:
        return said("its urgency {has} is within 1 to {most}", has=fit.has, most=fit.wanted)
    if fit.has == fit.wanted:
        return said("its {field} is {has}", field=name, has=fit.has)
    if fit.field is Field.UNITS:
        return said("its unit {has} has taken over from {wanted}", has=fit.has, wanted=fit.wanted)
    return said("its {field} {has} is {wanted}", field=name, has=fit.has, wanted=fit.wanted)


def _listed(values: Sequence[str]) -> str | Said:
    named = ", ".join(values[:_NAMED])
    if len(values) > _NAMED:
        return said("{named} and {count} more", named=named, count=len(values) - _NAMED)
    return named
