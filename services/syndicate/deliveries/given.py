"""Ways as an admin hands them in: what each kind needs, and what must not be told again."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, RootModel, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.partner import Format
from services.common.given import Given
from services.syndicate.deliveries.forms import (
    SftpTarget,
    check_mailbox,
    check_origin,
    check_private_key,
    check_sftp_url,
    names_key_of,
)
from services.syndicate.deliveries.ways import NewWay

_FOLDER_IN_BUCKET = r"(/[A-Za-z0-9_=-][A-Za-z0-9._=-]*)*"
_BUCKET = rf"^s3://[a-z0-9][a-z0-9.-]{{1,61}}[a-z0-9]{_FOLDER_IN_BUCKET}$"
_AMAZON = "https://s3.{}.amazonaws.com"

# Without the one character that PostgreSQL can't store.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", min_length=1, max_length=20_000)]


class _Given(Given):
    """What every kind has."""

    target: Annotated[str, Field(min_length=1, max_length=1000)]
    format: Format

    def host(self) -> str:
        """Give the name of what calls are shared out by: one that is slow holds up no other."""
        return self.target

    def settings(self) -> Mapping[str, str]:
        """Give what is kept beside the target, and may be told."""
        return {}

    def secret(self) -> str | None:
        """Give what nobody is told again."""
        return None


class GivenFolder(_Given):
    """A folder on a disk of ours; `target` is its path."""

    kind: Literal["folder"]


class GivenObjectStore(_Given):
    """A bucket of a store that speaks S3; `target` is `s3://BUCKET/FOLDER`."""

    kind: Literal["object_store"]
    target: Annotated[str, StringConstraints(pattern=_BUCKET, max_length=1000)]
    endpoint: Annotated[str, AfterValidator(check_origin)] | None = None
    """Where the store is; Amazon's own, if it isn't said."""
    region: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,50}$")] = "us-east-1"
    access_key_id: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
    secret_access_key: Text

    def host(self) -> str:
        """The store's."""
        return urlsplit(self.settings()["endpoint"]).netloc

    def settings(self) -> Mapping[str, str]:
        """All but the secret."""
        return {
            "endpoint": self.endpoint or _AMAZON.format(self.region),
            "region": self.region,
            "access_key_id": self.access_key_id,
        }

    def secret(self) -> str:
        """The half of the key that signs."""
        return self.secret_access_key


class GivenSftp(_Given):
    """A folder of a server that speaks SFTP; `target` is `sftp://USER@HOST:PORT/FOLDER`."""

    kind: Literal["sftp"]
    target: Annotated[str, AfterValidator(check_sftp_url), Field(max_length=1000)]
    known_hosts: Text
    """The server's keys, as lines of OpenSSH's `known_hosts`."""
    password: Text | None = None
    private_key: Annotated[Text, AfterValidator(check_private_key)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.password is None) == (self.private_key is None):
            raise PydanticCustomError("one_of", "give either `password` or `private_key`")
        if not names_key_of(self.known_hosts, self._target()):
            raise PydanticCustomError(
                "known_hosts",
                "`known_hosts` names no key of this server: `ssh-keyscan` gives the lines",
            )
        return self

    def host(self) -> str:
        """The server's."""
        return self._target().host

    def settings(self) -> Mapping[str, str]:
        """How we know the server, and how it knows us."""
        login = "password" if self.password else "private_key"
        return {"known_hosts": self.known_hosts, "login": login}

    def secret(self) -> str | None:
        """The password or the key."""
        return self.password or self.private_key

    def _target(self) -> SftpTarget:
        target = SftpTarget.read(self.target)
        assert target is not None
        return target


class GivenEmail(_Given):
    """A mailbox; `target` is its address. A `format` other than `json` comes with each mail as an
    attached file."""

    kind: Literal["email"]
    target: Annotated[str, AfterValidator(check_mailbox)]
    format: Format = Format.JSON

    def host(self) -> str:
        """The mailbox's: it is what may be slow, not who relays our mails."""
        return self.target.rpartition("@")[2].lower()


OneOfThem = GivenFolder | GivenObjectStore | GivenSftp | GivenEmail


class GivenWay(RootModel[Annotated[OneOfThem, Field(discriminator="kind")]]):
    """One of them, by its `kind`."""

    KINDS: ClassVar[Mapping[str, type[OneOfThem]]] = {
        "folder": GivenFolder,
        "object_store": GivenObjectStore,
        "sftp": GivenSftp,
        "email": GivenEmail,
    }


def new_way(partner: str, given: OneOfThem) -> NewWay:
    """Make of it what is stored."""
    return NewWay(
        partner=partner,
        kind=given.kind,
        format=given.format,
        target=given.target,
        host=given.host(),
        settings=given.settings(),
        secret=given.secret(),
    )
