"""What the routes work with."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.archive.catalogue import Catalogue
from services.archive.index import Index
from services.archive.registry import Registry
from services.archive.site import Site
from services.common.media import MediaStore


@dataclass(frozen=True)
class Parts:
    """Put together in `app.py`."""

    site: Site
    media: MediaStore
    index: Index
    catalogue: Catalogue
    registry: Registry


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


TheParts = Annotated[Parts, Depends(_parts)]
