"""ninjs 3.1, as far as an article needs it. Every URI is one by RFC 3986: the schema says so."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

NewsType = Literal["text", "audio", "video", "picture", "graphic", "composite"]


class Shape(BaseModel):
    """Names are camelCase in JSON; what is None is left out."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Standard(Shape):
    """What it is valid against."""

    name: str = "ninjs"
    version: str = "3.1"
    schema_: str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"

    model_config = ConfigDict(
        alias_generator=lambda name: name.rstrip("_"), populate_by_name=True, frozen=True
    )


class Text(Shape):
    """A headline, a description or a body."""

    role: str | None = None
    content_type: str | None = None
    value: str


class Named(Shape):
    """A person, place, subject, genre, or source: by name, by URI, by code, or by several."""

    name: str | None = None
    rel: str | None = None
    role: str | None = None
    uri: str | None = None
    literal: str | None = None


class AltId(Shape):
    """Another id."""

    role: str
    value: str


class NinjsRendition(Shape):
    """A file. `width` and `height` are pixels, `duration` is seconds."""

    name: str
    href: str
    content_type: str | None = None
    title: str | None = None
    width: int | None = None
    height: int | None = None
    size_in_bytes: int | None = None
    duration: float | None = None


class NewsObject(Shape):
    """What an article and what belongs to it have in common."""

    uri: str
    type: NewsType | None = None
    headlines: list[Text] | None = None
    descriptions: list[Text] | None = None
    info_sources: list[Named] | None = None
    by: str | None = None
    renditions: list[NinjsRendition] | None = None


class Association(NewsObject):
    """A file, or another page or article, and what it is to this one."""

    name: str
    rel: str


class Ninjs(NewsObject):
    """An article."""

    standard: Standard = Standard()
    representation_type: Literal["full"] = "full"
    profile: str
    version: str
    first_created: datetime
    version_created: datetime
    embargoed_until: datetime | None = None
    expires: datetime | None = None
    pub_status: Literal["usable", "withheld", "canceled"]
    urgency: int | None = None
    usage_terms: str | None = None
    ed_note: str | None = None
    language: str
    title: str
    bodies: list[Text] | None = None
    people: list[Named] | None = None
    places: list[Named] | None = None
    subjects: list[Named] | None = None
    genres: list[Named] | None = None
    alt_ids: list[AltId] | None = None
    associations: list[Association] | None = None
