"""Pictures: checked, stripped of what the camera noted, kept under an id made from their bytes."""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import Connection, Row, insert, select

from schemas.article import Media
from services.common.problems import FieldError, Problem
from services.common.said import said
from services.ingest.submission import GivenMedia, refused
from services.ingest.tables import media

MAX_BYTES = 20_000_000
# Pillow warns from here on, and refuses from twice as many: 50 megapixels.
Image.MAX_IMAGE_PIXELS = 25_000_000
_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}


@dataclass(frozen=True)
class Picture:
    """A picture ready to be kept."""

    id: UUID
    data: bytes
    content_type: str
    width: int
    height: int


def picture(data: bytes) -> Picture:
    """Check a picture and write it anew, without metadata: photos tell where they were taken.

    Raises Problem where it is no picture, damaged, or of more than 50 megapixels.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=list(_TYPES))
        # What many phones write is a JPEG with more pictures behind the first (MPO).
        kept_format = "JPEG" if image.format == "MPO" else str(image.format)
        upright = ImageOps.exif_transpose(image)
        upright.info.clear()
        clean = io.BytesIO()
        upright.save(clean, kept_format, quality=90)
    except UnidentifiedImageError:
        wanted = said("Send a JPEG, PNG or WebP picture.")
        raise Problem("unsupported-media-type", wanted) from None
    except Image.DecompressionBombError:
        raise Problem("too-large", said("The picture has more than 50 megapixels.")) from None
    except (OSError, SyntaxError, ValueError):
        raise Problem("invalid", said("The picture is damaged.")) from None
    # By the bytes as they came: the same file is the same picture, whoever sends it.
    media_id = uuid5(NAMESPACE_OID, sha256(data).hexdigest())
    return Picture(media_id, clean.getvalue(), _TYPES[kept_format], upright.width, upright.height)


def path_of(folder: Path, media_id: UUID) -> Path:
    """Tell where a file lies."""
    return folder / str(media_id)[:2] / str(media_id)


def keep(folder: Path, kept: Picture) -> None:
    """Write a picture whole or not at all."""
    path = path_of(folder, kept.id)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{token_hex(4)}.part")
    try:
        with part.open("wb") as file:
            file.write(kept.data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    folder_entry = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder_entry)  # the new name is a change of the folder
    finally:
        os.close(folder_entry)


def add(conn: Connection, kept: Picture, now: datetime) -> bool:
    """Note a picture; False if it was there."""
    if _find(conn, kept.id) is not None:
        return False
    conn.execute(
        insert(media).values(
            id=str(kept.id),
            content_type=kept.content_type,
            width=kept.width,
            height=kept.height,
            size=len(kept.data),
            received=now,
        )
    )
    return True


def resolve(conn: Connection, given: Sequence[GivenMedia], archive_url: str) -> list[Media]:
    """Say of each file that a submission names where it stands and what it is."""
    return [_resolve(conn, place, item, archive_url) for place, item in enumerate(given)]


def _resolve(conn: Connection, place: int, given: GivenMedia, archive_url: str) -> Media:
    told = given.model_dump(include={"caption", "credit", "role", "syndicate"})
    if given.id is None:
        assert given.href is not None
        return Media(href=given.href, **told)
    row = _find(conn, given.id)
    if row is None:
        unknown = said("no such file was uploaded")
        raise refused([FieldError(f"/media/{place}/id", unknown, "unknown")])
    return Media(
        id=given.id,
        href=f"{archive_url}/media/{given.id}",
        content_type=row.content_type,
        width=row.width,
        height=row.height,
        size=row.size,
        **told,
    )


def _find(conn: Connection, media_id: UUID) -> Row[Any] | None:
    return conn.execute(select(media).where(media.c.id == str(media_id))).one_or_none()
