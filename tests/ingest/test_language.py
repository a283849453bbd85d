"""What a newsroom person reads when something is wrong, in English and in Vietnamese."""

import json

import pytest

from tests.ingest.conftest import submission


async def refusal(unit, fields: dict, language: str) -> list[dict]:
    answer = await unit.call("POST", "/v1/articles", submission(**fields), Accept_Language=language)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    return answer.json()["errors"]


@pytest.mark.parametrize(
    ("fields", "code", "english", "vietnamese"),
    [
        ({"headline": " "}, "blank", "must not be blank", "không được để trống"),
        ({"headline": 7}, "string_type", "must be text", "phải là văn bản"),
        ({"urgency": 0}, "greater_than_equal", "must be 1 or more", "phải từ 1 trở lên"),
        ({"urgency": 10}, "less_than_equal", "must be 9 or less", "chỉ được đến 9"),
        ({"urgency": "1"}, "int_type", "must be a whole number", "phải là số nguyên"),
        (
            {"headline": "a" * 501},
            "too_long",
            "must have at most 500 characters",
            "chỉ được có tối đa 500 ký tự",
        ),
        (
            {"byline": ["Lan"] * 51},
            "too_long",
            "must have at most 50 entries",
            "chỉ được có tối đa 50 mục",
        ),
        (
            {"mood": "vui"},
            "extra_forbidden",
            "there is no field of this name",
            "không có trường nào tên như vậy",
        ),
        (
            {"body_format": "doc"},
            "literal_error",
            "must be one of: html, text, markdown",
            "phải là một trong các giá trị: html, text, markdown",
        ),
        (
            {"column": "chống buôn lậu"},
            "string_pattern_mismatch",
            "may hold letters without marks, digits, and . _ - only; at most 64 of them",
            "chỉ gồm chữ cái không dấu, chữ số và các dấu . _ -; tối đa 64 ký tự",
        ),
        (
            {"headline": "chuông\x07"},
            "forbidden_character",
            "holds the character U+0007 at position 6, which no feed can carry",
            "có ký tự U+0007 ở vị trí 6, không dùng được trong RSS và trang tin",
        ),
        (
            {"embargoed_until": "2026-02-30T08:00:00+07:00"},
            "time",
            "there is no such time: look at the day, the hour and the offset",
            "không có thời điểm này: hãy xem lại ngày, giờ và múi giờ",
        ),
        (
            {"genre": "interview"},
            "missing",
            "an article of genre interview needs it",
            "bài thuộc thể loại interview phải có",
        ),
        (
            {"column": "khong-co"},
            "unknown",
            "there is no column khong-co",
            "không có chuyên mục khong-co",
        ),
    ],
)
async def test_a_fault_is_told_in_plain_words(unit, fields, code, english, vietnamese):
    [in_english] = await refusal(unit, fields, "en")
    [in_vietnamese] = await refusal(unit, fields, "vi")

    assert (in_english["detail"], in_english["code"]) == (english, code)
    assert in_vietnamese == {**in_english, "detail": vietnamese}


async def test_what_was_sent_is_not_repeated(unit):
    fields = {"genre": "0900111222", "urgency": "0900111222", "expires": "0900111222"}

    for language in ("en", "vi"):
        assert "0900111222" not in json.dumps(await refusal(unit, fields, language))


async def test_a_place_in_json_that_cannot_be_read_is_named(unit):
    answer = await unit.call("POST", "/v1/articles", b'{"headline":\n oops}', Accept_Language="vi")

    assert answer.status_code == 400
    assert answer.json()["detail"] == ("Dữ liệu gửi lên không phải JSON: hãy xem dòng 2, ký tự 2.")


@pytest.mark.parametrize(
    ("method", "path", "code", "title"),
    [
        ("GET", "/v1/articles/no-id", 404, "Không tìm thấy"),
        ("GET", "/nowhere", 404, "Không tìm thấy"),
        ("BREW", "/v1/articles", 405, "Địa chỉ này không nhận phương thức đó"),
        ("GET", "/v1/articles?limit=0", 422, "Có trường chưa đúng"),
        ("GET", "/v1/admin/units", 403, "Khóa này không có quyền làm việc đó"),
    ],
)
async def test_every_problem_is_told_in_vietnamese(unit, method, path, code, title):
    answer = await unit.call(method, path, Accept_Language="vi-VN,vi;q=0.9,en;q=0.5")

    assert (answer.status_code, answer.json()["title"]) == (code, title)
    assert answer.headers["content-language"] == "vi"


async def test_a_hint_is_told_in_the_language_of_each_call_also_when_the_answer_is_repeated(unit):
    body = submission(body='<p onclick="x()">Tin</p>')
    once = {"Idempotency_Key": "k"}

    first = await unit.call("POST", "/v1/articles", body, Accept_Language="vi", **once)
    again = await unit.call("POST", "/v1/articles", body, **once)

    assert first.json()["hints"][0]["detail"].startswith("đã bỏ nội dung chạy được")
    assert again.json()["hints"][0]["detail"] == "active content was taken out of the body"
    assert (first.headers["content-language"], again.headers["content-language"]) == ("vi", "en")


async def test_each_line_of_a_batch_is_told_in_the_language_of_the_call(unit):
    lines = b'{"headline": "", "body": "x"}\n{"headline": "x", "body": "<form>Tin</form>"}\n'

    answer = await unit.call("POST", "/v1/batches", lines, Accept_Language="vi")

    refused, taken = map(json.loads, answer.text.splitlines())
    assert answer.headers["content-language"] == "vi"
    assert refused["errors"][0]["detail"] == "không được để trống"
    assert taken["hints"][0]["detail"].startswith("đã bỏ nội dung chạy được")


async def test_without_a_wish_the_answer_is_in_english(unit):
    answer = await unit.submit(headline="")

    assert answer.json()["detail"] == "/headline: must not be blank"
    assert answer.headers["content-language"] == "en"
