"""The first page: every feed, for people and for the autodiscovery of feed readers."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from services.syndicate.feeds.binding import FORMATS
from services.syndicate.feeds.families import language_of
from services.syndicate.feeds.site import Site
from services.syndicate.lists.catalogue import Family

_HERE = Path(__file__).parent
_STYLE = (_HERE / "index.css").read_text()
_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()

# Nothing but the page's own style. It stands in the page itself, so that it holds too where a web
# server gives the page out of a folder.
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'"
)

_LABELS = {"rss": "RSS", "atom": "Atom", "json": "JSON"}

_PAGES = Environment(
    loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def index(families: Sequence[Family], site: Site, publication: str) -> bytes:
    """Make the page. It says nothing that changes with an article, so it is made rarely."""
    return (
        _PAGES.get_template("index.html")
        .render(
            families=families,
            formats=FORMATS,
            labels=_LABELS,
            language_of=language_of,
            policy=_POLICY,
            publication=publication,
            site=site,
            style=Markup(_STYLE),  # noqa: S704 - our own file
        )
        .encode()
    )
