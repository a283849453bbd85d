"""Run archive: `python -m services.archive --data DIR --port 8003`."""

from pydantic_settings import CliApp

from services.archive.app import build
from services.archive.settings import ArchiveSettings
from services.common import web
from services.common.logs import configure_logging


def main() -> None:
    """Read the settings and listen."""
    settings = CliApp.run(ArchiveSettings)
    configure_logging("archive", settings.log_dir)
    web.serve(build(settings), settings)


if __name__ == "__main__":
    main()
