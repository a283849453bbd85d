"""What a way must look like to be taken."""

from typing import Any

import asyncssh
import pytest
from pydantic import ValidationError

from schemas.partner import Format
from services.syndicate.deliveries.forms import SftpTarget
from services.syndicate.deliveries.given import GivenEmail, GivenObjectStore, GivenSftp, new_way

KEY = asyncssh.generate_private_key("ssh-ed25519")
LOCKED = KEY.export_private_key("pkcs8-pem", passphrase="x").decode()
LINE = f"sftp.vtv.example {KEY.export_public_key().decode().strip()}"
SFTP: dict[str, Any] = {
    "kind": "sftp",
    "target": "sftp://tinbai@sftp.vtv.example/in",
    "format": Format.NEWSML,
    "known_hosts": LINE,
    "password": "secret",
}
STORE: dict[str, Any] = {
    "kind": "object_store",
    "target": "s3://vtv/in",
    "format": Format.NINJS,
    "access_key_id": "AKID",
    "secret_access_key": "secret",
}


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("sftp://u@h/in", SftpTarget("u", "h", 22, "/in")),
        ("sftp://u@h:2222/in/t%C6%B0", SftpTarget("u", "h", 2222, "/in/tư")),
        ("sftp://u@h/~/in", SftpTarget("u", "h", 22, "in")),
        ("sftp://u@h/~/", SftpTarget("u", "h", 22, ".")),
        ("sftp://u@[2001:db8::1]/", SftpTarget("u", "2001:db8::1", 22, "/")),
        ("sftp://u:p@h/in", None),
        ("sftp://h/in", None),
        ("sftp://u@h", None),
        ("sftp://u@/in", None),
        ("sftp://u@h:99999/in", None),
        ("sftp://u@h/in?x=1", None),
        ("sftp://u@h/in%0Arm", None),
        ("sftp://u@h/in\n", None),
        ("sftp://u@h\0/in", None),
        ("ssh://u@h/in", None),
        ("/in", None),
    ],
)
def test_a_target_of_sftp_is_taken_apart_or_refused(url, target):
    assert SftpTarget.read(url) == target


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "sftp://tinbai:secret@sftp.vtv.example/in"},
        {"target": "sftp://tinbai@other.example/in"},
        {"known_hosts": "sftp.vtv.example"},
        {"known_hosts": "sftp.vtv.example ssh-ed25519 AAAA"},
        {"known_hosts": LINE.replace("vtv", "vov")},
        {"known_hosts": ""},
        {"known_hosts": f"{LINE}\0"},
        {"password": "secret\0"},
        {"password": None},
        {"private_key": KEY.export_private_key().decode()},
        {"password": None, "private_key": "no key"},
        {"password": None, "private_key": LOCKED},
        {"host": "elsewhere"},
        {"format": None},
    ],
    ids=" ".join,
)
def test_a_way_by_sftp_that_could_not_work_is_refused(wrong):
    with pytest.raises(ValidationError) as error:
        GivenSftp.model_validate(SFTP | wrong)

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "known_hosts",
    [
        LINE,
        f"# a remark\n\n{LINE}\nother.example {LINE.partition(' ')[2]}",
        f"*.vtv.example {LINE.partition(' ')[2]}",
        f"@cert-authority *.vtv.example {LINE.partition(' ')[2]}",
    ],
    ids=range(4),  # the key differs from run to run
)
def test_the_lines_of_openssh_name_the_server(known_hosts):
    assert GivenSftp.model_validate(SFTP | {"known_hosts": known_hosts})


def test_a_server_at_another_port_is_named_with_it():
    target = "sftp://tinbai@sftp.vtv.example:2222/in"
    known_hosts = f"[sftp.vtv.example]:2222 {LINE.partition(' ')[2]}"

    given = GivenSftp.model_validate(SFTP | {"target": target, "known_hosts": known_hosts})

    assert given.host() == "sftp.vtv.example"


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "s3://"},
        {"target": "s3://VTV"},
        {"target": "s3://vtv/../other"},
        {"target": "s3://vtv/a//b"},
        {"target": "s3://vtv/a/"},
        {"target": "s3://vtv@evil.example/a"},
        {"target": "file:///etc"},
        {"target": "memory:///"},
        {"endpoint": "https://store.example/path"},
        {"endpoint": "https://user@store.example"},
        {"endpoint": "ftp://store.example"},
        {"region": "x.evil.example/#"},
        {"access_key_id": "A B"},
        {"secret_access_key": ""},
    ],
    ids=" ".join,
)
def test_a_bucket_that_could_lead_elsewhere_is_refused(wrong):
    with pytest.raises(ValidationError):
        GivenObjectStore.model_validate(STORE | wrong)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, "s3.ap-southeast-1.amazonaws.com"),
        ("https://store.vtv.example:9000", "store.vtv.example:9000"),
    ],
)
def test_a_bucket_is_amazons_unless_it_is_said_where_it_is(endpoint, host):
    given = STORE | {"region": "ap-southeast-1"} | ({"endpoint": endpoint} if endpoint else {})

    assert GivenObjectStore.model_validate(given).host() == host


@pytest.mark.parametrize(
    "address",
    [
        "",
        "toasoan",
        "a@b@c.example",
        "a@b.example\nBcc: c@d.example",
        "a@b.example, c@d.example",
        "Tòa soạn <a@b.example>",
        "<a@b.example>",
        "tòa@b.example",
        "a@b..example",
        "a@-b.example",
        ".a@b.example",
        "a b@c.example",
        f"{'a' * 250}@b.example",
    ],
)
def test_what_is_not_one_mail_address_is_refused(address):
    with pytest.raises(ValidationError):
        GivenEmail.model_validate({"kind": "email", "target": address})


def test_secrets_are_kept_apart_from_what_may_be_told():
    for given, secret in (
        (GivenSftp.model_validate(SFTP), "secret"),
        (GivenObjectStore.model_validate(STORE), "secret"),
    ):
        way = new_way("vtv", given)

        assert way.secret == secret
        assert "secret" not in str(way.settings)
        assert "secret" not in way.target
