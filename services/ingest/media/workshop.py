"""The process in which one uploaded file is opened: `python -m services.ingest.media.workshop`.

What comes from outside is decoded here, where it can't reach keys or database, has so much time and
memory and no more, and dies alone. Reads one JSON object, writes one.
"""

import errno
import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

from services.common.said import said
from services.ingest.media.found import Found
from services.ingest.media.hidden import hides_something
from services.ingest.media.kinds import FORMATS, Format, Refused

_MEMORY = 2 * 1024**3  # bytes of address space
_FILES = 64
# What a disk says, and no decoder: then the file isn't to blame.
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE}
# What Pillow and ffmpeg raise on files made to confuse them.
_CONFUSED = (
    *(OSError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
    *(EOFError, SyntaxError, RuntimeError, AssertionError, MemoryError, struct.error),
)


def main() -> None:
    """Do the one piece of work."""
    work = json.load(sys.stdin)
    _limit(work["seconds"])
    taken = FORMATS[work["format"]]
    answer = _answer(Path(work["source"]), Path(work["folder"]), taken)
    json.dump(answer, sys.stdout)


def _answer(source: Path, folder: Path, taken: Format) -> dict[str, Any]:
    try:
        return {"found": _take(source, folder, taken).to_json()}
    except Refused as refused:
        reason = refused.reason
        return {"kind": refused.kind, "template": reason.template, "filled": reason.filled}
    except _CONFUSED as error:
        if isinstance(error, OSError) and error.errno in _DISK:
            return {"fault": os.strerror(error.errno or 0)}
        reason = said("The file is damaged: it can't be read to its end.")
        return {"kind": "invalid", "template": reason.template, "filled": {}}


def _take(source: Path, folder: Path, taken: Format) -> Found:
    if other := hides_something(source):
        reason = said("The file is {kind} and {other} at once.", kind=taken.name, other=other)
        raise Refused("unsupported-media-type", reason)
    # Each loads a large library, of which the other has no need.
    if taken.family == "picture":
        from services.ingest.media.pictures import take_picture

        return take_picture(source, folder, taken)
    from services.ingest.media.recordings import take_recording

    return take_recording(source, folder, taken)


def _limit(seconds: int) -> None:
    os.nice(10)  # whoever waits for an answer comes first
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Should nobody be left who would end it.
    signal.alarm(seconds)


if __name__ == "__main__":
    main()
