"""Uploads by HTTP: streamed, checked, kept once, and told to nobody else."""

import asyncio
import io
import shutil
import zipfile
from collections.abc import AsyncIterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from PIL import Image

from services.common.database import Overloaded
from services.common.problems import Problem
from services.ingest.media import checking, places, receiving, routes
from services.ingest.settings import IngestSettings
from tests.ingest.media.samples import SIZE, jpeg, recording, written

PNG_BOMB = written(Image.new("1", (12_000, 12_000)), "PNG")
FILM = recording("mp4", "libx264", "aac")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("Main.class", b"x")
    return out.getvalue()


def left_behind(folder) -> list[str]:
    return [
        each.name
        for each in (folder / "media").rglob("*")
        if each.name != ".lock" and each.is_file()
    ]


def desk_of(client) -> routes.Desk:
    return client.http._transport.app.state.desk


async def upload(client, data: bytes, path: str = "/v1/media", **headers):
    return await client.call("POST", path, data, **headers)


async def test_a_picture_is_kept_with_its_renditions_and_described(unit, tmp_path):
    answer = await upload(unit, jpeg(700, 500), Content_Type="image/jpeg")

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["href"] == f"http://archive.test/media/{told['id']}"
    assert (told["content_type"], told["width"], told["height"]) == ("image/jpeg", 700, 500)
    assert told["duration"] is None
    assert [each["href"] for each in told["renditions"]] == [
        f"{told['href']}?w=320",
        f"{told['href']}?w=640",
    ]
    assert sorted(left_behind(tmp_path)) == ["320.webp", "640.webp", "original"]
    assert (await unit.call("GET", answer.headers["Location"])).json() == told


async def test_a_film_is_kept_and_described(unit):
    told = (await upload(unit, FILM, "/v1/media?name=le-khoi-cong.mp4")).json()

    assert (told["content_type"], told["width"], told["height"]) == ("video/mp4", *SIZE)
    assert told["duration"] == pytest.approx(1.0, abs=0.1)
    assert told["renditions"] == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 415),
        (b"no picture at all", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
        (b"GIF89a" + bytes(100), 415),
        (PNG_BOMB, 413),
        (jpeg(400, 300)[:-200], 422),
        (b"\xff\xd8\xff\xe0" + bytes(5000), 415),
        (b"\x89PNG\r\n\x1a\n" + bytes(5000), 415),
        (FILM[:-1], 422),
        (FILM[: len(FILM) // 2], 422),
        (b"\0\0\0\x18ftypisom" + bytes(5000), 422),
        (b"\x1a\x45\xdf\xa3" + bytes(5000), 422),
        (b"OggS" + bytes(5000), 422),
        (b"ID3\x04\0\0\0\0\0\0" + bytes(5000), 422),
        (jpeg() + zipped(), 415),
        (jpeg(comment=b"<script>alert(1)</script>"), 415),
        (jpeg() + b"<?php system($_GET['c']); ?>", 415),
        (jpeg(comment=b"%PDF-1.7"), 415),
        (FILM + zipped(), 415),
    ],
)
async def test_what_is_no_whole_file_of_one_kind_is_refused_and_leaves_nothing(
    unit, tmp_path, data, status
):
    answer = await upload(unit, data)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/media", {"Content_Type": "image/png"}),
        ("/v1/media", {"Content_Type": "text/html"}),
        ("/v1/media?name=anh.png", {}),
        ("/v1/media?name=anh.jpg.exe", {}),
        ("/v1/media", {"Content_Disposition": 'attachment; filename="anh.gif"'}),
    ],
)
async def test_a_file_that_is_not_what_its_sender_says_is_refused(unit, tmp_path, path, headers):
    answer = await upload(unit, jpeg(), path, **headers)

    assert answer.status_code == 415
    assert "JPEG" in answer.json()["detail"]
    assert left_behind(tmp_path) == []


async def test_film_called_sound_is_refused_also_when_it_is_known(unit):
    assert (await upload(unit, FILM, Content_Type="audio/mp4")).status_code == 415
    assert (await upload(unit, FILM, Content_Type="video/mp4")).status_code == 201
    assert (await upload(unit, FILM, Content_Type="audio/mp4")).status_code == 415


@pytest.mark.parametrize("declared", [True, False])
async def test_a_picture_over_the_limit_is_refused_once_read_for_a_while(unit, tmp_path, declared):
    limit = IngestSettings().picture_bytes
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield jpeg()
        for _ in range(1000):
            sent += 100_000
            yield bytes(100_000)

    headers = {"Authorization": f"Bearer {unit.key}"}
    if declared:
        headers["Content-Length"] = "100000000"
    answer = await unit.http.post("/v1/media", content=endless(), headers=headers)

    assert answer.status_code == 413
    assert sent < (0 if declared else limit) + 9_000_000
    assert left_behind(tmp_path) == []


async def test_the_same_bytes_sent_at_once_are_kept_once_under_one_id(unit, other_unit, tmp_path):
    answers = await asyncio.gather(
        *(upload(client, jpeg(400, 300)) for client in (unit, other_unit, unit, other_unit))
    )

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.text for answer in answers}) == 1
    assert sorted(left_behind(tmp_path)) == ["320.webp", "original"]
    again = await upload(unit, jpeg(400, 300))
    assert (again.status_code, again.json()) == (201, answers[0].json())


async def test_a_file_that_was_lost_is_kept_anew_when_it_is_sent_again(unit, tmp_path):
    told = (await upload(unit, jpeg())).json()
    await desk_of(unit).store.delete(UUID(told["id"]))
    assert left_behind(tmp_path) == []

    assert (await upload(unit, jpeg())).json() == told
    assert left_behind(tmp_path) == ["original"]


async def test_an_upload_is_its_owners_and_the_newsrooms_to_see(unit, other_unit, admin):
    told = (await upload(unit, jpeg(400, 300))).json()
    path = f"/v1/media/{told['id']}"

    for rest in ("", "/file"):
        assert (await unit.call("GET", path + rest)).status_code == 200
        assert (await admin.call("GET", path + rest)).status_code == 200
        assert (await other_unit.call("GET", path + rest)).status_code == 404

    await upload(other_unit, jpeg(400, 300))
    assert (await other_unit.call("GET", path)).json() == told


async def test_an_owner_sees_the_file_before_it_is_published(unit):
    told = (await upload(unit, jpeg(400, 300))).json()
    path = f"/v1/media/{told['id']}/file"

    whole = await unit.call("GET", path)
    small = await unit.call("GET", f"{path}?w=320")

    assert whole.headers["content-type"] == "image/jpeg"
    assert len(whole.content) == told["size"]
    assert small.headers["content-type"] == "image/webp"
    assert len(small.content) == told["renditions"][0]["size"]
    assert "no-store" in whole.headers["cache-control"]


async def test_an_article_names_what_its_own_unit_sent_in(unit, other_unit):
    picture = (await upload(unit, jpeg(400, 300))).json()["id"]
    unknown = "0198c0de-0000-7000-8000-000000000000"

    own = await unit.submit(media=[{"id": picture, "caption": "Cảng"}])
    anothers = await other_unit.submit(media=[{"id": picture}])
    nobodys = await other_unit.submit(media=[{"id": unknown}])

    assert own.status_code == 201
    assert anothers.status_code == nobodys.status_code == 422
    assert anothers.json() == nobodys.json()
    assert anothers.json()["errors"][0]["pointer"] == "/media/0/id"


async def test_what_the_newsroom_put_into_a_units_article_is_the_units_too(unit, admin):
    picture = (await upload(admin, jpeg())).json()["id"]
    assert (await unit.submit(media=[{"id": picture}])).status_code == 422

    path = "/v1/articles?unit=HQKV3"
    fields = {"headline": "Tin", "body": "Tin.", "media": [{"id": picture}]}
    article = (await admin.call("POST", path, fields)).json()
    changed = await unit.call(
        "PUT",
        f"/v1/articles/{article['id']}",
        fields | {"correction_note": "Sửa tít."},
        If_Match='"1"',
    )

    assert changed.status_code == 200, changed.text


async def test_a_picture_that_the_text_shows_and_media_leaves_out_is_hinted_at(unit):
    told = (await upload(unit, jpeg())).json()
    text = f'<p>Tin.</p><img src="{told["href"]}">'

    left_out = await unit.submit(body=text)
    named = await unit.submit(body=text, media=[{"id": told["id"]}])

    assert told["id"] in left_out.json()["hints"][0]["detail"]
    assert named.json()["hints"] == []


async def test_who_uploads_too_much_at_once_is_told_to_come_back_and_nobody_else(unit, other_unit):
    end = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield jpeg()[:-1]
        await end.wait()
        yield jpeg()[-1:]

    def begin(client) -> asyncio.Task:
        headers = {"Authorization": f"Bearer {client.key}"}
        return asyncio.create_task(
            client.http.post("/v1/media", content=slow(), headers=headers, timeout=60)
        )

    begun = [begin(unit) for _ in range(places.AT_ONCE)]
    refused, _ = await asyncio.wait(begun, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    assert {task.result().status_code for task in refused} == {503}
    assert (await upload(unit, jpeg())).status_code == 503
    assert (await upload(other_unit, jpeg())).status_code == 201

    end.set()
    codes = sorted(answer.status_code for answer in await asyncio.gather(*begun))
    assert codes == [201] * places.OF_ONE + [503] * (places.AT_ONCE - places.OF_ONE)
    assert (await upload(unit, jpeg())).status_code == 201


def test_all_together_have_so_many_places_and_each_is_free_again():
    desk = places.Places()
    with ExitStack() as taken:
        for number in range(places.AT_ONCE):
            taken.enter_context(desk.one_for(f"unit {number}"))
        with pytest.raises(Overloaded), desk.one_for("another"):
            pass

    with desk.one_for("another"):
        pass


async def test_a_disk_that_fails_is_our_fault_not_the_files(unit, tmp_path):
    shutil.rmtree(desk_of(unit).staged)

    answer = await upload(unit, jpeg())

    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert left_behind(tmp_path) == []


async def test_a_file_that_never_comes_to_its_end_is_given_up(unit, tmp_path, monkeypatch):
    monkeypatch.setattr(receiving, "_PATIENCE", 0.05)
    never = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield jpeg()
        await never.wait()

    with pytest.raises(Problem) as given_up:
        await receiving.receive(
            stalled(),
            None,
            receiving.limits_of(IngestSettings()),
            lambda _: None,
            tmp_path / "part",
        )

    assert given_up.value.status == 400


async def test_a_file_that_costs_too_much_to_read_is_refused(unit, tmp_path, monkeypatch):
    monkeypatch.setattr(checking, "_PICTURE_SECONDS", 0)

    answer = await upload(unit, jpeg())

    assert answer.status_code == 422
    assert "more time" in answer.json()["detail"]
    assert left_behind(tmp_path) == []


async def test_nobody_uploads_without_a_key(unit):
    unit.key = "wrong"

    assert (await upload(unit, jpeg())).status_code == 401
