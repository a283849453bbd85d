"""Topics are as they must be, also those that an older release made."""

import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.topics import EXPRESS, TOPICS
from services.common.kafka import ensure_topics
from tests.stack.processes import DEADLINE

pytestmark = pytest.mark.xdist_group("stack")


async def config_of(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    [(_, _, _, _, entries)] = answer.resources
    return {name: value for name, value, *_ in entries}


async def made(admin: AIOKafkaAdminClient, topic: str) -> None:
    """Wait until the broker has heard of a topic from its controller."""
    async with asyncio.timeout(DEADLINE):
        while not await config_of(admin, topic):
            await asyncio.sleep(0.02)


async def test_a_topic_of_an_older_release_is_brought_in_line_and_keeps_what_others_set(
    bootstrap: str,
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        old = {"cleanup.policy": "delete", "retention.ms": "1000", "max.message.bytes": "2000000"}
        topic = NewTopic(EXPRESS.name, EXPRESS.partitions, 1, topic_configs=old)
        await admin.create_topics([topic])
        await made(admin, EXPRESS.name)
        await ensure_topics(admin)
        for each in TOPICS:
            await made(admin, each.name)
            assert each.config.items() <= (await config_of(admin, each.name)).items()
        assert (await config_of(admin, EXPRESS.name))["max.message.bytes"] == "2000000"
        await ensure_topics(admin)
    finally:
        await admin.close()
