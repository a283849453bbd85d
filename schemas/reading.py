"""From a Kafka record to an event, or to the reason why it is none."""

from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from schemas.events import (
    ARTICLE_EVENT,
    DELIVERY_EVENT,
    REGISTRY_EVENT,
    ArticleEvent,
    DeliveryEvent,
    Event,
    RegistryEvent,
)

Reason = Literal["no_key", "not_json", "wrong_schema", "key_mismatch"]
E_ = TypeVar("E_", bound=Event)


class InvalidRecord(Exception):
    """A record breaks its contract; `detail` names fields, never what stood in them."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


def read_article_event(key: bytes | None, value: bytes) -> ArticleEvent:
    """Read a record of `articles` or `articles.express`. Raises InvalidRecord."""
    return _read(ARTICLE_EVENT, key, value)


def read_registry_event(key: bytes | None, value: bytes) -> RegistryEvent:
    """Read a record of `registry`. Raises InvalidRecord."""
    return _read(REGISTRY_EVENT, key, value)


def read_delivery_event(key: bytes | None, value: bytes) -> DeliveryEvent:
    """Read a record of `deliveries`. Raises InvalidRecord."""
    return _read(DELIVERY_EVENT, key, value)


def _read(contract: TypeAdapter[E_], key: bytes | None, value: bytes) -> E_:
    if key is None:
        raise InvalidRecord("no_key", "the record has no key")
    try:
        document = from_json(value)
    except ValueError as error:
        raise InvalidRecord("not_json", str(error)[:500]) from None
    try:
        event = contract.validate_python(document)
    except ValidationError as error:
        raise InvalidRecord("wrong_schema", _summary(error)) from None
    if event.record_key.encode() != key:
        raise InvalidRecord("key_mismatch", f"the key of this event is {event.record_key}")
    return event


def _summary(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"/{'/'.join(map(str, f['loc']))}: {f['msg']}" for f in faults[:5])[:1000]
