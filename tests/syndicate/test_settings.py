"""What can't be meant is refused before anything is opened."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.syndicate.settings import SyndicateSettings


@pytest.mark.parametrize(
    "absurd",
    [
        {"feed_size": 0},
        {"feed_age": 0},
        {"publication": "Tin\x0bb\u00e0i"},
        {"hub_lease_most": 100},
        {"hub_lease_least": 864_001},
        {"hub_lease_most": 10**12},
        {"hub_pause": float("inf")},
        {"hub_patience": 10**15},
        {"partner_folders": "srv/partners"},
        {"partner_folders": "/srv/../etc"},
        {"smtp_url": "mail.example"},
        {"smtp_url": "smtp://user:password@mail.example?tls=no"},
        {"mail_from": "Tin bài"},
    ],
    ids=str,
)
def test_absurd_settings_are_refused(absurd):
    with pytest.raises(ValidationError):
        SyndicateSettings(data=Path(), **absurd)


def test_what_is_given_by_default_is_taken():
    assert SyndicateSettings(data=Path()).hub_lease_default == 864_000


def test_folders_for_partners_and_the_mail_server_are_read():
    settings = SyndicateSettings(
        data=Path(),
        partner_folders="/srv/partners, /mnt/papers",
        smtp_url="smtps://tinbai:m%40t@mail.example",
        mail_from="Báo Hải quan <tin@haiquan.example>",
    )
    server = settings.mail_server

    assert settings.partner_folders == (Path("/srv/partners"), Path("/mnt/papers"))
    assert server
    assert (server.host, server.port, server.tls) == ("mail.example", 465, "from_start")
    assert (server.user, server.password) == ("tinbai", "m@t")
    assert str(server.sender) == "Báo Hải quan <tin@haiquan.example>"
    assert "m@t" not in repr(settings)
    assert "m%40t" not in repr(settings)
    assert SyndicateSettings(data=Path()).mail_server is None
