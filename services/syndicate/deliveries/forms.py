"""What a way's addresses, keys and hosts must look like."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

import asyncssh
from pydantic_core import PydanticCustomError

# Letters of ASCII alone: whoever relays our mails need not know RFC 6531.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"(?=.{{3,254}}$){_LOCAL}@{_LABEL}(\.{_LABEL})*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOME = "/~/"


@dataclass(frozen=True)
class SftpTarget:
    """`sftp://USER@HOST:PORT/FOLDER`, taken apart; a folder below `/~/` is in the user's home."""

    user: str
    host: str
    port: int
    folder: str

    @classmethod
    def read(cls, url: str) -> Self | None:
        """Take it apart; None if it isn't one, or holds a password."""
        try:
            parts = urlsplit(url)
            port = parts.port or 22
        except ValueError:
            return None
        folder, user = unquote(parts.path), unquote(parts.username or "")
        plain = not (parts.password or parts.query or parts.fragment)
        named = bool(user and parts.hostname and folder.startswith("/"))
        # Of the whole as well: taking it apart drops some of them.
        if parts.scheme != "sftp" or not (plain and named) or _CONTROL.search(url + folder + user):
            return None
        if folder.startswith(_HOME):
            folder = folder.removeprefix(_HOME) or "."
        return cls(user, parts.hostname or "", port, folder)


def is_mailbox(given: str) -> bool:
    """Whether it is one mail address, with nothing around it that could become a header."""
    return bool(_MAILBOX.fullmatch(given))


def check_mailbox(given: str) -> str:
    """Check a mail address."""
    if not is_mailbox(given):
        raise PydanticCustomError("mailbox", "must be one mail address such as tin@bao.example")
    return given


def check_origin(given: str) -> str:
    """Check the address of a server without any path."""
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or given != f"{parts.scheme}://{parts.netloc}":
        raise _no_origin()
    if not parts.hostname or "@" in parts.netloc:
        raise _no_origin()
    return given


def check_sftp_url(given: str) -> str:
    """Check a target of SFTP."""
    if SftpTarget.read(given) is None:
        raise PydanticCustomError(
            "sftp", "must be written sftp://USER@HOST/FOLDER, without a password"
        )
    return given


def check_private_key(given: str) -> str:
    """Check that a private key can be read as it is."""
    try:
        asyncssh.import_private_key(given)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise PydanticCustomError(
            "private_key", "is no private key that can be read without a passphrase"
        ) from error
    return given


def names_key_of(known_hosts: str, target: SftpTarget) -> bool:
    """Whether lines of `known_hosts` name a key of the server."""
    try:
        known = asyncssh.import_known_hosts(known_hosts)
    except ValueError:
        return False
    port = target.port if target.port != 22 else None
    keys, authorities, *_ = asyncssh.match_known_hosts(known, target.host, "", port)
    return bool(keys or authorities)


def _no_origin() -> PydanticCustomError:
    return PydanticCustomError(
        "origin", "must be an http or https address of a host, with nothing behind it"
    )
