"""Which files are taken, how they are recognised, and what a sender may call them. Pure."""

import re
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from services.common.said import Said, said

HEAD = 4096
"""Bytes from the beginning of a file that are enough to recognise it."""


class Refused(Exception):
    """A file that is not taken; `kind` is a problem's."""

    def __init__(self, kind: str, reason: Said) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True)
class Format:
    """A kind of file that is taken."""

    name: str
    family: Literal["picture", "recording"]
    types: frozenset[str]
    """What a sender may call it in `Content-Type`."""
    extensions: frozenset[str]


def _format(
    name: str, family: Literal["picture", "recording"], types: str, extensions: str
) -> Format:
    return Format(name, family, frozenset(types.split()), frozenset(extensions.split()))


JPEG = _format("JPEG", "picture", "image/jpeg image/jpg image/pjpeg", "jpg jpeg jpe jfif")
PNG = _format("PNG", "picture", "image/png", "png")
WEBP = _format("WebP", "picture", "image/webp", "webp")
MP4 = _format(
    "MP4",
    "recording",
    "video/mp4 audio/mp4 audio/m4a audio/x-m4a video/x-m4v application/mp4",
    "mp4 m4a m4v",
)
WEBM = _format("WebM", "recording", "video/webm audio/webm", "webm weba")
MP3 = _format("MP3", "recording", "audio/mpeg audio/mp3 audio/x-mp3", "mp3")
OGG = _format("Ogg", "recording", "audio/ogg audio/opus application/ogg", "ogg oga opus")

FORMATS = {each.name: each for each in (JPEG, PNG, WEBP, MP4, WEBM, MP3, OGG)}

TAKEN = ", ".join(FORMATS)

# What says nothing of the bytes: curl calls every body a form.
_NO_CLAIM = {"", "application/octet-stream", "binary/octet-stream"} | {
    "application/x-www-form-urlencoded"
}
_EXTENSION = re.compile(r"\.(?=[A-Za-z0-9]*[A-Za-z])([A-Za-z0-9]{1,8})$")

# Recognised, and not taken; each with the way out.
_ANIMATION = "A moving picture is taken as MP4 or WebM, a still one as JPEG, PNG or WebP."
_NEW_PHOTO = "Many partners can't show {name}; send the photo as JPEG."
_BRANDS = {b"avif": "AVIF", b"avis": "AVIF"} | dict.fromkeys(
    (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"), "HEIC"
)


def sniff(head: bytes) -> Format:
    """Tell by its first bytes what a file is. Raises Refused."""
    if not head:
        raise Refused("unsupported-media-type", said("The file is empty."))
    found = _by_signature(head)
    if found is None:
        raise Refused("unsupported-media-type", _not_taken(head))
    return found


def _by_signature(head: bytes) -> Format | None:
    if head[4:8] == b"ftyp":
        return MP4 if head[8:12] != b"qt  " and head[8:12] not in _BRANDS else None
    if head[:4] == b"RIFF":
        return WEBP if head[8:12] == b"WEBP" else None
    for signature, known in (
        (b"\xff\xd8\xff", JPEG),
        (b"\x89PNG\r\n\x1a\n", PNG),
        (b"\x1a\x45\xdf\xa3", WEBM),
        (b"OggS", OGG),
        (b"ID3", MP3),
    ):
        if head.startswith(signature):
            return known
    return MP3 if _is_layer_three(head) else None


def _is_layer_three(head: bytes) -> bool:
    # An MPEG audio frame without a tag before it: eleven set bits, then version and layer.
    return len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] >> 4 != 0xF


def _not_taken(head: bytes) -> Said:
    if head.startswith((b"GIF87a", b"GIF89a")):
        return said(_ANIMATION)
    if name := _BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None:
        return said(_NEW_PHOTO, name=name)
    if b"<svg" in head.lower():
        return said("An SVG can hold scripts; send the picture as PNG or WebP.")
    if head[4:12] == b"ftypqt  ":
        return said("QuickTime files are not taken; save the film as MP4.")
    if head.startswith(b"--") and b"form-data" in head:
        return said("Send the bytes of the file alone, not a form.")
    return said("This is no file that we take: {taken}.", taken=TAKEN)


def check_claims(found: Format, content_type: str | None, name: str | None) -> None:
    """Raise Refused where the sender calls a file something else than it is."""
    claimed = media_type(content_type)
    if claimed not in _NO_CLAIM and claimed not in found.types:
        raise _contradiction("Content-Type", claimed, found.name)
    extension = _EXTENSION.search(name or "")
    if extension and extension[1].lower() not in found.extensions:
        raise _contradiction(said("the file name"), extension[0], found.name)


def check_family(content_type: str | None, found: str) -> None:
    """Raise Refused where sound was called film, or film sound: one container may hold either."""
    claimed = media_type(content_type)
    families = [each.partition("/")[0] for each in (claimed, found)]
    if claimed not in _NO_CLAIM and "application" not in families and families[0] != families[1]:
        raise _contradiction("Content-Type", claimed, found)


def media_type(content_type: str | None) -> str:
    """Give a `Content-Type` without its parameters."""
    return (content_type or "").partition(";")[0].strip().lower()


def file_name(content_disposition: str | None) -> str | None:
    """Give the file name in a `Content-Disposition` (RFC 6266)."""
    header = Message()
    header["Content-Disposition"] = content_disposition or "attachment"
    return header.get_filename()


def _contradiction(where: str, claimed: str, found: str) -> Refused:
    return Refused(
        "unsupported-media-type",
        said(
            "The file is {found}, but {where} says {claimed}.",
            found=found,
            where=where,
            claimed=claimed[:100],
        ),
    )
