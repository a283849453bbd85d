"""From a batch of Kafka records to events, so that one bad record hurts only itself."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import structlog
from faststream.kafka import KafkaBroker

from schemas.events import Event, RecordParked
from schemas.reading import InvalidRecord
from schemas.topics import DEAD
from services.common.database import store_is_at_fault
from services.common.ids import new_id
from services.common.instants import now
from services.common.kafka import Record
from services.common.metrics import PARKED
from services.common.publishing import message_of, publisher
from services.common.trace import current_trace

E_ = TypeVar("E_", bound=Event)
Reason = Literal["no_key", "not_json", "wrong_schema", "key_mismatch", "not_applied"]
Producer = Literal["ingest", "syndicate", "archive"]
Park = Callable[[Record, Reason, str], Awaitable[None]]

_KEPT_BYTES = 256 * 1024
_PAUSE = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between attempts; the last one for ever

log = structlog.get_logger()


@dataclass(frozen=True)
class Received(Generic[E_]):
    """One record: an event, or a tombstone (`event` is None)."""

    record: Record
    event: E_ | None


@dataclass(frozen=True)
class Batch(Generic[E_]):
    """What came at once, and how far each partition is read when it has been applied."""

    items: list[Received[E_]]
    next_offsets: dict[tuple[str, int], int]


class RecordHandler(Generic[E_]):
    """Reads records and applies them as one batch; if that fails, one by one.

    A record that breaks the contract, or that alone can't be applied, is handed to `park`. When
    the store or Kafka is at fault nothing is parked: the error is raised after a growing pause,
    and FastStream's NACK_ON_ERROR gives the same records again.
    """

    def __init__(
        self,
        read: Callable[[bytes | None, bytes], E_],
        apply: Callable[[Batch[E_]], Awaitable[None]],
        *,
        park_invalid: Park,
        park_failed: Park,
    ) -> None:
        self._read = read
        self._apply = apply
        self._park_invalid = park_invalid
        self._park_failed = park_failed
        self._failures = 0

    async def __call__(self, records: Sequence[Record]) -> None:
        """Apply all of `records`, or raise."""
        try:
            await self._apply_all(await self._batch(records))
        except Exception:
            pause = _PAUSE[min(self._failures, len(_PAUSE) - 1)]
            self._failures += 1
            log.exception("records_not_applied", count=len(records), pause=pause)
            await asyncio.sleep(pause)
            raise
        self._failures = 0

    async def _apply_all(self, batch: Batch[E_]) -> None:
        try:
            await self._apply(batch)
        except Exception as error:
            if not batch.items or store_is_at_fault(error):
                raise
            log.exception("batch_not_applied", count=len(batch.items))
            for item in batch.items:
                await self._apply_alone(item)
            await self._apply(Batch([], batch.next_offsets))

    async def _apply_alone(self, item: Received[E_]) -> None:
        record = item.record
        try:
            await self._apply(Batch([item], _next_offsets([record])))
        except Exception as error:
            if store_is_at_fault(error):
                raise
            log.exception("record_not_applied", **_place(record))
            await self._park_failed(record, "not_applied", type(error).__name__)

    async def _batch(self, records: Sequence[Record]) -> Batch[E_]:
        items = []
        for record in records:
            if record.value is None and record.key is not None:
                items.append(Received[E_](record, None))
                continue
            try:
                items.append(Received(record, self._read(record.key, record.value or b"")))
            except InvalidRecord as invalid:
                await self._park_invalid(record, invalid.reason, invalid.detail)
        return Batch(items, _next_offsets(records))


async def pass_over(record: Record, reason: Reason, detail: str) -> None:
    """Leave an invalid record to the service that parks them, so that it is parked once."""
    log.info("record_passed_over", reason=reason, detail=detail, **_place(record))


class DeadLetters:
    """Puts records that can't be used into `articles.dead`, with the reason."""

    def __init__(self, broker: KafkaBroker, producer: Producer) -> None:
        self._publish = publisher(broker)
        self._producer: Producer = producer

    async def park(self, record: Record, reason: Reason, detail: str) -> None:
        """Park `record`; raises if Kafka did not confirm. Parked again, it takes its own place."""
        event = RecordParked(
            id=new_id(),
            time=now(),
            producer=self._producer,
            trace=current_trace(),
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            reason=reason,
            detail=detail[:2000],
            size=len(record.value or b""),
            record_key_base64=_base64(record.key),
            value_base64=_base64(record.value),
        )
        await self._publish([message_of(event, DEAD)])
        PARKED.labels(record.topic, reason).inc()
        log.error("record_parked", reason=reason, detail=detail, **_place(record))


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data[:_KEPT_BYTES]).decode()


def _next_offsets(records: Sequence[Record]) -> dict[tuple[str, int], int]:
    return {(r.topic, r.partition): r.offset + 1 for r in records}


def _place(record: Record) -> dict[str, object]:
    return {"topic": record.topic, "partition": record.partition, "offset": record.offset}
