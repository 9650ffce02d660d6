"""The year's plan as a file: looked at on a page, then drafts; and the public list goes out and comes back."""

import re
import zlib
from base64 import urlsafe_b64encode

import httpx
import pytest

from services.web.exporting import XLSX
from shared.events import queries
from shared.kit.database.session import Database
from shared.kit.spreadsheets.reading import read_table
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

PATH = "/staff/events/import"
PLAN = "NO,イベント名,開始日,開始時間,定員\r\n1,つながり講座,令和9年4月1日,１３：３０,30名\r\n2,,2027-05-01,,\r\n3,秋の交流会,2027-10-01,,\r\n"


async def send(client: httpx.AsyncClient, data: bytes, name: str = "events.csv", **more: str) -> httpx.Response:
    sent = await open_form(client, PATH) | {"kind": "SEMINAR"} | more
    return await client.post(PATH, data=sent, files={"file": (name, data)})


async def titles(database: Database, tenant: Tenant) -> list[str]:
    async with database.read(tenant.id) as session:
        return sorted(each.title for each in (await queries.all_for_staff(session)).items)


async def test_a_plan_is_shown_first_and_becomes_drafts_when_that_is_said(
    staff: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    answer = await send(staff, PLAN.encode("cp932"))
    assert (answer.status_code, await titles(worker_database, tenant)) == (200, [])
    assert "イベント名：イベント名がありません。" in answer.text
    sent = fields_of(answer.text)
    done = await staff.post(f"{PATH}/apply", data=sent)
    assert done.headers["location"] == f"{PATH}?created=2&updated=0"
    assert "2件の下書きを作りました。" in (await staff.get(done.headers["location"])).text
    assert await titles(worker_database, tenant) == ["つながり講座", "秋の交流会"]
    again = await staff.post(f"{PATH}/apply", data=sent)
    assert again.headers["location"] == f"{PATH}?created=0&updated=0"
    assert "つながり講座" not in (await client_for(tenant).get("/events")).text


async def test_the_second_look_says_that_nothing_is_new(staff: httpx.AsyncClient) -> None:
    await staff.post(f"{PATH}/apply", data=fields_of((await send(staff, PLAN.encode())).text))
    answer = await send(staff, PLAN.encode())
    assert ("新しく作る下書きはありません。" in answer.text, "/apply" in answer.text) == (True, False)


async def test_a_draft_follows_the_list_when_the_box_is_ticked(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    await staff.post(f"{PATH}/apply", data=fields_of((await send(staff, PLAN.encode())).text))
    sent = fields_of((await send(staff, PLAN.replace("秋の", "冬の").encode())).text)
    await staff.post(f"{PATH}/apply", data=sent)
    assert "秋の交流会" in await titles(worker_database, tenant)
    done = await staff.post(f"{PATH}/apply", data=sent | {"update": "1"})
    assert done.headers["location"] == f"{PATH}?created=0&updated=1"
    assert "冬の交流会" in await titles(worker_database, tenant)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", ""),
        (b"", "empty.csv"),
        (b"%PDF-1.7", "list.pdf"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        ("団体名,電話\r\nつなぐ会,1\r\n".encode(), "members.csv"),
        (("イベント名,開始日\r\n" + "会,2027-04-01\r\n" * 5_001).encode(), "many.csv"),
    ],
)
async def test_a_wrong_file_is_refused_with_words(staff: httpx.AsyncClient, data: bytes, name: str) -> None:
    answer = await send(staff, data, name)
    assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True)


async def test_a_kind_that_is_none_is_refused(staff: httpx.AsyncClient) -> None:
    answer = await send(staff, PLAN.encode(), kind="PARTY")
    assert (answer.status_code, 'id="kind-error"' in answer.text) == (422, True)


@pytest.mark.parametrize(
    "rows", ["", "x", "あ", urlsafe_b64encode(b"x").decode(), urlsafe_b64encode(zlib.compress(b'{"rows":1}')).decode()]
)
async def test_what_was_not_looked_at_is_not_written(staff: httpx.AsyncClient, rows: str) -> None:
    sent = await open_form(staff, PATH)
    assert (await staff.post(f"{PATH}/apply", data=sent | {"rows": rows})).status_code == 422


async def test_a_small_text_does_not_become_an_endless_one(staff: httpx.AsyncClient) -> None:
    bomb = urlsafe_b64encode(zlib.compress(b" " * 200_000_000, 9)).decode()
    sent = await open_form(staff, PATH)
    assert (await staff.post(f"{PATH}/apply", data=sent | {"rows": bomb})).status_code == 422


async def test_a_form_that_is_not_ours_writes_nothing(staff: httpx.AsyncClient) -> None:
    sent = fields_of((await send(staff, PLAN.encode())).text)
    answer = await staff.post(f"{PATH}/apply", data=sent | {"csrf": "x"})
    assert answer.status_code >= 400


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_public_list_comes_back_without_a_change(
    staff: httpx.AsyncClient, client_for: ClientFor, worker_database: Database, tenant: Tenant, form: str
) -> None:
    await make_event(worker_database, tenant, accessibility="手話通訳", capacity=80)
    exported = await client_for(tenant).get(f"/open-data/events.{form}")
    assert exported.headers["link"].startswith("<https://creativecommons.org/licenses/by/4.0/")
    kinds = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}
    assert exported.headers["content-type"] == kinds[form]
    table = read_table(exported.content, f"events.{form}")
    assert (len(table.rows), table.rows[0].cells[:5]) == (
        2,
        ("都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "イベント名"),
    )
    answer = await send(staff, exported.content, f"events.{form}")
    facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", answer.text)
    assert facts == [("変更なし", "1件")]


async def test_drafts_are_not_in_the_public_list(
    client_for: ClientFor, worker_database: Database, tenant: Tenant
) -> None:
    await make_event(worker_database, tenant, published=False)
    table = read_table((await client_for(tenant).get("/open-data/events.csv")).content, "events.csv")
    assert len(table.rows) == 1


async def test_a_citizen_does_not_import(client_for: ClientFor, tenant: Tenant) -> None:
    client = client_for(tenant)
    assert [(await client.get(PATH)).status_code, (await client.post(PATH)).status_code] == [303, 403]
