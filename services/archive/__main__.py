"""Run archive: `python -m services.archive --data DIR --port 8003`."""

from services.archive.app import build
from services.archive.settings import ArchiveSettings
from services.common import web
from services.common.logs import configure_logging
from services.common.settings import settings_given


def main() -> None:
    """Read the settings and listen."""
    settings = settings_given(ArchiveSettings)
    configure_logging("archive", settings.log_dir)
    web.serve(build(settings), settings)


if __name__ == "__main__":
    main()
