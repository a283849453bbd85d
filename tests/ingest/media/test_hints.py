"""Pictures in the text that its article forgot to name."""

from uuid import UUID

from services.ingest.media.hints import unnamed_pictures

ARCHIVE = "http://archive.test"
PICTURE = UUID("6f1d9b1e-0c52-5c1b-9a57-4f2f0c9a7d11")
OTHER = UUID("6f1d9b1e-0c52-5c1b-9a57-4f2f0c9a7d12")


def body(*sources: str) -> str:
    return "<p>Ảnh:</p>" + "".join(f'<figure><img src="{each}"></figure>' for each in sources)


def test_an_upload_that_the_text_shows_and_media_leaves_out_is_hinted_at_once():
    shown = body(f"{ARCHIVE}/media/{PICTURE}", f"{ARCHIVE}/media/{PICTURE}?w=640")

    (hint,) = unnamed_pictures(shown, ARCHIVE, [None, OTHER])

    assert str(PICTURE) in hint


def test_what_media_names_needs_no_hint():
    assert unnamed_pictures(body(f"{ARCHIVE}/media/{PICTURE}"), ARCHIVE, [PICTURE]) == []


def test_pictures_that_stand_elsewhere_and_addresses_in_the_text_need_no_hint():
    text = f'<p>src="{ARCHIVE}/media/{PICTURE}"</p><a href="{ARCHIVE}/media/{PICTURE}">ảnh</a>'

    assert unnamed_pictures(text + body(f"https://x.test/media/{PICTURE}"), ARCHIVE, []) == []


def test_media_that_the_text_does_not_show_are_no_fault():
    assert unnamed_pictures(body(), ARCHIVE, [PICTURE]) == []
