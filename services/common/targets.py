"""Which network addresses an outgoing call may go to. Pure: an address in, a verdict out."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# Beyond what `is_global` of every Python we run on knows.
_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4: the address behind it is anybody's choice
        "3fff::/20",  # documentation
    )
)
# All that is public in IPv6 is given out of this.
_UNICAST = IPv6Network("2000::/3")
# An IPv4 address stands in the last 32 bits of these.
_TRANSLATED = (
    IPv6Network("::/96"),
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("64:ff9b::/96"),
)


def may_reach(text: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether a call may go to this address: a public one, or one of an allowed network.

    An IPv6 address that only wraps one of IPv4 is judged by what it wraps.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    meant = _unwrapped(address)
    return _in_any(address, allowed) or _in_any(meant, allowed) or _is_public(meant)


def _unwrapped(address: Address) -> Address:
    if isinstance(address, IPv6Address) and _in_any(address, _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not _in_any(address, _NOT_PUBLIC)
    )


def _in_any(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
