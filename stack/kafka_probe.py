"""Ask a Kafka broker the smallest question that only a working one answers."""

import asyncio
import struct

# ApiVersions, version 0 (https://kafka.apache.org/protocol#The_Messages_ApiVersions):
# size, api key 18, api version 0, correlation id 1, no client id.
_REQUEST = struct.pack(">ihhih", 10, 18, 0, 1, -1)


async def kafka_answers(host: str, port: int, timeout_s: float = 1.0) -> bool:
    """Whether a broker takes requests there: the port alone is open long before."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(_REQUEST)
                _, correlation = struct.unpack(">ii", await reader.readexactly(8))
            finally:
                writer.close()
    except (OSError, asyncio.IncompleteReadError):  # TimeoutError is an OSError
        return False
    return bool(correlation == 1)
