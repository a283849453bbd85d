"""What a partner runs: a client, a mirror of what it was told, and the proof that it is whole.

It needs httpx2, rfc8785, cryptography and typer, and nothing else of ours; the simulator needs
starlette and uvicorn as well. Copy the folder, or take what you need of it.
"""

from partner.client import Client, Refused, Unavailable, WentBack
from partner.entry import Entry, Invalid, read_entry
from partner.mirror import Mirror
from partner.signature import BadSignature, verified

__all__ = [
    "BadSignature",
    "Client",
    "Entry",
    "Invalid",
    "Mirror",
    "Refused",
    "Unavailable",
    "WentBack",
    "read_entry",
    "verified",
]
