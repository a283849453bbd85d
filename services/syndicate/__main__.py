"""Run syndicate: `python -m services.syndicate --data DIR --port 8002`."""

from services.common import web
from services.common.logs import configure_logging
from services.common.settings import settings_given
from services.syndicate.app import build
from services.syndicate.settings import SyndicateSettings


def main() -> None:
    """Read the settings and listen."""
    settings = settings_given(SyndicateSettings)
    configure_logging("syndicate", settings.log_dir)
    feeds = build(settings)
    web.serve(feeds, settings, feeds.ready)


if __name__ == "__main__":
    main()
