"""Calls go to public addresses only, in whatever form an address is written."""

import socket
from ipaddress import ip_network

import pytest

from services.common.targets import may_reach

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "203.162.0.11",
    "2001:4860:4860::8888",
    "2405:4800::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",  # a site of IPv4 as a network of IPv6 sees it
]
NOT_PUBLIC = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",  # Teredo
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:db8::1",
    "2002:7f00:1::",  # 6to4 of loopback
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "",
    "localhost",
    "8.8.8.8.8",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address):
    assert may_reach(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_address_may_not(address):
    assert not may_reach(address)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0", "[::1]", "0x7F.0.1"]
)
def test_what_the_system_makes_of_a_number_is_judged_not_how_it_is_written(host):
    found = socket.getaddrinfo(host.strip("[]"), 80, type=socket.SOCK_STREAM)

    assert found
    assert not any(may_reach(str(entry[4][0])) for entry in found)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("::ffff:127.0.0.1", "127.0.0.0/8"),
        ("10.2.3.4", "10.2.0.0/16"),
        ("::1", "::1/128"),
        ("fd12:3456::1", "fd12:3456::/32"),
    ],
)
def test_an_allowed_network_may_be_called_and_no_other(address, network):
    assert may_reach(address, [ip_network(network)])
    assert not may_reach("192.168.1.1", [ip_network(network)])
