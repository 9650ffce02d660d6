"""Certificates, tables, viewing and counters on the secretariat's pages."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.events.attendance import certificate_queries, viewing, viewing_queries
from shared.events.attendance.table_queries import plan
from shared.events.models import Event, EventState
from shared.events.queries import event as whole_event
from shared.events.registrations.models import Attendance
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.event_days import RULE
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import open_form
from tests.shared.events.attendance.coming import make_event_of_today, make_guest


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event_of_today(worker_database, tenant, online=True, capacity=20)


@pytest.fixture
def path(event: Event) -> str:
    return f"/staff/events/{event.id}"


async def test_certificates_are_decided_issued_mended_and_taken_along(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    guests = [await make_guest(worker_database, tenant, event, name=f"修了 {number}子") for number in "一二"]
    absent = await make_registration(worker_database, tenant, event.id, name="欠席 三子")
    sent = await open_form(staff, f"{path}/certificates", 'name="issuer"')
    refused = await staff.post(f"{path}/certificates/rule", data=sent | RULE | {"issuer": ""})
    assert (refused.status_code, 'value="修了証"' in refused.text) == (422, True)
    assert (await staff.post(f"{path}/certificates/rule", data=sent | RULE)).status_code == 303
    assert "来場した方全員に発行する（2人）" in (await staff.get(f"{path}/certificates")).text
    example = await staff.get(f"{path}/certificates/example.pdf")
    assert (example.headers["content-type"], example.content[:5]) == ("application/pdf", b"%PDF-")
    for _ in range(2):
        assert (await staff.post(f"{path}/certificates/issue", data=sent)).status_code == 303
    shown = (await staff.get(f"{path}/certificates")).text
    number = f"{tenant.slug}-{clock.today().year}-0001"
    assert (number in shown, "0003" in shown, absent.name in shown) == (True, False, False)
    async with worker_database.read(tenant.id) as session:
        [first] = await certificate_queries.certificates_of(session, guests[0].id)
    again = sent | {"certificate": str(first.id), "name": "修了 壱子"}
    assert (await staff.post(f"{path}/certificates/reissue", data=again)).status_code == 303
    shown = (await staff.get(f"{path}/certificates")).text
    assert ("修了 壱子" in shown, "再発行1回" in shown, number in shown) == (True, True, True)
    assert (await staff.get(f"{path}/certificates/{number}.pdf")).content[:5] == b"%PDF-"
    every = await staff.get(f"{path}/certificates/all.zip")
    assert every.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(every.content)) as archive:
        assert len(archive.namelist()) == 2
    for missing in ("nothing.pdf", "other.zip", f"{tenant.slug}-2020-0001.pdf"):
        assert (await staff.get(f"{path}/certificates/{missing}")).status_code == 404


async def test_a_certificate_is_proved_to_the_world_without_the_name_and_revoked_ones_are_said(
    staff: httpx.AsyncClient,
    other_staff: httpx.AsyncClient,
    client_for: ClientFor,
    worker_database: Database,
    tenant: Tenant,
    event: Event,
    path: str,
) -> None:
    guest = await make_guest(worker_database, tenant, event, name="鳴門 渚")
    world = client_for(tenant)
    assert (await world.get(f"/registrations/{guest.key}/certificate.pdf")).status_code == 404
    sent = await open_form(staff, f"{path}/certificates", 'name="issuer"')
    await staff.post(f"{path}/certificates/rule", data=sent | RULE)
    await staff.post(f"{path}/certificates/issue", data=sent | {"registration": str(guest.id)})
    async with worker_database.read(tenant.id) as session:
        [made] = await certificate_queries.certificates_of(session, guest.id)
    proof = await world.get(f"/certificates/{made.code}")
    assert ("この証書は本物です" in proof.text, made.number in proof.text) == (True, True)
    assert ("鳴○ ○" in proof.text, "渚" in proof.text) == (True, False)
    assert (proof.headers["cache-control"], "noindex" in proof.headers["x-robots-tag"]) == ("no-store", True)
    typed = await world.get("/certificates", params={"code": f" {made.code[:8].lower()}-{made.code[8:]} "})
    assert (await world.get(typed.headers["location"])).status_code == 200
    own = await world.get(f"/registrations/{guest.key}/certificate.pdf")
    assert (own.content[:5], own.headers["cache-control"]) == (b"%PDF-", "no-store")
    unknown = await world.get("/certificates/NOTHERENOTHERE99")
    assert (unknown.status_code, "見つかりません" in unknown.text) == (404, True)
    assert (await other_staff.get(f"/certificates/{made.code}")).status_code == 404
    assert (await other_staff.get(f"/registrations/{guest.key}/certificate.pdf")).status_code == 404
    taken = sent | {"certificate": str(made.id), "then": "revoke", "reason": "人違い"}
    assert (await staff.post(f"{path}/certificates/reissue", data=taken)).status_code == 303
    proof = await world.get(f"/certificates/{made.code}")
    assert ("取り消されています" in proof.text, "人違い" in proof.text) == (True, False)
    assert (await world.get(f"/registrations/{guest.key}/certificate.pdf")).status_code == 404


async def test_tables_are_composed_mended_moved_and_printed(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    assert (await staff.get(f"{path}/tables.pdf")).status_code == 404
    guests = [await make_guest(worker_database, tenant, event) for _ in range(8)]
    sent = await open_form(staff, f"{path}/tables", 'name="size"')
    wrong = await staff.post(f"{path}/tables", data=sent | {"size": "99", "then": "compose"})
    assert (wrong.status_code, 'value="99"' in wrong.text) == (422, True)
    composed = await staff.post(f"{path}/tables", data=sent | {"size": "4", "basis": "PRESENT", "then": "compose"})
    assert composed.status_code == 303
    moved = sent | {"person": f"{guests[0].id}.0", "table_number": "9", "then": "move"}
    assert (await staff.post(f"{path}/tables", data=moved)).status_code == 303
    async with worker_database.read(tenant.id) as session:
        assert [each.number for each in (await plan(session, event.id)).groups] == [1, 2, 9]
    assert (await staff.post(f"{path}/tables", data=sent | {"then": "regroup"})).status_code == 303
    async with worker_database.read(tenant.id) as session:
        assert [len(each.people) for each in (await plan(session, event.id)).groups] == [4, 4]
    assert "2</strong> 班" in (await staff.get(f"{path}/tables")).text
    assert (await staff.get(f"{path}/tables.pdf")).content[:5] == b"%PDF-"


async def test_a_personal_link_opens_in_time_and_presses_are_counted_apart_from_people(
    staff: httpx.AsyncClient,
    client_for: ClientFor,
    worker_database: Database,
    tenant: Tenant,
    event: Event,
    path: str,
) -> None:
    guest = await make_registration(worker_database, tenant, event.id, attendance="ONLINE")
    sent = await open_form(staff, f"{path}/viewing", 'name="stream_url"')
    refused = await staff.post(f"{path}/viewing", data=sent | {"stream_url": "http://stream.example/"})
    assert (refused.status_code, "https://" in refused.text) == (422, True)
    world, link = client_for(tenant), f"/watch/{guest.viewing_key}"
    assert "配信の準備" in (await world.get(link)).text
    stream = "https://stream.example/live?id=1"
    assert (await staff.post(f"{path}/viewing", data=sent | {"stream_url": stream})).status_code == 303
    opened = await world.get(link)
    assert (stream in opened.text, "no-store" in opened.headers["cache-control"]) == (False, True)
    assert "form-action 'self' https://stream.example;" in opened.headers["content-security-policy"]
    pressed = await open_form(world, link)
    for _ in range(3):
        answer = await world.post(link, data=pressed)
        assert (answer.status_code, answer.headers["location"]) == (303, stream)
    assert (await world.post(link, data={})).status_code == 422
    async with worker_database.read(tenant.id) as session:
        found = await viewing_queries.viewing(session, event.id)
    assert (found.plays, found.viewers, found.links) == (3, 1, 1)
    assert (await world.get("/watch/nothing")).status_code == 404
    early = await make_event(worker_database, tenant, online=True)
    waiting = await make_registration(worker_database, tenant, early.id, attendance="ONLINE")
    assert "始まる30分前" in (await world.get(f"/watch/{waiting.viewing_key}")).text


async def test_the_counters_stand_side_by_side_and_go_into_the_report_as_they_are(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    for name in ("マチノワ", "まちのわ", None, "なし", "個人", "・"):
        await make_guest(worker_database, tenant, event, party_size=2, present=1, organisation_name=name)
    online = await make_registration(worker_database, tenant, event.id, attendance="ONLINE")
    async with worker_database.write(tenant.id) as session:
        stream: dict[str, Any] = {"stream_url": "https://stream.example/live", "archive_url": "", "archive_until": None}
        await viewing.set_addresses(session, actor=SECRETARIAT, event_id=event.id, **stream)
        for _ in range(5):
            await viewing.record_play(session, registration_id=online.id)
    shown = (await staff.get(f"{path}/figures")).text
    for name in ("事前登録者数", "事前登録者のうち出席した人数", "出席者数", "出席団体数", "視聴回数", "視聴者数"):
        assert name in shown
    assert "%" not in shown.split("<main")[1].split("</main>")[0]
    sent = await open_form(staff, f"{path}/figures", 'name="names"')
    chosen = {"csrf": sent["csrf"], "names": ["視聴回数", "視聴者数", "出席団体数"]}
    for _ in range(2):
        assert (await staff.post(f"{path}/figures", data=chosen)).status_code == 303
    async with worker_database.read(tenant.id) as session:
        seen = await whole_event(session, event.id)
    assert seen is not None
    assert {(each.name, each.value, each.unit) for each in seen.measures} == {
        ("出席団体数", 1, "団体"),
        ("視聴回数", 5, "回"),
        ("視聴者数", 1, "人"),
    }
    assert {each.as_of for each in seen.measures} == {clock.today()}


async def test_nothing_of_the_day_is_anybody_elses(
    other_staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, path: str
) -> None:
    ends = ("certificates", "certificates/all.zip", "tables", "tables.pdf", "viewing", "figures")
    for end in (*ends, "check-in/name-list.pdf"):
        assert (await other_staff.get(f"{path}/{end}")).status_code == 404
        assert (await client_for(tenant).get(f"{path}/{end}")).status_code == 303


async def test_no_shows_are_who_has_a_seat_and_did_not_come(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    await make_guest(worker_database, tenant, event)
    await make_registration(worker_database, tenant, event.id, name="欠席 花")
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at, held.ends_at = clock.now() - timedelta(days=2), clock.now() - timedelta(days=2)
    assert "（欠席）は1件です" in (await staff.get(f"{path}/figures")).text
    listed = (await staff.get(f"{path}/check-in", params={"show": "MISSING"})).text
    assert ("欠席 花" in listed, "1件" in listed) == (True, True)
    assert (await staff.get(f"{path}/check-in/name-list.pdf")).content[:5] == b"%PDF-"


async def test_who_took_part_from_afar_is_recorded_on_a_page_of_its_own_and_gets_a_certificate(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    party: dict[str, Any] = {"attendance": Attendance.ONLINE, "party_size": 2, "companions": "二人目 花"}
    watched = await make_registration(worker_database, tenant, event.id, name="配信 一子", **party)
    unseen = await make_registration(worker_database, tenant, event.id, name="見ず 二子", attendance=Attendance.ONLINE)
    stream: dict[str, Any] = {"stream_url": "https://stream.example/live", "archive_url": "", "archive_until": None}
    async with worker_database.write(tenant.id) as session:
        await viewing.set_addresses(session, actor=SECRETARIAT, event_id=event.id, **stream)
        await viewing.record_play(session, registration_id=watched.id)
    sent = await open_form(staff, f"{path}/online", 'name="viewers"')
    for pressed, said in (
        ({"viewers": "1"}, "オンライン参加として記録しました"),
        ({"viewers": "1"}, "新しく記録する方はいませんでした"),
        ({"viewers": "", "record": str(watched.id), f"present.{watched.id}": "2"}, "2人全員"),
        ({"viewers": "", "record": str(unseen.id)}, "事務局が確認"),
        ({"viewers": "", "undo": str(unseen.id)}, "取り消しました"),
    ):
        answer = await staff.post(f"{path}/online", data=sent | pressed)
        assert (answer.status_code, said in (await staff.get(answer.headers["location"])).text) == (303, True)
    wrong = {"viewers": "", "record": str(watched.id), f"present.{watched.id}": "3"}
    refused = await staff.post(f"{path}/online", data=sent | wrong)
    assert (refused.status_code, "1人から2人まで" in refused.text) == (422, True)
    found = (await staff.get(f"{path}/online", params={"q": "見ず"})).text
    assert ("見ず 二子" in found, "配信 一子" in found) == (True, False)
    form = await open_form(staff, f"{path}/certificates", 'name="issuer"')
    await staff.post(f"{path}/certificates/rule", data=form | RULE)
    shown = (await staff.get(f"{path}/certificates")).text
    assert ("来場とオンライン参加の方全員に発行する（2人）" in shown, "見ず 二子" in shown) == (True, False)
    await staff.post(f"{path}/certificates/issue", data=form)
    assert "二人目 花" in (await staff.get(f"{path}/certificates")).text
    assert "オンライン参加" in (await staff.get(f"{path}/check-in")).text


async def test_companions_are_named_for_their_certificates_after_the_event_by_the_secretariat(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, path: str
) -> None:
    group = await make_guest(worker_database, tenant, event, name="代表 一子", party_size=3)
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at, held.ends_at, held.state = clock.now() - timedelta(days=3), None, EventState.HELD
    rule = await open_form(staff, f"{path}/certificates", 'name="issuer"')
    await staff.post(f"{path}/certificates/rule", data=rule | RULE)
    sent = await open_form(staff, f"{path}/certificates", 'name="companions"') | {"registration": str(group.id)}
    refused = await staff.post(f"{path}/certificates/companions", data=sent | {"companions": "二\n三\n四"})
    assert (refused.status_code, "同行者は2人までです" in refused.text, "二\n三\n四" in refused.text) == (
        422,
        True,
        True,
    )
    names = {"companions": "二人目 花\n三人目 月"}
    assert (await staff.post(f"{path}/certificates/companions", data=sent | names)).status_code == 303
    assert "来場した方全員に発行する（3人）" in (await staff.get(f"{path}/certificates")).text
    other = await make_event_of_today(worker_database, tenant)
    elsewhere = f"/staff/events/{other.id}/certificates/companions"
    assert (await staff.post(elsewhere, data=sent | names)).status_code == 404
