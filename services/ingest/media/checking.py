"""A workshop for each upload: so many at once, for so long."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from services.common.database import Overloaded
from services.common.said import said
from services.ingest.media.found import Found
from services.ingest.media.kinds import Format, Refused
from services.ingest.media.receiving import Upload

_COMMAND = (sys.executable, "-P", "-m", "services.ingest.media.workshop")
# Nothing of what the service knows: neither keys nor addresses.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV")
_PICTURE_SECONDS = 60
_RECORDING_SECONDS = 60
_BYTES_A_SECOND = 10_000_000  # a recording is read and written twice

log = structlog.get_logger()


class Workshops:
    """Opens uploads, a few at a time: unpacked, a picture takes hundreds of megabytes."""

    def __init__(self, at_once: int = 2) -> None:
        self._free = asyncio.Semaphore(at_once)

    async def check(self, upload: Upload, folder: Path) -> Found:
        """Have an upload checked, and written anew into `folder`. Raises Refused; Overloaded where
        the fault is ours."""
        seconds = _seconds(upload.format, upload.size)
        work = {
            "source": str(upload.path),
            "folder": str(folder),
            "format": upload.format.name,
            "seconds": seconds,
        }
        async with self._free:
            return _found(await _run(json.dumps(work).encode(), seconds))


def _seconds(taken: Format, size: int) -> int:
    if taken.family == "picture":
        return _PICTURE_SECONDS
    return _RECORDING_SECONDS + size // _BYTES_A_SECOND


async def _run(work: bytes, seconds: int) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )
    try:
        async with asyncio.timeout(seconds):
            told, complaint = await process.communicate(work)
    except TimeoutError:
        raise _too_costly() from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        # By a signal: its limits, or a file that breaks a library. The file is to blame.
        log.warning("media_check_died", code=process.returncode, said=complaint.decode()[-300:])
        if process.returncode < 0:
            raise _too_costly()
        raise Overloaded
    answer: dict[str, Any] = json.loads(told)
    return answer


def _found(answer: dict[str, Any]) -> Found:
    if "found" in answer:
        return Found.from_json(answer["found"])
    if "fault" in answer:
        log.error("media_check_failed", error=answer["fault"])
        raise Overloaded
    raise Refused(answer["kind"], said(answer["template"], **answer["filled"]))


def _too_costly() -> Refused:
    return Refused("invalid", said("The file takes more time or memory to read than it may."))
