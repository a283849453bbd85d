"""What a subscriber asks for: read and checked, before anything is kept. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from services.common.addresses import BadAddress, host_of
from services.common.problems import FieldError, Problem
from services.common.said import Said, said
from services.common.targets import Network
from services.syndicate.hub.addresses import unescaped

FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 100
_SECRET_BELOW = 200  # bytes: WebSub, section 5.1
_LEASE = re.compile(r"0*[1-9][0-9]{0,17}")
_OURS = ("hub.mode", "hub.topic", "hub.callback", "hub.lease_seconds", "hub.secret")


class Mode(StrEnum):
    """What a call to a callback is about (WebSub, sections 5.2 and 5.3)."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


@dataclass(frozen=True)
class Leases:
    """How long a subscription may last, in seconds."""

    least: int
    default: int
    most: int

    def bounded(self, wanted: str | None) -> int:
        """Give what comes closest to what was asked for."""
        seconds = self.default if wanted is None else int(wanted)
        return max(self.least, min(self.most, seconds))


@dataclass(frozen=True)
class Wish:
    """To be subscribed or unsubscribed, once the callback has confirmed it."""

    mode: Mode
    topic: str
    """The feed's path on this service."""
    topic_url: str
    """As it was given: it is told to the callback in the same letters."""
    callback: str
    host: str
    secret: str | None
    lease: int


@dataclass(frozen=True)
class Rules:
    """What a wish is judged by."""

    topic_of: Callable[[str], str | None]
    """Gives the path of the feed that an address names, if it can be one from here."""
    leases: Leases
    allowed: Sequence[Network]


def form_of(body: bytes, content_type: str | None) -> dict[str, str]:
    """Read the form that a subscriber sends: what is ours of it, what is empty left out. Raises
    Problem."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != FORM:
        detail = said("Send the parameters as {form}.", form=FORM)
        raise Problem("unsupported-media-type", detail)
    try:
        fields = parse_qsl(body.decode(), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError is one
        raise Problem("bad-request", said("The form is not one in UTF-8.")) from None
    form: dict[str, str] = {}
    for name, value in fields:
        if name in form:
            raise Problem("invalid", errors=[_error(name, said("is there twice"))])
        if name in _OURS:  # others are to be ignored: WebSub, section 5.1
            form[name] = value
    return form


def wish_of(form: Mapping[str, str], rules: Rules) -> Wish:
    """Understand a form. Raises Problem, with all that is wrong."""
    errors = [_error(name, why) for name in _OURS[:3] if (why := _missing(form, name))]
    mode, topic_url = form.get("hub.mode", ""), form.get("hub.topic", "")
    if mode and mode not in (Mode.SUBSCRIBE, Mode.UNSUBSCRIBE):
        errors.append(_error("hub.mode", said("must be `subscribe` or `unsubscribe`")))
    topic = rules.topic_of(unescaped(topic_url))
    if topic_url and topic is None:
        errors.append(unknown_topic())
    callback, host = unescaped(form.get("hub.callback", "")), ""
    if callback:
        try:
            host = host_of(callback, rules.allowed)
        except BadAddress as bad:
            errors.append(_error("hub.callback", bad.why))
    lease, secret = form.get("hub.lease_seconds"), form.get("hub.secret")
    if mode == Mode.UNSUBSCRIBE:
        lease = None  # to be ignored: WebSub, section 5.1
    if lease is not None and not _LEASE.fullmatch(lease):
        errors.append(_error("hub.lease_seconds", said("must be a number of seconds above zero")))
    if secret is not None and (why := _bad_secret(secret)):
        errors.append(_error("hub.secret", why))
    if errors or topic is None:
        raise Problem("invalid", errors=errors)
    bounded = rules.leases.bounded(lease)
    return Wish(Mode(mode), topic, topic_url, callback, host, secret, bounded)


def unknown_topic() -> FieldError:
    """Say that an address is no topic of ours."""
    return _error("hub.topic", said("must be the `self` address of a feed from here"))


def _missing(form: Mapping[str, str], name: str) -> Said | None:
    return None if name in form else said("is missing")


def _bad_secret(secret: str) -> Said | None:
    if len(secret.encode()) >= _SECRET_BELOW:
        return said("must be shorter than {bytes} bytes", bytes=_SECRET_BELOW)
    return said("holds a zero character") if "\0" in secret else None


def _error(name: str, why: Said) -> FieldError:
    return FieldError(f"/{name}", why, "value_error")
