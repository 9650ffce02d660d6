"""受付 on the pages: as forms, and as what a tablet sends that was offline."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pypdfium2
import pytest
from sqlalchemy import select

from shared.events.attendance import check_in, queries
from shared.events.attendance.models import CheckIn
from shared.events.models import Event
from shared.events.registrations.models import Registration
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.identity import make_account, signed_in
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event(worker_database, tenant, capacity=3, party_limit=5)


@pytest.fixture
async def guest(worker_database: Database, tenant: Tenant, event: Event) -> Registration:
    return await make_registration(worker_database, tenant, event.id, name="鳴門 渚", needs="車いす")


def door_of(event: Event) -> str:
    return f"/staff/events/{event.id}/check-in"


async def _counts(database: Database, tenant: Tenant, event_id: UUID) -> queries.DoorCounts:
    async with database.read(tenant.id) as session:
        return (await queries.door(session, event_id)).counts


async def test_a_ticket_typed_or_scanned_by_a_keyboard_scanner_is_admitted_and_shown(
    staff: httpx.AsyncClient, event: Event, guest: Registration
) -> None:
    sent = await open_form(staff, door_of(event), 'name="ticket"') | {"ticket": guest.code, "place": "東口"}
    answer = await staff.post(door_of(event), data=sent)
    assert answer.status_code == 303
    shown = (await staff.get(answer.headers["location"])).text
    assert ("said--yes" in shown, "受け付けました。" in shown, "車いす" in shown) == (True, True, True)
    assert 'value="東口"' in shown
    again = await staff.post(door_of(event), data=sent | {"place": "西口"})
    assert (again.status_code, "最初の受付は" in again.text, "東口" in again.text) == (422, True, True)
    unknown = await staff.post(door_of(event), data=sent | {"ticket": "XXXXX34679"})
    assert (unknown.status_code, "見つかりません" in unknown.text) == (422, True)


async def test_the_list_admits_counts_a_party_lets_leave_and_undoes(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_registration(worker_database, tenant, event.id, party_size=3)
    sent = await open_form(staff, door_of(event), 'name="arrive"')
    button = str(group.id)
    for press, expected in (
        ({"arrive": button, f"present.{group.id}": "2"}, (1, 2, 0)),
        ({"leave": button}, (1, 2, 1)),
        ({"back": button}, (1, 2, 0)),
        ({"undo": button}, (0, 0, 0)),
    ):
        assert (await staff.post(door_of(event), data=sent | press)).status_code == 303
        counts = await _counts(worker_database, tenant, event.id)
        assert (counts.come, counts.people, counts.left) == expected


async def test_how_many_of_a_group_came_is_put_right_beside_the_name(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_registration(worker_database, tenant, event.id, party_size=3)
    sent = await open_form(staff, door_of(event), 'name="ticket"')
    assert (await staff.post(door_of(event), data=sent | {"ticket": group.code})).status_code == 303
    form = await open_form(staff, door_of(event), 'name="count"')
    assert form[f"present.{group.id}"] == "3"
    press = form | {"count": str(group.id), f"present.{group.id}": "1"}
    answer = await staff.post(door_of(event), data=press)
    shown = (await staff.get(answer.headers["location"])).text
    assert ("来場した人数を1人に直しました。" in shown, "3人のうち1人" in shown) == (True, True)
    assert (await _counts(worker_database, tenant, event.id)).people == 1
    for wrong in ("0", "4", "", "二"):
        answer = await staff.post(door_of(event), data=press | {f"present.{group.id}": wrong})
        assert (answer.status_code, "1人から3人まで" in answer.text) == (422, True)
    state = (await staff.get(f"{door_of(event)}/state.json")).json()
    assert [each["present"] for each in state["guests"]] == [1]


async def test_who_prints_the_names_of_the_door_is_written_down(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, guest: Registration
) -> None:
    assert (await staff.get(f"{door_of(event)}/name-list.pdf")).status_code == 200
    async with worker_database.read(tenant.id) as session:
        noted = select(AuditEntry.object_id, AuditEntry.summary).where(AuditEntry.action == "check-in.print")
        assert [tuple(row) for row in await session.execute(noted)] == [(event.id, "1件")]


async def test_who_waits_is_told_and_offered_a_seat_only_by_the_rules(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    event = await make_event(worker_database, tenant, capacity=1)
    for _ in range(2):
        waiting = await make_registration(worker_database, tenant, event.id)
    sent = await open_form(staff, door_of(event), 'name="ticket"')
    told = await staff.post(door_of(event), data=sent | {"ticket": waiting.code})
    assert (told.status_code, "キャンセル待ちの方です" in told.text) == (422, True)
    tried = await staff.post(door_of(event), data=sent | {"ticket": "", "admit": str(waiting.id)})
    assert (tried.status_code, "空いている席が0席" in tried.text) == (422, True)


async def test_a_walk_in_is_added_or_the_form_comes_back_as_it_was_typed(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    path = f"{door_of(event)}/walk-in"
    sent = await open_form(staff, path) | {"name": "飛び入り 花", "phone": "088-621-2179", "party_size": "2"}
    refused = await staff.post(path, data=sent | {"phone": ""})
    assert (refused.status_code, 'value="飛び入り 花"' in refused.text) == (422, True)
    answer = await staff.post(path, data=sent)
    assert answer.status_code == 303
    assert "飛び入り 花" in (await staff.get(answer.headers["location"])).text
    counts = await _counts(worker_database, tenant, event.id)
    assert (counts.walk_ins, counts.people) == (1, 2)


def _scan(guest: Registration, **more: Any) -> dict[str, Any]:
    at = (clock.now() - timedelta(minutes=10)).isoformat()
    return {"id": str(uuid4()), "given": guest.code, "at": at} | more


async def test_scans_of_a_tablet_that_was_offline_come_in_once(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, guest: Registration
) -> None:
    state = (await staff.get(f"{door_of(event)}/state.json")).json()
    body = {"csrf": state["csrf"], "place": "東口", "scans": [_scan(guest), _scan(guest, given="NOTHERE234")]}
    first, second = [(await staff.post(f"{door_of(event)}/sync", json=body)).json() for _ in range(2)]
    assert [each["outcome"] for each in first["results"]] == ["ADMITTED", "UNKNOWN"]
    assert first["results"] == second["results"]
    assert (second["counts"]["come"], second["counts"]["missing"]) == (1, 0)
    [arrival] = second["guests"]
    assert (arrival["scan"], "来場（受付票）" in arrival["words"], "東口" in arrival["first"]) == (
        body["scans"][0]["id"],
        True,
        True,
    )
    leaving = body | {"scans": [_scan(guest, act="LEAVE")]}
    assert (await staff.post(f"{door_of(event)}/sync", json=leaving)).json()["guests"][0]["left"]


async def test_a_departure_noted_offline_has_its_own_time_and_counts_once(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, guest: Registration
) -> None:
    path = f"{door_of(event)}/sync"
    csrf = (await staff.get(f"{door_of(event)}/state.json")).json()["csrf"]
    came, left = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
    leaving = _scan(guest, id="b", act="LEAVE", at=left.isoformat())
    scans = [_scan(guest, id="a", at=came.isoformat()), leaving]
    assert (await staff.post(path, json={"csrf": csrf, "scans": scans})).json()["guests"][0]["left"]
    async with worker_database.read(tenant.id) as session:
        assert (await session.scalars(select(CheckIn.checked_out_at))).all() == [left]
    async with worker_database.write(tenant.id) as session:
        await check_in.check_out(session, actor=SECRETARIAT, event_id=event.id, registration_id=guest.id, out=False)
    again = (await staff.post(path, json={"csrf": csrf, "scans": [leaving]})).json()
    assert (again["results"][0]["outcome"], again["guests"][0]["left"]) == ("ADMITTED", False)


async def test_a_sync_without_the_forms_token_or_from_elsewhere_or_unreadable_changes_nothing(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event, guest: Registration
) -> None:
    path = f"{door_of(event)}/sync"
    csrf = (await staff.get(f"{door_of(event)}/state.json")).json()["csrf"]
    body = {"csrf": csrf, "scans": [_scan(guest)]}
    assert (await staff.post(path, json=body | {"csrf": "other"})).status_code == 422
    assert (await staff.post(path, json=body, headers={"Origin": "https://evil.example"})).status_code == 422
    for broken in (b"[", b'{"csrf": 1}', b"\xff"):
        assert (await staff.post(path, content=broken)).status_code == 422
    assert (await _counts(worker_database, tenant, event.id)).come == 0


async def test_the_door_is_the_secretariats_alone(
    client_for: ClientFor,
    other_staff: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    event: Event,
    guest: Registration,
) -> None:
    lesser = await signed_in(client_for(tenant), await make_account(worker_database, tenant, Role.CASEWORKER))
    for end in ("", "/walk-in", "/state.json", "-worker.js"):
        path = f"{door_of(event)}{end}"
        assert (await client_for(tenant).get(path)).status_code == 303
        assert (await lesser.get(path)).status_code == 403
    for end in ("", "/walk-in", "/state.json"):
        assert (await other_staff.get(f"{door_of(event)}{end}")).status_code == 404
    sent = fields_of((await other_staff.get("/staff/events/new")).text)
    pressed = await other_staff.post(door_of(event), data=sent | {"ticket": guest.code})
    assert pressed.status_code == 404


async def test_no_address_of_a_guest_stands_on_the_door(
    staff: httpx.AsyncClient, event: Event, guest: Registration
) -> None:
    answer = await staff.get(door_of(event))
    assert (str(guest.email) in answer.text, guest.key in answer.text) == (False, False)
    assert answer.headers["cache-control"] == "no-store"


async def test_the_whole_list_is_one_statement(
    staff: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    event: Event,
    statements: list[str],
) -> None:
    for _ in range(3):
        await make_registration(worker_database, tenant, event.id)
    statements.clear()
    await staff.get(door_of(event))
    assert len([said for said in statements if "registration" in said and "check_in" in said]) == 1


async def test_the_printed_list_has_everybody_however_many_there_are(
    staff: httpx.AsyncClient,
    worker_database: Database,
    tenant: Tenant,
    event: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("zqfirst", "zqsecond", "zqthird"):
        await make_registration(worker_database, tenant, event.id, name=name)
    monkeypatch.setattr(queries, "MOST_GUESTS", 2)
    printed = await staff.get(f"{door_of(event)}/name-list.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(printed.content))
    assert [name in text for name in ("zqfirst", "zqsecond", "zqthird")] == [True] * 3
