"""Where a name leads, for calls that are no HTTP: every address of it must be one we may call."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from services.common.outgoing import Resolve, TargetRefused
from services.common.targets import Network, may_reach

_LOOKUPS = 8  # names looked up at once: a lookup can't be cancelled, and may take half a minute


class Addresses:
    """Looks names up, at each call anew. Whoever connects must do so to what it gave, and not look
    the name up again: it may lead elsewhere by then."""

    def __init__(self, allowed: Sequence[Network] = (), *, resolve: Resolve | None = None) -> None:
        self._allowed = allowed
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "lookup")
        self._resolve = resolve or self._look_up

    async def of(self, host: str, port: int) -> Sequence[str]:
        """Give the addresses of a host, at least one. Raises TargetRefused, OSError."""
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except UnicodeError as error:  # a label of more than 63 characters
            raise TargetRefused("the host is not a name") from error
        if not found:
            raise OSError("the name has no address")
        for address in found:
            if not may_reach(address, self._allowed):
                raise TargetRefused(f"the address {address} is not public")
        return found

    def close(self) -> None:
        """Look up nothing more."""
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int) -> Sequence[str]:
        def look_up() -> list[str]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            return [str(entry[4][0]) for entry in found]

        return await asyncio.get_running_loop().run_in_executor(self._lookups, look_up)
