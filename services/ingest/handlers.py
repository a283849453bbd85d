"""Events in: what the other services tell of versions, from Kafka to the store."""

from functools import partial

import structlog
from faststream.kafka import KafkaBroker

from schemas.events import DeliveryEvent
from schemas.reading import read_delivery_event
from schemas.topics import DELIVERIES
from services.common.consuming import Batch, DeadLetters, RecordHandler
from services.common.database import Database
from services.common.kafka import consume
from services.common.trace import tracing
from services.ingest.tracking import hops

log = structlog.get_logger()


def subscribe(broker: KafkaBroker, database: Database, database_id: str) -> None:
    """Read `deliveries`. Several ingest processes on one database share the work."""

    async def take(batch: Batch[DeliveryEvent]) -> None:
        events = {item.event.key: item.event for item in batch.items if item.event}
        told = [hops.hop_of(item.event) for item in batch.items if item.event]
        # What is known is passed over in silence: an index that is made anew tells of everything.
        for hop in await database.write(partial(hops.keep, told=told)):
            with tracing(events[hop.key].trace):
                log.info("hop_taken", article=str(hop.article), version=hop.version, hop=hop.event)

    park = DeadLetters(broker, "ingest").park
    handler = RecordHandler(read_delivery_event, take, park_invalid=park, park_failed=park)
    consume(broker, DELIVERIES, f"tinbai-ingest-{database_id}.{DELIVERIES.name}", handler)
