"""Run ingest: `python -m services.ingest --data DIR --port 8001`."""

import sys

from services.common import web
from services.common.logs import configure_logging
from services.common.settings import settings_given
from services.ingest.app import build
from services.ingest.settings import IngestSettings


def main() -> None:
    """Read the settings and listen."""
    # The database's thread gives up the interpreter at each statement, and gets it back only after
    # this long if the event loop is busy.
    sys.setswitchinterval(0.0005)
    settings = settings_given(IngestSettings)
    configure_logging("ingest", settings.log_dir)
    web.serve(build(settings), settings)


if __name__ == "__main__":
    main()
