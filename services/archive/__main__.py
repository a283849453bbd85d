"""Run archive: `python -m services.archive --data DIR --port 8003`."""

from functools import partial

from services.archive.app import build, pages_of
from services.archive.serving.pages import ready_pages
from services.archive.settings import ArchiveSettings
from services.common import web
from services.common.logs import configure_logging
from services.common.settings import settings_given


def main() -> None:
    """Read the settings and listen."""
    settings = settings_given(ArchiveSettings)
    configure_logging("archive", settings.log_dir)
    app = build(settings)
    web.serve(app, settings, ready_pages(partial(pages_of, app)))


if __name__ == "__main__":
    main()
