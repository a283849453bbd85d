"""Files that are two things at once: a picture to us, and a program or page to somebody else."""

import re
from pathlib import Path

_REACH = 1024 * 1024  # bytes at the beginning and at the end that are looked at
_PDF_WITHIN = 1024  # where readers of PDF look for its signature
_MARKUP = re.compile(
    rb"<script[\s>]|<html[\s>]|<!doctype html|<\?php|<svg[\s>]|<iframe", re.IGNORECASE
)
_ZIP_END = b"PK\x05\x06"
_ZIP_END_LENGTH = 22
_ZIP_COMMENT = 65_535


def hides_something(path: Path) -> str | None:
    """Say what else a file is: a PDF, a page, or an archive (JAR files and documents are ZIP)."""
    with path.open("rb") as file:
        head = file.read(_REACH)
        size = path.stat().st_size
        file.seek(max(len(head), size - _REACH))
        tail = file.read()
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "PDF"
    if _MARKUP.search(head) or _MARKUP.search(tail):
        return "HTML"
    return "ZIP" if _ends_as_zip((head + tail)[-_ZIP_COMMENT - _ZIP_END_LENGTH :]) else None


def _ends_as_zip(end: bytes) -> bool:
    at = end.rfind(_ZIP_END)
    record = end[at:] if at >= 0 else b""
    if len(record) < _ZIP_END_LENGTH:
        return False
    comment = int.from_bytes(record[20:22], "little")
    return len(record) >= _ZIP_END_LENGTH + comment
