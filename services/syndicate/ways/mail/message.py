"""An entry as a mail: for people, who read and copy, in plain text and in HTML."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import quote
from uuid import UUID

from services.syndicate.feeds.entry import entry_of
from services.syndicate.feeds.site import Site
from services.syndicate.ways.background import Background
from services.syndicate.ways.filing.files import File
from services.syndicate.ways.mail.plain import plain_text
from services.syndicate.ways.mail.text import html_of, subject_of
from services.syndicate.ways.mail.words import mail_words_in
from services.syndicate.ways.sending import Parcel

_MOST_REFERENCES = 20
_HURRY = 2  # the urgency up to which a mail is marked as important


class _Policy(EmailPolicy):
    """Folds words that are not ASCII by the older code of Python's: the newer one loses spaces
    between them (and wraps long ids up in encoded words, by which no reply is found)."""

    def fold(self, name: str, value: Any) -> str:  # noqa: ANN401 - as typeshed has it
        """Give a header's lines."""
        if isinstance(value, UnstructuredHeader):
            text = str(value)
            longest = 0 if text.isascii() and " " not in text else None  # an address stays whole
            header = Header(text, header_name=name)
            folded = header.encode(linesep=self.linesep, maxlinelen=longest)
            return f"{name}: {folded}{self.linesep}"
        usual: str = super().fold(name, value)
        return usual

    def fold_binary(self, name: str, value: Any) -> bytes:  # noqa: ANN401 - likewise
        """Likewise, as bytes."""
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep=SMTP.linesep, raise_on_defect=False)


@dataclass(frozen=True)
class Letter:
    """What goes into a mail, beside its parcel."""

    sender: Address
    background: Background
    attached: File | None = None


def message_of(parcel: Parcel, letter: Letter, site: Site, at: datetime) -> EmailMessage:
    """Write the mail of a parcel."""
    article = letter.background.article
    words = mail_words_in(article.language)
    entry = entry_of(article, letter.background.names, site)
    subject = subject_of(parcel, article, entry, words)
    html = html_of(parcel, article, entry, words, subject)
    message = _addressed(parcel, letter, at)
    message["Subject"] = subject
    if article.urgency <= _HURRY or not parcel.entry.kind.stands:
        message["Importance"] = "high"
    message.set_content(plain_text(html), cte="base64")
    message.add_alternative(
        f'<!DOCTYPE html>\n<html lang="{escape(article.language)}"><body>{html}</body></html>',
        subtype="html",
        cte="base64",
    )
    if file := letter.attached:
        main, _, sub = file.media_type.partition("/")
        message.add_attachment(file.content, main, sub, filename=file.name)
    message["Content-Language"] = article.language  # last: parts take such headers with them
    return message


def trial(partner: str, way: UUID, to: str, sender: Address, at: datetime) -> EmailMessage:
    """Write a mail by which ops see that a way works."""
    message = _between(sender, to, at)
    message["Message-ID"] = _id("test", partner, way, at, domain=sender.domain)
    message["Subject"] = "[THỬ] Thư thử của tinbai (a test, please ignore)"
    message.set_content(
        "Đây là thư thử đường gửi tin; xin bỏ qua.\n"
        "This mail tests the way to you; please ignore it.\n",
        cte="base64",
    )
    return message


def _between(sender: Address, to: str, at: datetime) -> EmailMessage:
    message = EmailMessage(_POLICY)
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    return message


def _addressed(parcel: Parcel, letter: Letter, at: datetime) -> EmailMessage:
    """Begin a mail, with all by which machines sort, thread and find it."""
    way, entry, sender = parcel.way, parcel.entry, letter.sender
    message = _between(sender, way.target, at)
    # A replay is another mail: mailboxes drop what has an id that they have seen.
    again = [parcel.message] if entry.replay else []
    message["Message-ID"] = _id(
        way.partner, entry.id, entry.version, entry.seq, *again, domain=sender.domain
    )
    before = [
        _id(way.partner, entry.id, told.version, told.seq, domain=sender.domain)
        for told in letter.background.older
    ]
    if before:
        message["In-Reply-To"] = before[-1]
        message["References"] = " ".join(before[:1] + before[1:][-_MOST_REFERENCES + 1 :])
    wish = quote(f"{mail_words_in('en').unsubscribe}: {way.partner} {way.id}")
    message["List-Id"] = f"<{way.partner}.tinbai.{sender.domain}>"
    message["List-Unsubscribe"] = f"<mailto:{sender.addr_spec}?subject={wish}>"
    message["X-Tinbai-Id"] = str(entry.id)
    message["X-Tinbai-Version"] = str(entry.version)
    message["X-Tinbai-Kind"] = entry.kind
    message["X-Tinbai-Seq"] = str(entry.seq)
    return message


def _id(*parts: object, domain: str) -> str:
    """Make a message id (RFC 5322, section 3.6.4): the same of the same parts, and short enough to
    stand in one line."""
    made = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]
    return f"<{made}@{domain}>"
