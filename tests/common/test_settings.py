"""Settings as they are written in the environment."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from services.common.settings import ServiceSettings

BOTH = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("", ()),
        ("127.0.0.0/8,::1/128", BOTH),
        (" 127.0.0.0/8 , ::1 ", BOTH),
        ('["127.0.0.0/8", "::1/128"]', BOTH),
    ],
)
def test_allowed_targets_are_a_list_of_networks(monkeypatch, text, networks):
    monkeypatch.setenv("TINBAI_ALLOWED_TARGETS", text)

    assert ServiceSettings(port=1).allowed_targets == networks


@pytest.mark.parametrize("text", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "*"])
def test_what_is_no_network_is_refused_at_the_start(monkeypatch, text):
    monkeypatch.setenv("TINBAI_ALLOWED_TARGETS", text)

    with pytest.raises(ValidationError):
        ServiceSettings(port=1)
