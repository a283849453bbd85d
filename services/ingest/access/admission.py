"""Who calls: decided before anything else of a request is looked at."""

from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.requests import Request

from services.common import auth
from services.common.database import Database
from services.common.heads import asked_method
from services.common.limiter import Allowance, Limiter, stranger
from services.common.problems import Problem, unauthorized
from services.common.said import said
from services.ingest.access import nonces
from services.ingest.access.exchange import Exchange, exchange_of
from services.ingest.access.keyring import Caller, Keyring
from services.ingest.access.signatures import Message, verified


class Admission:
    """Lets callers in, each at his rate."""

    def __init__(
        self, database: Database, keyring: Keyring, limiter: Limiter, public_url: str
    ) -> None:
        self._database = database
        self.keyring = keyring
        self._limiter = limiter
        self._public_url = public_url.rstrip("/")

    async def admit(self, request: Request, authorization: str | None) -> Caller:
        """Tell who calls. Raises Problem: 401 for no or no good key, 429 for too much.

        After a signed request, the body that can be read is the one that was signed.
        """
        try:
            if authorization is None and "signature" in request.headers:
                caller = await self._signer(request, exchange_of(request))
            else:
                caller = await self._bearer(request, authorization)
        except Problem as refusal:
            if refusal.kind == "unauthorized":
                self._count_stranger(request)
            raise
        self.keyring.note_use(caller)
        return caller

    def take(self, request: Request, caller: Caller, cost: int = 1) -> Allowance:
        """Take `cost` of what the caller may ask, and say in the answer what is left. Raises
        Problem (429)."""
        allowance = self._limiter.take(caller.key, cost)
        exchange_of(request).headers = allowance.headers
        if not allowance.granted:
            raise allowance.problem
        return allowance

    async def _bearer(self, request: Request, authorization: str | None) -> Caller:
        key = auth.bearer(authorization)
        caller = None if key is None else await self.keyring.bearer(key)
        if caller is None:
            raise unauthorized()
        self.take(request, caller)
        return caller

    async def _signer(self, request: Request, exchange: Exchange) -> Caller:
        await self.keyring.refresh()
        signed = verified(self._as_signed(request), self._public_key)
        held = self.keyring.signer(signed.key)
        if held is None:
            raise unauthorized()
        self.take(request, held.caller)
        await exchange.compare(signed.digests)
        # Stored by itself, before there is an effect: a request that fails later is signed anew.
        if not await self._database.write(partial(nonces.use, signed=signed)):
            raise unauthorized(
                said("This signature was used before. Sign each request anew, with its own nonce.")
            )
        return held.caller

    def _public_key(self, key_id: str) -> Ed25519PublicKey | None:
        held = self.keyring.signer(key_id)
        return held.public_key if held else None

    def _as_signed(self, request: Request) -> Message:
        path, query = request.scope["raw_path"], request.scope["query_string"]
        address = path + (b"?" + query if query else b"")
        url = self._public_url + address.decode("latin-1")
        return Message(asked_method(request), url, request.headers)

    def _count_stranger(self, request: Request) -> None:
        """Who has no good key may try as often as a key may call, by his address."""
        allowance = self._limiter.take(stranger(request.client and request.client.host))
        if not allowance.granted:
            exchange_of(request).headers = allowance.headers
            raise allowance.problem
