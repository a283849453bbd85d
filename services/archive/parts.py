"""What the routes work with."""

from dataclasses import dataclass
from typing import Annotated

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


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
