"""Units, their keys, columns and campaigns."""


async def test_an_entry_is_added_once(admin):
    column = {"slug": "thong-quan", "name": "Thông quan", "media_topic": "medtop:04000000"}

    first = await admin.call("POST", "/v1/admin/columns", column)
    again = await admin.call("POST", "/v1/admin/columns", column)

    assert (first.status_code, first.json()) == (201, column)
    assert again.status_code == 409


async def test_a_campaign_ends_after_it_begins(admin):
    campaign = {"slug": "c", "name": "C", "from": "2026-03-02", "to": "2026-03-01"}

    assert (await admin.call("POST", "/v1/admin/campaigns", campaign)).status_code == 422


async def test_an_article_may_stand_in_a_known_column_and_campaign(admin, unit):
    await admin.call("POST", "/v1/admin/columns", {"slug": "thong-quan", "name": "Thông quan"})
    await admin.call("POST", "/v1/admin/campaigns", {"slug": "cang-moi", "name": "Cảng mới"})

    answer = await unit.submit(column="thong-quan", campaigns=["cang-moi"])

    assert answer.status_code == 201


async def test_a_unit_is_renamed_but_keeps_its_code(admin, unit):
    renamed = await admin.call("PUT", "/v1/admin/units/HQKV3", {"code": "HQKV3", "name": "Mới"})
    recoded = await admin.call("PUT", "/v1/admin/units/HQKV3", {"code": "X", "name": "Mới"})

    assert renamed.status_code == 200
    assert recoded.status_code == 422
    assert (await admin.call("GET", "/v1/admin/units/HQKV3")).json()["name"] == "Mới"


async def test_two_keys_may_be_live_and_a_revoked_one_opens_nothing(admin, unit):
    keys = "/v1/admin/units/HQKV3/keys"
    second = await admin.call("POST", keys)
    third = await admin.call("POST", keys)
    assert (second.status_code, third.status_code) == (201, 409)

    first_id = (await admin.call("GET", keys)).json()["items"][0]["id"]
    assert (await admin.call("DELETE", f"{keys}/{first_id}")).status_code == 204

    assert (await unit.submit()).status_code == 401
    unit.key = second.json()["key"]
    assert (await unit.submit()).status_code == 201


async def test_the_newsroom_submits_for_a_unit_that_it_names(admin, unit):
    nobody = await admin.submit()
    body = {"headline": "Tin", "body": "<p>Nội dung</p>"}
    somebody = await admin.call("POST", "/v1/articles?unit=HQKV3", body)

    assert nobody.status_code == 422
    assert (somebody.status_code, somebody.json()["unit"]) == (201, "HQKV3")


async def test_a_unit_that_is_not_active_submits_nothing(admin, unit):
    entry = {"code": "HQKV3", "name": "Cũ", "active": False}
    await admin.call("PUT", "/v1/admin/units/HQKV3", entry)

    assert (await unit.submit()).status_code == 403


async def test_the_newsroom_corrects_and_takes_back_what_a_closed_unit_published(admin, unit):
    article = (await unit.submit()).json()["id"]
    closed = {"code": "HQKV3", "name": "Cũ", "active": False}
    await admin.call("PUT", "/v1/admin/units/HQKV3", closed)
    path, seen = f"/v1/articles/{article}", {"If-Match": '"1"'}
    change = {"headline": "Tin", "body": "<p>Đã sửa.</p>", "correction_note": "Sửa số liệu."}

    by_unit = await unit.call("PUT", path, change, **seen)
    by_newsroom = await admin.call("PUT", path, change, **seen)
    new = await admin.call("POST", "/v1/articles?unit=HQKV3", {"headline": "T", "body": "<p>b</p>"})
    end = await admin.call("POST", f"{path}/retraction", {"reason": "Sai", "notice": "Đã rút."})

    assert (by_unit.status_code, by_newsroom.status_code) == (403, 200)
    assert (new.status_code, end.status_code) == (403, 200)
