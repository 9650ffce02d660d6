"""変更届 and 退会届: decided once, on their day, with nothing overwritten."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock, search
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.kit.settings import Settings
from shared.members import directory, portal, portal_queries, queries, service, versions
from shared.members.models import ChangeNotice, Channel, Membership, NoticeState, Visibility
from shared.members.notices import queries as notice_queries
from shared.members.notices import service as notices
from shared.members.notices.queries import ChangeNoticeView, NoticeKind
from shared.tenants.models import Tenant
from tests.factories.members import filled, make_application, make_member, make_organisation, make_platform, settle

STAFF = Actor(name="事務局 里子", client_id="staff", roles=frozenset({Role.SECRETARIAT}))
COLLEAGUE = Actor(name="別の 担当", client_id="colleague", roles=frozenset({Role.SECRETARIAT}))
DAY = timedelta(days=1)


def manager(organisation_id: UUID) -> Actor:
    return Actor(
        name="団体 花子",
        email="hanako@npo.example",
        client_id="hanako",
        roles=frozenset({Role.ORGANISATION_MANAGER}),
        organisation_ids=frozenset({organisation_id}),
        managed_ids=frozenset({organisation_id}),
    )


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


class Desk:
    """Each call is a transaction of its own."""

    def __init__(self, database: Database, tenant: Tenant) -> None:
        self._database, self._tenant = database, tenant

    async def do(self, verb: Any, *args: Any, **values: Any) -> Any:
        async with self._database.write(self._tenant.id) as session:
            return await verb(session, *args, **values)

    async def change(self, organisation_id: UUID, actor: Actor = STAFF, **changes: Any) -> ChangeNoticeView:
        notice: ChangeNoticeView = await self.do(
            notices.submit_change, organisation_id, changes, channel=Channel.FAX, actor=actor
        )
        return notice

    async def withdraw(self, organisation_id: UUID, days: int, actor: Actor = STAFF) -> Any:
        day = clock.today() + days * DAY
        return await self.do(
            notices.submit_withdrawal, organisation_id, effective_on=day, channel=Channel.POST, actor=actor
        )


@pytest.fixture
def desk(web_database: Database, platform: Tenant) -> Desk:
    return Desk(web_database, platform)


async def test_a_change_notice_holds_what_differs_and_nothing_else(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, phone="088-621-2179", appeal="そのまま")
    notice = await desk.change(
        organisation_id, phone="０８８ー６２１ー２９１３", appeal="そのまま", fields=["childcare"], kana="えぬぴーおー"
    )
    assert notice.before == {"kana": "エヌピーオーホウジンツナグカイ", "phone": "088-621-2179"}
    assert notice.after == {"kana": "エヌピーオー", "phone": "088-621-2913"}
    assert (notice.state, notice.channel, notice.submitted_by) == (NoticeState.RECEIVED, Channel.FAX, "事務局 里子")
    assert (await desk.do(versions.details_of, organisation_id)).phone == "088-621-2179"


async def test_accepted_it_changes_the_organisation_and_keeps_what_was(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, name="もとの会", people="12")
    before = await desk.do(versions.details_of, organisation_id)
    notice = await desk.change(
        organisation_id,
        name="新しい会",
        people="２０人",
        category="private",
        fields=["disaster"],
        visibility={"phone": "PUBLIC"},
    )
    done = await desk.do(notices.accept_change, notice.id, actor=STAFF, revision=notice.revision)
    after = await desk.do(versions.details_of, organisation_id)
    assert (done.state, done.decided_by) == (NoticeState.ACCEPTED, "事務局 里子")
    assert (after.name, after.people, after.category, after.fields) == ("新しい会", "20", "private", ("disaster",))
    assert after.visibility == {"representative_name": "PUBLIC", "phone": "PUBLIC"}
    assert after.address == before.address
    [version] = await desk.do(notice_queries.former_versions, organisation_id)
    assert (version.details, version.valid_until, version.replaced_by) == (before, clock.today(), "事務局 里子")
    async with web_database.read(platform.id) as session:
        shown = await queries.organisation(session, organisation_id, Visibility.PUBLIC)
        found = [hit.title for hit in (await search.find(session, "新しい会")).hits]
    assert (shown.name, shown.phone, found) == ("新しい会", "088-621-2179", ["新しい会"])


async def test_what_another_has_changed_meanwhile_is_neither_lost_nor_hidden(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, phone="088-621-0001", appeal="一言")
    first = await desk.change(organisation_id, phone="088-621-0002", appeal="二言")
    second = await desk.change(organisation_id, phone="088-621-0003")
    await desk.do(notices.accept_change, first.id, actor=STAFF)
    [seen] = await desk.do(notice_queries.field_changes, second)
    assert (seen.before, seen.now, seen.after, seen.overtaken) == ("088-621-0001", "088-621-0002", "088-621-0003", True)
    await desk.do(notices.accept_change, second.id, actor=STAFF)
    details = await desk.do(versions.details_of, organisation_id)
    assert (details.phone, details.appeal) == ("088-621-0003", "二言")
    versions_kept = await desk.do(notice_queries.former_versions, organisation_id)
    assert [each.details.phone for each in versions_kept] == ["088-621-0002", "088-621-0001"]


async def test_a_notice_about_one_contact_makes_no_other_public_again(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    """Whoever hides a telephone number while a notice waits has hidden it."""
    organisation_id = await make_member(web_database, platform, visibility={"phone": "PUBLIC"})
    waiting = await desk.change(organisation_id, manager(organisation_id), visibility={"email": "MEMBERS"})
    assert (waiting.before, waiting.after) == (
        {"visibility": {"email": "SECRETARIAT"}},
        {"visibility": {"email": "MEMBERS"}},
    )
    columns = await desk.do(portal_queries.own_columns, organisation_id)
    hidden = {"visibility": {"phone": "SECRETARIAT"}}
    await desk.do(portal.edit_own, organisation_id, hidden, revision=columns.revision, actor=manager(organisation_id))
    [seen] = await desk.do(notice_queries.field_changes, waiting)
    assert (seen.now, seen.overtaken) == ({"email": "SECRETARIAT"}, False)
    await desk.do(notices.accept_change, waiting.id, actor=STAFF)
    details = await desk.do(versions.details_of, organisation_id)
    assert (details.visible("phone"), details.visible("email")) == ("SECRETARIAT", "MEMBERS")
    assert (await desk.do(queries.organisation, organisation_id)).phone is None


async def test_two_notices_that_hide_hide_both(desk: Desk, web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform, visibility={"phone": "PUBLIC", "email": "PUBLIC"})
    waiting = [await desk.change(organisation_id, visibility={column: "SECRETARIAT"}) for column in ("phone", "email")]
    for notice in waiting:
        await desk.do(notices.accept_change, notice.id, actor=STAFF)
    details = await desk.do(versions.details_of, organisation_id)
    assert [details.visible(column) for column in ("phone", "email")] == ["SECRETARIAT", "SECRETARIAT"]


async def test_a_notice_that_was_written_with_the_whole_map_changes_only_what_differs_in_it(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    """So notices were kept before."""
    organisation_id = await make_member(web_database, platform, visibility={"phone": "SECRETARIAT"})
    notice = await desk.change(organisation_id, visibility={"email": "MEMBERS"})
    whole = {
        "before": {"visibility": {"phone": "PUBLIC"}},
        "after": {"visibility": {"phone": "PUBLIC", "email": "MEMBERS"}},
    }
    await desk.do(rewrite, notice.id, **whole)
    await desk.do(notices.accept_change, notice.id, actor=STAFF)
    details = await desk.do(versions.details_of, organisation_id)
    assert (details.visible("phone"), details.visible("email")) == ("SECRETARIAT", "MEMBERS")


async def rewrite(session: AsyncSession, notice_id: UUID, **columns: Any) -> None:
    await session.execute(update(ChangeNotice).where(ChangeNotice.id == notice_id).values(**columns))


@pytest.mark.parametrize(
    ("name", "start", "first", "second", "both"),
    [
        ("fields", ["childcare"], ["childcare", "disaster"], [], ["disaster"]),
        ("audiences", ["youth"], ["youth", "women"], ["children", "youth"], ["children", "youth", "women"]),
        ("resources", ["people", "goods"], ["people"], ["people", "goods", "place"], ["people", "place"]),
    ],
)
async def test_two_notices_about_one_list_both_count(
    desk: Desk,
    web_database: Database,
    platform: Tenant,
    name: str,
    start: list[str],
    first: list[str],
    second: list[str],
    both: list[str],
) -> None:
    before: dict[str, Any] = {name: tuple(start)}
    organisation_id = await make_member(web_database, platform, **before)
    asked: list[dict[str, Any]] = [{name: first}, {name: second}]
    waiting = [await desk.change(organisation_id, **changes) for changes in asked]
    await desk.do(notices.accept_change, waiting[0].id, actor=STAFF)
    [seen] = await desk.do(notice_queries.field_changes, waiting[1])
    assert (seen.before, sorted(seen.now), seen.after) == (start, sorted(first), both)
    await desk.do(notices.accept_change, waiting[1].id, actor=STAFF)
    assert list(getattr(await desk.do(versions.details_of, organisation_id), name)) == both


async def test_two_who_accept_at_once_decide_once_and_the_later_hears_who_was_first(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    notice = await desk.change(await make_member(web_database, platform), phone="088-621-0009")
    answers = await asyncio.gather(
        desk.do(notices.accept_change, notice.id, actor=STAFF),
        desk.do(notices.refuse_change, notice.id, message="読めません", actor=COLLEAGUE),
        return_exceptions=True,
    )
    [view] = [answer for answer in answers if isinstance(answer, ChangeNoticeView)]
    [refused] = [answer for answer in answers if isinstance(answer, Conflict)]
    assert str(view.decided_by) in refused.message


async def test_a_decision_made_on_an_old_page_is_a_conflict(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    notice = await desk.change(await make_member(web_database, platform), phone="088-621-0009")
    with pytest.raises(Conflict):
        await desk.do(notices.accept_change, notice.id, actor=STAFF, revision=notice.revision + 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "まちがい"}, "email"),
        ({"corporate_number": "1234567890123"}, "corporate_number"),
        ({"name": ""}, "name"),
        ({"fields": ["nothing"]}, "fields"),
        ({"appeal": "長" * 3000}, "appeal"),
        ({}, None),
        ({"consent": True, "source": "OPEN_CALL"}, None),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field(
    desk: Desk, web_database: Database, platform: Tenant, changes: dict[str, Any], field: str | None
) -> None:
    organisation_id = await make_member(web_database, platform)
    with pytest.raises(Refusal) as refused:
        await desk.change(organisation_id, **changes)
    assert refused.value.field == field


async def test_an_old_record_with_gaps_takes_a_new_number(desk: Desk, web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform)
    await desk.do(versions.change, organisation_id, {"kana": "", "address": "", "website": "ftp://x"}, actor=STAFF)
    assert (await desk.change(organisation_id, phone="088-621-0005")).after == {"phone": "088-621-0005"}


async def test_a_manager_speaks_for_its_own_organisation_only(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    mine, other = await make_member(web_database, platform), await make_member(web_database, platform)
    assert (await desk.change(mine, manager(mine), appeal="新しい一言")).email == "hanako@npo.example"
    for actor in (manager(mine), Actor()):
        with pytest.raises(Forbidden):
            await desk.change(other, actor, appeal="よその一言")
        with pytest.raises(Forbidden):
            await desk.withdraw(other, 0, actor)


async def test_the_same_key_is_one_notice(desk: Desk, web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform)
    sent = {"channel": Channel.API, "actor": STAFF, "idempotency_key": "k1"}
    first = await desk.do(notices.submit_change, organisation_id, {"appeal": "一度だけ"}, **sent)
    again = await desk.do(notices.submit_change, organisation_id, {"appeal": "一度だけ"}, **sent)
    assert first.id == again.id


async def count(desk: Desk, days: int) -> int:
    return int((await desk.do(queries.member_count, clock.today() + days * DAY)).count)


async def listed(desk: Desk) -> list[str]:
    return [each.name for each in (await desk.do(directory.listed)).items]


async def test_a_withdrawal_ends_the_membership_on_its_date(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, name="去る会", joined_on=clock.today() - 30 * DAY)
    notice = await desk.withdraw(organisation_id, 0)
    assert await listed(desk) == ["去る会"]
    await desk.do(notices.accept_withdrawal, notice.id, actor=STAFF)
    assert [await count(desk, days) for days in (-1, 0, 1)] == [1, 0, 0]
    assert await listed(desk) == []
    with pytest.raises(NotFound):
        await desk.do(queries.organisation, organisation_id)
    assert (await desk.do(search.find, "去る会")).hits == []


async def test_a_withdrawal_ahead_takes_effect_when_its_day_comes(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, name="春に去る会", joined_on=clock.today() - 30 * DAY)
    notice = await desk.withdraw(organisation_id, 40)
    await desk.do(notices.accept_withdrawal, notice.id, actor=STAFF)
    assert [await count(desk, days) for days in (0, 39, 40)] == [1, 1, 0]
    assert await listed(desk) == ["春に去る会"]
    assert await desk.do(notices.let_withdrawals_take_effect) == 0
    async with web_database.write(platform.id) as session:
        stay = (await session.execute(select(Membership))).scalar_one()
        stay.left_on = clock.today()
    assert await desk.do(notices.let_withdrawals_take_effect) == 1
    assert await desk.do(notices.let_withdrawals_take_effect) == 0
    assert (await desk.do(search.find, "春に去る会")).hits == []


async def test_a_withdrawal_is_sent_once_and_on_a_day_that_can_be(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, joined_on=clock.today() - 30 * DAY)
    for days, actor in ((-31, STAFF), (400, STAFF), (-1, manager(organisation_id))):
        with pytest.raises(Refusal) as refused:
            await desk.withdraw(organisation_id, days, actor)
        assert refused.value.field == "effective_on"
    notice = await desk.withdraw(organisation_id, -1)
    with pytest.raises(Conflict, match=notice.receipt_number):
        await desk.withdraw(organisation_id, 5)
    await desk.do(notices.accept_withdrawal, notice.id, actor=STAFF)
    with pytest.raises(Conflict):
        await desk.withdraw(organisation_id, 5)
    with pytest.raises(Conflict):
        await desk.change(organisation_id, appeal="去った後の一言")


async def test_two_withdrawals_at_once_are_one(desk: Desk, web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform)
    answers = await asyncio.gather(
        desk.withdraw(organisation_id, 3), desk.withdraw(organisation_id, 5), return_exceptions=True
    )
    assert sorted(isinstance(answer, Conflict) for answer in answers) == [False, True]


async def test_a_refused_withdrawal_leaves_the_member_and_a_new_one_may_come(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    notice = await desk.withdraw(organisation_id, 0)
    with pytest.raises(Refusal):
        await desk.do(notices.refuse_withdrawal, notice.id, message="　", actor=STAFF)
    done = await desk.do(notices.refuse_withdrawal, notice.id, message="続けるとのお電話", actor=STAFF)
    assert (done.state, done.message, await count(desk, 0)) == (NoticeState.REFUSED, "続けるとのお電話", 1)
    assert (await desk.withdraw(organisation_id, 9)).state is NoticeState.RECEIVED


async def test_who_comes_back_keeps_its_id_and_gets_a_new_stay(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    number = "5000012010008"
    organisation_id = await make_member(
        web_database, platform, corporate_number=number, name="もとの名", joined_on=clock.today() - 30 * DAY
    )
    notice = await desk.withdraw(organisation_id, -10)
    await desk.do(notices.accept_withdrawal, notice.id, actor=STAFF)
    again = await make_application(web_database, platform, corporate_number=number, name="帰ってきた会")
    view = await desk.do(service.approve_application, again, effective_on=clock.today(), actor=STAFF)
    assert view.organisation_id == organisation_id
    assert [await count(desk, days) for days in (-11, -10, -1, 0)] == [1, 0, 0, 1]
    assert await listed(desk) == ["帰ってきた会"]
    assert [each.details.name for each in await desk.do(notice_queries.former_versions, organisation_id)] == [
        "もとの名"
    ]
    assert [hit.title for hit in (await desk.do(search.find, "帰ってきた会")).hits] == ["帰ってきた会"]


async def test_without_a_number_the_secretariat_says_who_it_is(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform, joined_on=clock.today() - 30 * DAY)
    again = await make_application(web_database, platform)
    approve = {"effective_on": clock.today(), "actor": STAFF, "rejoins": organisation_id}
    with pytest.raises(Conflict):
        await desk.do(service.approve_application, again, **approve)
    notice = await desk.withdraw(organisation_id, 0)
    await desk.do(notices.accept_withdrawal, notice.id, actor=STAFF)
    view = await desk.do(service.approve_application, again, **approve)
    assert (view.organisation_id, await count(desk, 0)) == (organisation_id, 1)


async def test_the_list_shows_what_waits_first(desk: Desk, web_database: Database, platform: Tenant) -> None:
    one, two = await make_member(web_database, platform), await make_member(web_database, platform)
    changed = await desk.change(one, appeal="新しい一言")
    leaving = await desk.withdraw(two, 3)
    await desk.do(notices.accept_change, changed.id, actor=STAFF)
    found = await desk.do(notice_queries.notices)
    assert [(each.id, each.kind) for each in found.items] == [
        (leaving.id, NoticeKind.WITHDRAWAL),
        (changed.id, NoticeKind.CHANGE),
    ]
    assert (found.items[1].fields, found.items[0].effective_on) == (["appeal"], clock.today() + 3 * DAY)
    assert await desk.do(notice_queries.waiting_notices) == {NoticeKind.CHANGE: 0, NoticeKind.WITHDRAWAL: 1}
    own = await desk.do(notice_queries.notices, organisations=[one])
    assert [each.id for each in own.items] == [changed.id]


async def test_another_platform_sees_and_decides_nothing(
    desk: Desk, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    changed, leaving = await desk.change(organisation_id, appeal="一言"), await desk.withdraw(organisation_id, 0)
    foreign = Desk(web_database, await make_platform(worker_database))
    assert (await foreign.do(notice_queries.notices)).total == 0
    for verb, notice in ((notices.accept_change, changed), (notices.accept_withdrawal, leaving)):
        with pytest.raises(NotFound):
            await foreign.do(verb, notice.id, actor=STAFF)
    with pytest.raises(NotFound):
        await foreign.change(organisation_id, appeal="よそから")


async def test_letters_follow_each_step(
    desk: Desk, settings: Settings, web_database: Database, platform: Tenant
) -> None:
    async def about(notice_id: UUID) -> list[Letter]:
        return [letter for letter in await settle(settings, platform) if letter.about_id == notice_id]

    organisation_id = await make_member(web_database, platform, email="kai@npo.example")
    notice = await desk.change(organisation_id, manager(organisation_id), phone="088-697-4177")
    received = {letter.to_email: letter for letter in await about(notice.id)}
    assert set(received) == {"hanako@npo.example", "desk@pref.example"}
    link = f"{settings.tenant_url(platform.slug)}/staff/notices/changes/{notice.id}"
    assert link in received["desk@pref.example"].body
    assert all("電話番号" in letter.body and "4177" not in letter.body for letter in received.values())
    await desk.do(notices.accept_change, notice.id, actor=STAFF)
    [accepted] = await about(notice.id)
    assert (accepted.to_email, "受理しました" in accepted.body) == ("hanako@npo.example", True)
    leaving = await desk.withdraw(organisation_id, 3)
    [receipt] = await about(leaving.id)
    assert (receipt.to_email, "退会届" in receipt.subject) == ("kai@npo.example", True)
    await desk.do(notices.refuse_withdrawal, leaving.id, message="お電話で取り下げ", actor=STAFF)
    [refused] = await about(leaving.id)
    assert "お電話で取り下げ" in refused.body


def test_a_form_and_its_organisation_know_the_same_fields() -> None:
    kept = {"source", "charter_version", "consent"}
    assert {"name", "category", "fields", "visibility", "activities"} < set(versions.CHANGEABLE)
    assert kept.isdisjoint(versions.CHANGEABLE)
    assert versions.differences(filled(name="同じ"), msgspec.structs.replace(filled(name="同じ"), email="")).keys() == {
        "email"
    }


@pytest.mark.parametrize("typed", ["ﾂﾅｸﾞ", "つなぐ", "ツナグ", "ｔｓｕｎａｇｕ", "Tsunagu つなぐ", "𠮷野"])
async def test_whom_a_paper_is_of_is_found_in_every_spelling(
    desk: Desk, web_database: Database, platform: Tenant, typed: str
) -> None:
    named = await make_member(
        web_database,
        platform,
        name="NPO法人ＴＳＵＮＡＧＵ吉野",
        kana="エヌピーオーホウジンツナグヨシノ",
        activities="集い",
    )
    same: dict[str, Any] = {"name": "つなぐTSUNAGU吉野", "kana": "ツナグ"}
    await make_organisation(web_database, platform, joined_on=None, **same)
    await make_organisation(web_database, platform, joined_on=clock.today() - DAY, left_on=clock.today(), **same)
    assert [each.id for each in await desk.do(notice_queries.candidates, typed)] == [named]


async def test_names_come_before_texts_and_without_a_word_everybody_is_offered(
    desk: Desk, web_database: Database, platform: Tenant
) -> None:
    for name, kana, activities in (("あの会", "アノカイ", "つなぐ活動"), ("つなぐ会", "ツナグカイ", "集い")):
        await make_member(web_database, platform, name=name, kana=kana, purpose="", appeal="", activities=activities)
    found = [each.name for each in await desk.do(notice_queries.candidates, "ツナグ")]
    everybody = [each.name for each in await desk.do(notice_queries.candidates, " ")]
    nobody = await desk.do(notice_queries.candidates, "・")
    assert (found, everybody, nobody) == (["つなぐ会", "あの会"], ["あの会", "つなぐ会"], [])
