"""A mail server on loopback (RFC 5321), which answers as a test tells it to."""

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mail:
    """A mail that was handed in, with its envelope."""

    sender: str
    to: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class MailRoom:
    """What was said to the server, and what it is to say."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    """By the first word of what is said; what comes after `DATA` is `.`."""
    mails: list[Mail] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@dataclass
class _Talk:
    """One connection."""

    room: MailRoom
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    tls: ssl.SSLContext | None
    encrypted: bool
    mail: Mail = field(default_factory=lambda: Mail("", [], b""))

    async def run(self) -> None:
        self._say("220 here")
        while line := (await self.reader.readline()).decode().strip():
            word = line.split()[0].upper()
            self.room.said.append(word)
            answer = self.room.answers.get(word) or await self._answer(word, line)
            self._say(answer)
            await self.writer.drain()
            if word == "STARTTLS" and self.tls and answer.startswith("220"):
                await self.writer.start_tls(self.tls)
                self.encrypted = True
            if word == "QUIT":
                return

    async def _answer(self, word: str, line: str) -> str:
        match word:
            case "EHLO":
                offer = "250-STARTTLS\r\n" if self.tls and not self.encrypted else ""
                return f"250-here\r\n{offer}250-8BITMIME\r\n250 AUTH PLAIN"
            case "AUTH":
                self.room.logins.append(b64decode(line.split()[2]).decode())
                return "235 welcome"
            case "MAIL":
                self.mail = Mail(line.partition("<")[2].partition(">")[0], [], b"")
            case "RCPT":
                self.mail.to.append(line.partition("<")[2].partition(">")[0])
            case "DATA":
                return await self._data()
            case "STARTTLS":
                return "220 go on"
            case "QUIT":
                return "221 bye"
        return "250 well"

    async def _data(self) -> str:
        self._say("354 go on")
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        answer = self.room.answers.get(".", "250 taken")
        if answer.startswith("250"):
            self.mail.raw = raw[:-3].replace(b"\r\n..", b"\r\n.")
            self.room.mails.append(self.mail)
        return answer

    def _say(self, line: str) -> None:
        self.writer.write(f"{line}\r\n".encode())


@asynccontextmanager
async def mail_room(
    tls: ssl.SSLContext | None = None, *, from_start: bool = False, **answers: str
) -> AsyncIterator[MailRoom]:
    """Run it, with TLS from the start, on request, or not at all."""
    room = MailRoom(answers=answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(room, reader, writer, tls, encrypted=from_start).run()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass  # the caller has gone
        finally:
            writer.close()

    context = tls if from_start else None
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
