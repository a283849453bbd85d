"""What the routes work with."""

from dataclasses import dataclass, field
from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from services.archive.catalogue.catalogue import Catalogue
from services.archive.catalogue.registry import Registry
from services.archive.catalogue.search import Search
from services.archive.catalogue.suggesting import Suggestions
from services.archive.engine.contract import Engine
from services.archive.serving.files import Files
from services.archive.serving.pages import Pages
from services.archive.site import Site
from services.common.media import MediaStore

_COMPARED_AT_ONCE = 2


@dataclass(frozen=True)
class Parts:
    """Put together in `app.py`."""

    site: Site
    media: MediaStore
    engine: Engine
    catalogue: Catalogue
    search: Search
    suggestions: Suggestions
    registry: Registry
    files: Files
    pages: Pages
    comparing: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_COMPARED_AT_ONCE))
    """Lets in the texts that related news is looked for: a large one takes a second or two, and
    whoever sends some dozens must not take the threads that all others are answered in."""


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
