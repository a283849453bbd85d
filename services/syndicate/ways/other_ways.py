"""The ways beside webhooks, put together: what sends by them, and what tries them out."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from services.common.database import Database
from services.common.instants import now
from services.common.outgoing import Outgoing
from services.common.targets import Network
from services.syndicate.feeds.site import Site
from services.syndicate.ways.filing.files import Opens, try_out
from services.syndicate.ways.filing.folder import Folders
from services.syndicate.ways.filing.object_store import ObjectStores
from services.syndicate.ways.filing.sender import Filing
from services.syndicate.ways.filing.sftp import SftpServers
from services.syndicate.ways.mail.message import trial
from services.syndicate.ways.mail.sender import Mailing, Post
from services.syndicate.ways.mail.server import MailServer
from services.syndicate.ways.sending import Sender, Way

KINDS = ("folder", "object_store", "sftp", "email")


@dataclass(frozen=True)
class Allowed:
    """What ops have allowed and set up."""

    folders: Sequence[Path]
    networks: Sequence[Network]
    mail_server: MailServer | None


class OtherWays:
    """What all of them share."""

    def __init__(self, database: Database, site: Site, allowed: Allowed) -> None:
        self.allowed = allowed
        self._database = database
        self._site = site
        # One for all senders: each way's jobs are done in order, whoever asks for them.
        self._folders = Folders(allowed.folders)
        self._post = Post(allowed.mail_server)
        self._servers: list[SftpServers] = []

    def senders(self, outgoing: Outgoing) -> Mapping[str, Sender]:
        """Give a sender for each kind; `outgoing` looks names up, and calls object stores."""
        servers = SftpServers(outgoing)
        self._servers.append(servers)
        filing = {
            kind: Filing(self._database, self._site, opens)
            for kind, opens in self._opens(outgoing, servers).items()
        }
        return {**filing, "email": Mailing(self._database, self._site, self._post)}

    async def try_out(self, way: Way) -> None:
        """Do by a way what a delivery does, with nothing of any article. Raises NotTaken."""
        if way.kind == "email":
            sender = self._post.server.sender
            message = trial(way.partner, way.id, way.target, sender, now())
            await self._post.hand_in(message.as_bytes(), way.target)
            return
        async with Outgoing(self.allowed.networks) as outgoing:
            with closing(SftpServers(outgoing)) as servers:
                async with self._opens(outgoing, servers)[way.kind](way) as place:
                    await try_out(place)

    def close(self) -> None:
        """Close what is still open, after the last sender has come to its end."""
        for servers in self._servers:
            servers.close()

    def _opens(self, outgoing: Outgoing, servers: SftpServers) -> Mapping[str, Opens]:
        return {
            "folder": self._folders.open,
            "object_store": ObjectStores(outgoing).open,
            "sftp": servers.open,
        }
