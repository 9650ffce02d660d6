"""話し合いの記録 and その後 through the pages."""

import io
import re
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest
from python_calamine import CalamineWorkbook

from shared.events.discussion import queries
from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form
from tests.services.web.pages.staff.test_report import event_of

FORM = 'name="rows"'


@pytest.fixture
async def path(staff: httpx.AsyncClient) -> str:
    """Of an event of yesterday."""
    return await event_of(staff, -1)


async def press(staff: httpx.AsyncClient, path: str, sent: dict[str, str], button: str) -> dict[str, str]:
    answer = await staff.post(f"{path}/discussion", data=sent | {"rows": button})
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text, FORM)


async def written(staff: httpx.AsyncClient, path: str) -> dict[str, str]:
    """A 柱 with two opinions, saved; the form as it is then."""
    sent = await press(staff, path, await open_form(staff, f"{path}/discussion", FORM), "topic.add")
    for _ in range(2):
        sent = await press(staff, path, sent, "opinion.add.0")
    sent |= {
        "topics.0.question": "どのような方法で周知するか",
        "topics.0.opinions.0.body": "SNSや新聞などのメディア。",
        "topics.0.opinions.0.methods": "SNS、新聞",
        "topics.0.opinions.1.body": "頑固な人",
        "topics.0.opinions.1.gloss": "支援を受け入れにくい人",
        "topics.0.opinions.1.targets": "支援を受け入れにくい人",
    }
    answer = await staff.post(f"{path}/discussion", data=sent)
    assert answer.status_code == 303, answer.text
    return await open_form(staff, f"{path}/discussion", FORM)


async def follow(staff: httpx.AsyncClient, path: str, opinion_id: str, **fields: str) -> httpx.Response:
    new = f"{path}/follow-ups/new"
    given = {"title": "一斉に発信する", "state": "CONSIDERING", "opinions": opinion_id, "published": "1"}
    return await staff.post(new, data=await open_form(staff, new) | given | fields)


async def public(client_for: ClientFor, tenant: Tenant, path: str) -> str:
    return (await client_for(tenant).get(path.removeprefix("/staff"))).text


async def test_opinions_stand_on_the_page_as_they_were_said(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    await written(staff, path)
    page = re.sub(r"<[^>]+>", "", unescape(await public(client_for, tenant, path)))
    assert ("「SNSや新聞などのメディア。」" in page, "「頑固な人」（支援を受け入れにくい人）" in page) == (True, True)
    assert ("どのような方法で周知するか" in page, "新聞" in page) == (True, True)


async def test_rows_move_and_opinions_keep_who_they_are(staff: httpx.AsyncClient, path: str) -> None:
    before = await written(staff, path)
    moved = await press(staff, path, before, "opinion.up.0.1")
    assert (await staff.post(f"{path}/discussion", data=moved)).status_code == 303
    after = await open_form(staff, f"{path}/discussion", FORM)
    assert after["topics.0.opinions.0.body"] == "頑固な人"
    assert after["topics.0.opinions.0.id"] == before["topics.0.opinions.1.id"]
    assert UUID(after["topics.0.opinions.1.id"]) == UUID(before["topics.0.opinions.0.id"])


async def test_what_is_missing_is_said_and_nothing_is_lost(staff: httpx.AsyncClient, path: str) -> None:
    sent = await written(staff, path)
    answer = await staff.post(f"{path}/discussion", data=sent | {"topics.0.question": ""})
    assert (answer.status_code, "topics.0.question-error" in answer.text) == (422, True)
    assert fields_of(answer.text, FORM)["topics.0.opinions.1.gloss"] == "支援を受け入れにくい人"


async def test_two_writers_lose_nothing(staff: httpx.AsyncClient, path: str) -> None:
    sent = await written(staff, path)
    assert (await staff.post(f"{path}/discussion", data=sent)).status_code == 303
    answer = await staff.post(f"{path}/discussion", data=sent | {"topics.0.conclusion": "まず一斉に発信する"})
    assert answer.status_code == 409
    again = fields_of(answer.text, FORM)
    assert again["topics.0.conclusion"] == "まず一斉に発信する"
    assert (await staff.post(f"{path}/discussion", data=again)).status_code == 303


async def test_what_became_of_an_opinion_is_told_without_what_is_the_secretariats(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    opinion = (await written(staff, path))["topics.0.opinions.0.id"]
    answer = await follow(
        staff,
        path,
        opinion,
        responsible="zq担当者",
        note="zqメモ",
        result="9月の予防週間に、42団体で発信しました。",
        due_on_year="2030",
        due_on_month="9",
        due_on_day="1",
    )
    assert answer.status_code == 303, answer.text
    page = await public(client_for, tenant, path)
    assert ("その後" in page, "42団体で発信しました" in page, "検討中" in page, "zq" in page) == (
        True,
        True,
        True,
        False,
    )
    listed = (await staff.get("/staff/follow-ups")).text
    assert ("zq担当者" in listed, "一斉に発信する" in listed) == (True, True)


async def test_what_is_not_published_is_not_told(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    opinion = (await written(staff, path))["topics.0.opinions.0.id"]
    assert (await follow(staff, path, opinion, title="zq内々の相談", published="")).status_code == 303
    page = await public(client_for, tenant, path)
    assert ("zq" in page, 'id="follow-ups"' in page) == (False, False)


async def test_a_refusal_wants_its_reason(staff: httpx.AsyncClient, path: str) -> None:
    opinion = (await written(staff, path))["topics.0.opinions.0.id"]
    answer = await follow(staff, path, opinion, state="DECLINED")
    assert (answer.status_code, "result-error" in answer.text) == (422, True)
    answer = await follow(staff, path, str(uuid4()))
    assert (answer.status_code, "opinions-error" in answer.text) == (422, True)


async def test_the_list_is_narrowed_and_becomes_a_file(staff: httpx.AsyncClient, path: str) -> None:
    sent = await written(staff, path)
    first, second = sent["topics.0.opinions.0.id"], sent["topics.0.opinions.1.id"]
    await follow(staff, path, first, due_on_year="2020", due_on_month="1", due_on_day="5")
    await follow(staff, path, second, title="訪ねる活動", state="DONE")
    late = (await staff.get("/staff/follow-ups?overdue=1")).text
    assert ("一斉に発信する" in late, "期限を過ぎています" in late, "訪ねる活動" in late) == (True, True, False)
    done = await staff.get("/staff/exports/follow-ups.xlsx?state=DONE")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(done.content)).get_sheet_by_index(0).to_python()
    assert [(row[0], row[2], row[3], row[6]) for row in rows[1:]] == [
        ("お茶の会", "訪ねる活動", "実施", "「頑固な人」（支援を受け入れにくい人）")
    ]


async def test_the_file_has_every_follow_up_however_long_the_list(
    staff: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = await written(staff, path)
    for place in (0, 1):
        await follow(staff, path, sent[f"topics.0.opinions.{place}.id"], title=f"活動{place}")
    monkeypatch.setattr(queries, "MOST_ROWS", 1)
    whole = await staff.get("/staff/exports/follow-ups.xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(whole.content)).get_sheet_by_index(0).to_python()
    assert {row[2] for row in rows[1:]} == {"活動0", "活動1"}


async def test_a_follow_up_is_changed_and_taken_away(staff: httpx.AsyncClient, path: str) -> None:
    opinion = (await written(staff, path))["topics.0.opinions.0.id"]
    await follow(staff, path, opinion)
    where = re.findall(r"/staff/follow-ups/[0-9a-f-]{36}", (await staff.get("/staff/follow-ups")).text)[0]
    page = (await staff.get(where)).text
    assert re.search(rf'name="opinions" value="{opinion}" checked', page)
    sent = fields_of(page, 'name="title"') | {"opinions": opinion, "state": "DONE", "result": "発信しました。"}
    assert (await staff.post(where, data=sent)).status_code == 303
    assert (await staff.post(where, data=sent)).status_code == 409
    page = (await staff.get(where)).text
    gone = await staff.post(f"{where}/remove", data=fields_of(page, 'name="title"'))
    assert (gone.status_code, (await staff.get(where)).status_code) == (303, 404)
    assert (await open_form(staff, f"{path}/discussion", FORM))["topics.0.opinions.0.id"] == opinion


async def test_tags_that_were_used_are_offered(staff: httpx.AsyncClient, path: str) -> None:
    await written(staff, path)
    page = (await staff.get(f"{path}/discussion")).text
    offered = re.findall(r'<datalist id="known-methods">(.*?)</datalist>', page)[0]
    assert re.findall(r'value="([^"]+)"', offered) == ["SNS", "新聞"]


async def test_participants_take_a_sheet_home(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    await written(staff, path)
    sheet = await client_for(tenant).get(f"{path.removeprefix('/staff')}/discussion.pdf")
    assert (sheet.status_code, sheet.headers["content-type"], sheet.content[:5]) == (200, "application/pdf", b"%PDF-")


async def test_another_platform_sees_nothing_of_it(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient, path: str
) -> None:
    opinion = (await written(staff, path))["topics.0.opinions.0.id"]
    await follow(staff, path, opinion)
    where = re.findall(r"/staff/follow-ups/[0-9a-f-]{36}", (await staff.get("/staff/follow-ups")).text)[0]
    for address in (where, f"{path}/discussion", f"{path}/report"):
        assert (await other_staff.get(address)).status_code == 404
    assert "一斉に発信する" not in (await other_staff.get("/staff/follow-ups")).text
