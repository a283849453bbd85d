"""A paper to look at: an archive with the demo's articles and pictures, at times that stay."""

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import uvicorn

from schemas.article import Article, Media, Rendition, Retraction
from schemas.events import CampaignChanged, ColumnChanged, RegistryEvent, UnitChanged
from services.archive.app import build
from services.archive.settings import ArchiveSettings
from services.ingest.media.kinds import PNG
from services.ingest.media.pictures import take_picture
from services.ingest.text.body import clean_body
from stack.demo.content import Content, Entry, read_content
from stack.demo.pictures import PICTURES
from tests.factories import TRACE
from tests.stack.processes import until

_LAST = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
_APART = timedelta(hours=5)
_Changed = type[UnitChanged] | type[ColumnChanged] | type[CampaignChanged]
_REGISTRY: dict[str, tuple[str, _Changed]] = {
    "units": ("unit", UnitChanged),
    "columns": ("column", ColumnChanged),
    "campaigns": ("campaign", CampaignChanged),
}


@dataclass(frozen=True)
class Paper:
    """A running archive, seen from a browser."""

    url: str

    def article(self, name: str) -> str:
        """Give the address of an article."""
        return f"{self.url}/articles/{id_of(name)}"


def id_of(name: str) -> UUID:
    """Give the id of an article, or of a picture."""
    return uuid5(NAMESPACE_URL, name)


@contextmanager
def printed(further: Sequence[Article] = (), draw: Sequence[str] = ()) -> Iterator[Paper]:
    """Run an archive with the demo's articles and `further` ones. Of the demo's pictures, `draw`
    names those that are wanted."""
    content = read_content()
    with TemporaryDirectory() as folder:
        data = Path(folder)
        media = {name: _store(name, data / "media") for name in draw}
        app = build(
            ArchiveSettings(
                data=data,
                kafka_bootstrap="127.0.0.1:1",
                archive_url="https://bao.example",
                syndicate_url="https://feeds.example",
                publication="Tin Hải quan",
            )
        )
        with socket.create_server(("127.0.0.1", 0)) as door:
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
            thread = threading.Thread(target=_serve, args=(server, door))
            thread.start()
            try:
                until(lambda: server.started or not thread.is_alive())
                parts = app.state.parts
                parts.engine.name({event.key: event for event in _registry(content)}, {})
                parts.registry.reload()
                parts.engine.take([*_articles(content, media), *further], {})
                yield Paper(f"http://127.0.0.1:{door.getsockname()[1]}")
            finally:
                server.should_exit = True
                thread.join()


def _serve(server: uvicorn.Server, door: socket.socket) -> None:
    asyncio.run(server.serve([door]))


def _registry(content: Content) -> Iterator[RegistryEvent]:
    for kind, entries in content.registry.items():
        name, event = _REGISTRY[kind]
        shared = {"id": id_of(name), "time": _LAST, "producer": "ingest", "trace": TRACE}
        for entry in entries:
            yield event.model_validate({**shared, name: entry})


def _articles(content: Content, media: Mapping[str, Media]) -> Iterator[Article]:
    many = len(content.articles)
    for place, entry in enumerate(content.articles, 1):
        yield _article(entry, media, _LAST - _APART * (many - place))
    for correction in content.corrections:
        first = _article(content.article(correction["article"]), media, _LAST - _APART * 4)
        yield first.model_copy(update={"version": 2, "updated": _LAST, **_text(correction)})
    for end in content.retractions:
        yield Article.model_validate(
            {
                **dict.fromkeys(("headline", "body"), ""),
                "id": id_of(end["article"]),
                "unit": content.article(end["article"])["unit"],
                "version": 2,
                "pub_status": "canceled",
                "published": _LAST - _APART * 9,
                "updated": _LAST,
                "retraction": Retraction(reason=end["reason"], notice=end["notice"], at=_LAST),
            }
        )


def _article(entry: Entry, media: Mapping[str, Media], at: datetime) -> Article:
    files = [
        media[each["picture"]].model_copy(
            update={k: v for k, v in each.items() if k in ("caption", "credit")}
        )
        for each in entry.get("media", [])
        if each["picture"] in media
    ]
    return Article.model_validate(
        {
            **{name: value for name, value in entry.items() if name != "translation_of"},
            **_text(entry),
            "id": id_of(entry["external_id"]),
            "version": 1,
            "pub_status": "usable",
            "media": files,
            "translation_of": entry.get("translation_of") and id_of(entry["translation_of"]),
            "published": at,
            "updated": at,
        }
    )


def _text(entry: Entry) -> dict[str, Any]:
    given = {k: v for k, v in entry.items() if k in ("headline", "lead", "correction_note")}
    if "body" in entry:
        given["body"] = clean_body(entry["body"], "markdown").html
    return given


@cache
def _drawn(name: str) -> bytes:
    return PICTURES[name]().png()


def _store(name: str, media_folder: Path) -> Media:
    media_id = id_of(name)
    folder = media_folder / str(media_id)[:2] / str(media_id)
    folder.mkdir(parents=True)
    (folder / "given").write_bytes(_drawn(name))
    found = take_picture(folder / "given", folder, PNG)
    return Media(
        id=media_id,
        href=f"https://bao.example/media/{media_id}",
        content_type=found.content_type,
        width=found.width,
        height=found.height,
        size=found.size,
        renditions=[
            Rendition(
                href=f"https://bao.example/media/{media_id}?w={each.width}",
                width=each.width,
                height=each.height,
                size=each.size,
            )
            for each in found.renditions
        ],
    )
