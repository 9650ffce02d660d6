"""The secretariat at its registrations: the list, the files, the paper, and what comes by telephone."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.web.site import Site
from shared.events import service as events
from shared.events.models import Event
from shared.events.registrations import queries, service
from shared.events.registrations.models import RegistrationChannel
from shared.events.registrations.queries import RegistrationView
from shared.identity.models import Role
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.japanese.eras import both_calendars
from shared.kit.outbox import OutboxRow
from shared.kit.spreadsheets.reading import read_table
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import open_form
from tests.services.web.pages.test_registration import said
from tests.shared.kit.paper.pdf import pages

ENTRY = 'name="needs_words"'


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    return await make_event(worker_database, tenant, capacity=2, party_limit=4)


def path_of(event: Event) -> str:
    return f"/staff/events/{event.id}/registrations"


async def stored(database: Database, tenant: Tenant, event: Event) -> list[RegistrationView]:
    async with database.read(tenant.id) as session:
        return (await queries.registrations(session, event.id)).items


async def enter(staff: httpx.AsyncClient, event: Event, **typed: Any) -> httpx.Response:
    form = await open_form(staff, f"{path_of(event)}/new", ENTRY)
    return await staff.post(f"{path_of(event)}/new", data=form | {"channel": "PHONE"} | typed)


async def test_a_call_is_typed_in_and_the_form_is_ready_for_the_next(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant, event: Event
) -> None:
    answer = await enter(
        staff, event, name="電話 かけ子", phone="０８８－６２１－２１７９", needs="車いす", party_size="2"
    )
    assert answer.status_code == 303
    again = await staff.get(answer.headers["location"])
    assert "受付番号 0001 電話 かけ子さん（2人）：参加確定" in said(again.text)
    assert ('value="PHONE" selected' in again.text, 'name="name" type="text" value=""' in again.text) == (True, True)
    await enter(staff, event, channel="FAX", name="ファクス 送太郎", phone="088-621-2180")
    first, second = await stored(web_database, tenant, event)
    assert (first.channel, first.email, first.phone, first.needs) == ("PHONE", None, "088-621-2179", "車いす")
    assert (first.entered_by, second.waitlist_position) == (first.entered_by, 1)
    assert first.entered_by is not None


async def test_without_telephone_and_mail_nothing_is_kept_and_nothing_typed_is_lost(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant, event: Event
) -> None:
    answer = await enter(staff, event, name="名前 だけ", organisation_name="残る団体名")
    assert (answer.status_code, 'href="#phone"' in answer.text, 'value="残る団体名"' in answer.text) == (
        422,
        True,
        True,
    )
    assert await stored(web_database, tenant, event) == []


async def test_two_clicks_enter_one_and_the_same_person_is_named_to_the_staff(
    staff: httpx.AsyncClient, web_database: Database, tenant: Tenant, event: Event
) -> None:
    form = await open_form(staff, f"{path_of(event)}/new", ENTRY) | {"name": "二度 押す", "email": "twice@example.jp"}
    answers = [await staff.post(f"{path_of(event)}/new", data=form) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    again = await enter(staff, event, name="二度 押す", email="TWICE@example.jp")
    assert (again.status_code, "受付番号0001ですでに入っています" in again.text) == (422, True)
    assert f"{path_of(event)}?q=TWICE%40example.jp" in again.text
    assert len(await stored(web_database, tenant, event)) == 1


async def test_the_list_shows_counts_positions_and_needs_and_can_be_narrowed(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    made = [
        await make_registration(
            worker_database, tenant, event.id, name=f"一覧 {number}郎", needs="手話通訳" if number == 2 else None
        )
        for number in range(1, 5)
    ]
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=made[2].id)
    page = said((await staff.get(path_of(event))).text)
    assert "席の状況（取消済み 1件）" in page
    assert "会場 2人 2人 0席 1組" in page
    assert ("キャンセル待ち1番目" in page.replace(" ", ""), "配慮 手話通訳" in page) == (True, True)
    for query, names in {
        "q=３郎": {"一覧 3郎"},
        "status=WAITLISTED": {"一覧 4郎"},
        "status=CANCELLED": {"一覧 3郎"},
        "needs=1": {"一覧 2郎"},
        "way=ONLINE": set(),
        "status=NONSENSE&page=x": {each.name for each in made},
    }.items():
        shown = (await staff.get(f"{path_of(event)}?{query}")).text
        assert {each.name for each in made if f">{each.name}</a>" in shown} == names, query


async def test_files_hold_everything_and_taking_them_is_written_down(
    staff: httpx.AsyncClient, web_database: Database, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_registration(worker_database, tenant, event.id, name="=計算 式子", needs="託児")
    answer = await staff.get(f"{path_of(event)}.xlsx?status=CONFIRMED")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    read = await asyncio.to_thread(read_table, answer.content, "registrations.xlsx")
    head, row = [[str(cell) for cell in line.cells] for line in read.rows]
    assert (head[0], row[0], row[1], row[9]) == ("受付番号", "0001", "参加確定", "託児")
    assert (await staff.get(f"{path_of(event)}.csv")).content.startswith(b"\xef\xbb\xbf")
    async with web_database.read(tenant.id) as session:
        noted = select(AuditEntry.action, AuditEntry.summary).where(AuditEntry.object_id == event.id)
        taken = [tuple(each) for each in await session.execute(noted) if each.action == "registration.export"]
    assert taken == [("registration.export", "1件")] * 2


async def test_the_paper_names_those_who_have_a_seat_and_nobody_else(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_registration(worker_database, tenant, event.id, name="若葉 わか", kana="ワカバ ワカ", needs="車いす")
    gone = await make_registration(worker_database, tenant, event.id, name="取消 とり子", kana="トリケシ トリコ")
    async with worker_database.write(tenant.id) as session:
        await service.cancel(session, actor=ANONYMOUS, registration_id=gone.id)
    await make_registration(worker_database, tenant, event.id, name="青葉 あお", kana="アオバ アオ")
    await make_registration(worker_database, tenant, event.id, name="待機 まつ子", kana="タイキ マツコ")
    by_number = "".join(pages((await staff.get(f"{path_of(event)}/names.pdf")).content))
    by_kana = "".join(pages((await staff.get(f"{path_of(event)}/names.pdf?order=kana")).content))
    assert by_number.index("若葉わか") < by_number.index("青葉あお")
    assert by_kana.index("青葉あお") < by_kana.index("若葉わか")
    for paper in (by_number, by_kana):
        assert ("車いす" in paper, "取消とり子" in paper, "待機まつ子" in paper) == (True, False, False)


async def test_a_change_by_two_at_once_shows_both_and_loses_nothing(
    staff: httpx.AsyncClient, web_database: Database, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    registration = await make_registration(worker_database, tenant, event.id, name="元の 名前")
    path = f"/staff/registrations/{registration.id}"
    form = await open_form(staff, path, ENTRY)
    assert (await staff.post(path, data=form | {"name": "先の 名前", "remarks": "先の覚え"})).status_code == 303
    late = await staff.post(path, data=form | {"name": "後の 名前"})
    assert (late.status_code, "先の 名前" in late.text, 'value="後の 名前"' in late.text) == (409, True, True)
    [after] = await stored(web_database, tenant, event)
    assert (after.name, after.remarks, after.email) == ("先の 名前", "先の覚え", registration.email)


async def test_the_secretariats_note_alone_is_no_news_for_the_person(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    registration = await make_registration(worker_database, tenant, event.id)
    path = f"/staff/registrations/{registration.id}"
    form = await open_form(staff, path, ENTRY)
    await staff.post(path, data=form | {"remarks": "前列へご案内"})
    async with worker_database.read(tenant.id) as session:
        facts = list(await session.scalars(select(OutboxRow.name)))
    assert facts.count("RegistrationChanged") == 0
    form = await open_form(staff, path, ENTRY)
    await staff.post(path, data=form | {"organisation_name": "新しい所属"})
    async with worker_database.read(tenant.id) as session:
        facts = list(await session.scalars(select(OutboxRow.name)))
    assert facts.count("RegistrationChanged") == 1


async def test_a_cancellation_moves_the_list_and_the_desk_says_so(
    staff: httpx.AsyncClient, web_database: Database, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    first = await make_registration(worker_database, tenant, event.id, party_size=2)
    await make_registration(worker_database, tenant, event.id, name="待って いた人")
    path = f"/staff/registrations/{first.id}/cancel"
    form = await open_form(staff, path, 'name="remarks"')
    answer = await staff.post(path, data=form | {"remarks": "お電話で取消のご連絡"})
    assert answer.headers["location"] == f"/staff/registrations/{first.id}?done=cancelled"
    promoted, cancelled = await stored(web_database, tenant, event)
    assert (promoted.name, promoted.status) == ("待って いた人", "CONFIRMED")
    assert (cancelled.remarks, cancelled.cancelled_by is not None) == ("お電話で取消のご連絡", True)
    desk = said((await staff.get("/staff")).text)
    assert f"この3日間、{event.title}" in desk
    assert "取り消された申込は、元に戻せません" in (await staff.get(f"/staff/registrations/{first.id}")).text


async def test_another_platforms_staff_finds_nothing(
    other_staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    registration = await make_registration(worker_database, tenant, event.id)
    own = f"/staff/registrations/{registration.id}"
    for path in (path_of(event), f"{path_of(event)}.csv", f"{path_of(event)}/names.pdf", f"{path_of(event)}/new", own):
        assert (await other_staff.get(path)).status_code == 404, path


async def test_the_member_who_holds_the_event_sees_its_list_and_no_other_does(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    event = await make_event(worker_database, tenant)
    own = await make_member(worker_database, tenant)
    held = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, held.id))).member_organisation_id = own
    await make_registration(worker_database, tenant, held.id, name="行事に 来る人", channel=RegistrationChannel.WEB)

    async def seen_by(role: Role, organisation: Any) -> int:
        account = await make_account(worker_database, tenant, role, organisation_id=organisation)
        client = await signed_in(client_for(tenant), account)
        for suffix in (".csv", ".xlsx"):
            assert (await client.get(f"/member/events/{event.id}/registrations{suffix}")).status_code in (403, 404)
        answer = await client.get(f"/member/events/{held.id}/registrations")
        assert ("行事に 来る人" in answer.text) == (answer.status_code == 200)
        return answer.status_code

    assert await seen_by(Role.ORGANISATION_MANAGER, own) == 200
    assert await seen_by(Role.ORGANISATION_USER, own) == 403
    assert await seen_by(Role.ORGANISATION_MANAGER, await make_member(worker_database, tenant)) == 404


async def test_the_desk_is_warned_before_those_who_wait_for_a_new_day_are_forgotten(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    async with worker_database.write(tenant.id) as session:
        await events.postpone_event(session, actor=SECRETARIAT, event_id=event.id, reason="台風のため")
    warning, path = "申し込んだ方のお名前と連絡先を消去します", f"/staff/events/{event.id}"
    assert warning not in (await staff.get(path)).text
    async with worker_database.write(tenant.id) as session:
        await events.postpone_event(
            session, actor=SECRETARIAT, event_id=event.id, reason="会場がとれたため", starts_at=event.starts_at
        )
    await make_registration(worker_database, tenant, event.id)
    assert warning not in (await staff.get(path)).text
    async with worker_database.write(tenant.id) as session:
        await events.postpone_event(session, actor=SECRETARIAT, event_id=event.id, reason="また台風のため")
    page = said((await staff.get(path)).text)
    assert (warning in page, both_calendars(clock.today() + timedelta(days=366)) in page) == (True, True)


async def test_the_desks_own_notes_stay_at_the_desk(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    """The member who holds the event takes the same list without them, as Excel and as CSV."""
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    own, held = await make_member(worker_database, tenant), await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        (await session.get_one(Event, (tenant.id, held.id))).member_organisation_id = own
    note: dict[str, Any] = {"actor": SECRETARIAT, "channel": RegistrationChannel.PHONE, "remarks": "前回は無断で欠席"}
    await make_registration(worker_database, tenant, held.id, name="電話で 申込", **note)

    async def taken(role: Role, organisation: Any, path: str) -> list[list[list[str]]]:
        account = await make_account(worker_database, tenant, role, organisation_id=organisation)
        client = await signed_in(client_for(tenant), account)
        files = []
        for suffix in (".xlsx", ".csv"):
            answer = await client.get(f"{path}/{held.id}/registrations{suffix}")
            read = await asyncio.to_thread(read_table, answer.content, f"registrations{suffix}")
            files.append([[str(cell or "") for cell in line.cells] for line in read.rows])
        return files

    for head, row in await taken(Role.ORGANISATION_MANAGER, own, "/member/events"):
        assert (row[4], head[-1]) == ("電話で 申込", "取消日時")
        assert {"入力者", "備考", "前回は無断で欠席", SECRETARIAT.name} & {*head, *row} == set()
    for head, row in await taken(Role.SECRETARIAT_ADMIN, None, "/staff/events"):
        assert (head[-2:], row[-2:]) == (["入力者", "備考"], [SECRETARIAT.name, "前回は無断で欠席"])


async def test_fewer_seats_than_are_confirmed_are_refused_with_a_way_out(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_registration(worker_database, tenant, event.id, party_size=2)
    path = f"/staff/events/{event.id}"
    form = await open_form(staff, path, 'name="title"') | {"capacity": "1", "theme": "残るテーマ", "then": "save"}
    refused = await staff.post(path, data=form)
    assert (refused.status_code, 'value="1"' in refused.text, 'value="残るテーマ"' in refused.text) == (422, True, True)
    assert f'href="{path_of(event)}?status=CONFIRMED"' in refused.text
    assert 'name="capacity_instead" value="2"' in refused.text
    again = await staff.post(path, data=form | {"capacity_instead": "2"})
    assert again.status_code == 303, said(again.text)
    async with worker_database.read(tenant.id) as session:
        saved = await session.get_one(Event, (tenant.id, event.id))
    assert (saved.capacity, saved.theme, saved.party_limit) == (2, "残るテーマ", 4)


async def test_people_walk_in_on_the_day_only_and_only_where_there_is_a_seat(
    staff: httpx.AsyncClient, web_database: Database, worker_database: Database, tenant: Tenant, event: Event
) -> None:
    assert 'value="WALK_IN"' not in (await staff.get(f"{path_of(event)}/new")).text
    assert (await enter(staff, event, channel="WALK_IN", name="早すぎ る", phone="088-621-2179")).status_code == 303
    [early] = await stored(web_database, tenant, event)
    assert early.channel == "PHONE"
    today = await make_event(worker_database, tenant, capacity=1, starts_at=clock.now(), all_day=True, ends_at=None)
    first = await enter(staff, today, channel="WALK_IN", name="一人目 はじめ", phone="088-621-2180")
    second = await enter(staff, today, channel="WALK_IN", name="二人目 つぎ", phone="088-621-2181")
    assert (first.status_code, second.status_code) == (303, 422)
    assert ("定員に達している" in second.text, 'value="二人目 つぎ"' in second.text) == (True, True)
    [come] = await stored(web_database, tenant, today)
    assert (come.name, come.channel) == ("一人目 はじめ", "WALK_IN")
