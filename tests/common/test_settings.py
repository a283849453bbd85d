"""Settings as they are written in the environment."""

from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from services.common.settings import ServiceSettings, settings_given

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


@pytest.mark.parametrize("given", ["https://feeds.example/", "https://feeds.example//"])
def test_a_slash_at_the_end_of_a_public_address_is_not_doubled_in_links(given):
    assert ServiceSettings(port=1, syndicate_url=given).syndicate_url == "https://feeds.example"


@pytest.mark.parametrize(
    "given", ["feeds.example", "ftp://x", "https://", "https://x/?a", "https://x/#a", "https://a@x"]
)
def test_what_is_no_public_address_is_refused_at_the_start(given):
    with pytest.raises(ValidationError, match="must"):
        ServiceSettings(port=1, syndicate_url=given)


def test_who_starts_it_is_told_what_is_wrong_in_a_line_for_each(monkeypatch):
    monkeypatch.setattr("sys.argv", ["service"])
    monkeypatch.setenv("TINBAI_PORT", "99999")
    monkeypatch.setenv("TINBAI_ARCHIVE_URL", "somewhere")
    with pytest.raises(SystemExit) as stopped:
        settings_given(ServiceSettings)
    first, *rest = str(stopped.value).split("\n")
    assert first == "These settings can't be meant."
    assert [line.partition(":")[0] for line in rest] == ["port", "archive_url"]
