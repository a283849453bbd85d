"""The ways beside webhooks, put together: what sends by them, and what tries them out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.common.addresses import Addresses
from services.common.database import Database
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.common.targets import Network
from services.syndicate.deliveries.email import Mailing, Post
from services.syndicate.deliveries.files import Opens, try_out
from services.syndicate.deliveries.filing import Filing
from services.syndicate.deliveries.folder import Folders
from services.syndicate.deliveries.mail import trial
from services.syndicate.deliveries.mail_server import MailServer
from services.syndicate.deliveries.object_store import ObjectStores
from services.syndicate.deliveries.sending import Sender, Way
from services.syndicate.deliveries.sftp import SftpServers
from services.syndicate.feeds.site import Site

KINDS = ("folder", "object_store", "sftp", "email")

TriesOut = Callable[[Way], Awaitable[None]]
"""Does by a way what a delivery does, with nothing of any article. Raises NotTaken."""


@dataclass(frozen=True)
class Allowed:
    """What ops have allowed and set up."""

    folders: Sequence[Path]
    networks: Sequence[Network]
    mail_server: MailServer | None


@dataclass(frozen=True)
class OtherWays:
    """By kind."""

    allowed: Allowed
    trusted: Mapping[str, Sender]
    """For ways that take what they get."""
    doubtful: Mapping[str, Sender]
    """For the others, with look-ups of names that nobody else waits for."""
    trials: Mapping[str, TriesOut]


@asynccontextmanager
async def other_ways(database: Database, site: Site, allowed: Allowed) -> AsyncIterator[OtherWays]:
    """Open what they need."""
    folders, post = Folders(allowed.folders), Post(allowed.mail_server)
    addresses, doubtful_addresses = Addresses(allowed.networks), Addresses(allowed.networks)
    try:
        async with Outgoing(allowed.networks) as calls, Outgoing(allowed.networks) as doubtful:
            opens = _opens(folders, calls, addresses)
            doubtful_opens = _opens(folders, doubtful, doubtful_addresses)
            mailing = Mailing(database, site, post)
            yield OtherWays(
                allowed,
                trusted={**_filing(database, site, opens), "email": mailing},
                doubtful={**_filing(database, site, doubtful_opens), "email": mailing},
                trials=_trials(doubtful_opens, post),
            )
    finally:
        for each in (folders, addresses, doubtful_addresses):
            each.close()


def _opens(folders: Folders, outgoing: Outgoing, addresses: Addresses) -> Mapping[str, Opens]:
    # One `folders` for all: each way has its jobs done in order, whoever asks for them.
    return {
        "folder": folders.open,
        "object_store": ObjectStores(outgoing).open,
        "sftp": SftpServers(addresses).open,
    }


def _filing(database: Database, site: Site, opens: Mapping[str, Opens]) -> Mapping[str, Sender]:
    return {kind: Filing(database, site, each) for kind, each in opens.items()}


def _trials(opens: Mapping[str, Opens], post: Post) -> Mapping[str, TriesOut]:
    files = {kind: partial(_try_place, each) for kind, each in opens.items()}
    return {**files, "email": partial(_try_mail, post)}


async def _try_place(opens: Opens, way: Way) -> None:
    async with opens(way) as place:
        await try_out(place)


async def _try_mail(post: Post, way: Way) -> None:
    message = trial(way.partner, way.id, way.target, post.server.sender, now())
    await post.hand_in(message, way.target)
