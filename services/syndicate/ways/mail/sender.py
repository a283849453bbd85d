"""Carries parcels as mails, by the mail server of the house."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from schemas.partner import Format
from services.common.database import Database
from services.common.instants import now
from services.syndicate.feeds.site import Site
from services.syndicate.ways.background import Background, background_of
from services.syndicate.ways.filing.sender import file_of
from services.syndicate.ways.mail.message import Letter, message_of
from services.syndicate.ways.mail.server import MailServer
from services.syndicate.ways.sending import NotTaken, Parcel

_SECONDS = 20.0  # for each word of the server's
_AT_ONCE = 8  # connections to it
_NOT_THERE = timedelta(minutes=10)


class Post:
    """Hands mails to the server. The server is of our own choice, so no rules for strangers'
    addresses hold for it; its certificate must be good, unless it is to be called in the open."""

    def __init__(self, server: MailServer | None, tls: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._tls = tls
        self._places = asyncio.Semaphore(_AT_ONCE)

    @property
    def server(self) -> MailServer:
        """The server. Raises NotTaken where there is none (any more)."""
        if self._server is None:
            raise NotTaken("no_mail_server")
        return self._server

    async def hand_in(self, mail: bytes, to: str) -> None:
        """Hand in a mail; of what comes later the server tells its sender. Raises NotTaken."""
        server = self.server
        try:
            async with self._places:
                await aiosmtplib.send(
                    mail,
                    sender=server.sender.addr_spec,
                    recipients=[to],
                    hostname=server.host,
                    port=server.port,
                    username=server.user,
                    password=server.password,
                    local_hostname=server.sender.domain,
                    use_tls=server.tls == "from_start",
                    start_tls=server.tls == "on_the_way",
                    tls_context=self._tls if server.tls != "none" else None,
                    timeout=_SECONDS,
                )
        except SMTPRecipientsRefused as error:
            raise _refused(error.recipients[0].code) from error
        except (SMTPException, OSError, ValueError) as error:
            raise NotTaken(_reason(error)) from error


@dataclass(frozen=True)
class Mailing:
    """A sender (see `sending`) of mails."""

    database: Database
    site: Site
    post: Post

    async def send(self, parcel: Parcel) -> None:
        """Send the mail of a parcel; its article's document comes with it in any format but JSON,
        which nobody reads in a mail."""
        background = await self.database.read(partial(background_of, parcel=parcel))
        # Some are long, and take a tenth of a second.
        mail = await asyncio.to_thread(self._written, parcel, background)
        await self.post.hand_in(mail, parcel.way.target)

    def _written(self, parcel: Parcel, background: Background) -> bytes:
        attached = None
        if parcel.way.format is not Format.JSON:
            attached = file_of(parcel, background, self.site)
        letter = Letter(self.post.server.sender, background, attached)
        return message_of(parcel, letter, self.site, now()).as_bytes()


def _refused(code: int) -> NotTaken:
    """A mailbox that is not there is left alone for a while: who goes on knocking at such is taken
    for a sender of spam. One that is busy is not."""
    for_good = code // 100 == 5
    return NotTaken(f"recipient_refused_{code}", _NOT_THERE if for_good else None)


def _reason(error: Exception) -> str:
    """Say what it was by the server's number, in none of its words: some repeat the subject."""
    match error:
        case SMTPAuthenticationError():
            return "mail_server_login"
        case SMTPResponseException():
            return f"mail_server_{error.code}"
        case SMTPTimeoutError() | TimeoutError():
            return "too_slow"
        case ssl.SSLError():
            return "mail_server_tls"
        case _:
            return "mail_server_away"
