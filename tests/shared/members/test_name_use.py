"""後援名義: asked for once, decided once, for a period; every letter goes out once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from shared.identity.models import Role
from shared.identity.notifications.models import NotificationManner
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.post import Letter
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal, Refusals
from shared.kit.settings import Settings
from shared.members.models import Channel
from shared.members.name_use import files, queries, service
from shared.members.name_use.models import NameUseState
from shared.members.name_use.queries import NameUseView
from shared.tenants.models import Tenant
from tests.factories.members import make_member, make_organisation, make_platform, settle
from tests.factories.name_use import DECIDER, DRAWING, asked, make_name_use, manager_of, offer_name_use
from tests.factories.notifications import desk_wants
from tests.factories.screening import PDF, picture

DAY = timedelta(days=1)
Do = Callable[..., Awaitable[Any]]


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    tenant = await make_platform(worker_database)
    await offer_name_use(worker_database, tenant)
    return tenant


@pytest.fixture
async def member(worker_database: Database, platform: Tenant) -> UUID:
    return await make_member(worker_database, platform)


@pytest.fixture
def do(web_database: Database, platform: Tenant) -> Do:
    """Each call is a transaction of its own."""

    async def act(verb: Any, *args: Any, **values: Any) -> Any:
        async with web_database.write(platform.id) as session:
            return await verb(session, *args, **values)

    return act


@pytest.fixture
def store(settings: Settings) -> FileStore:
    return FileStore(settings)


async def approve(do: Do, request: NameUseView, **values: Any) -> NameUseView:
    today = clock.today()
    period = {"allowed_from": today, "allowed_until": today + 20 * DAY}
    approved: NameUseView = await do(service.approve, request.id, actor=DECIDER, **(period | values))
    return approved


async def test_a_request_keeps_what_was_asked_under_a_receipt_number(do: Do, member: UUID) -> None:
    view = await do(
        service.request_name_use,
        member,
        asked(fee=" 500円 ", answer_by=clock.today() + 3 * DAY),
        channel=Channel.WEB,
        actor=manager_of(member),
    )
    assert (view.state, view.words, view.participants, view.fee) == (NameUseState.RECEIVED, "受付", 80, "500円")
    assert (view.ends_on, view.submitted_by, view.email) == (view.starts_on, "団体 花子", "hanako@npo.example")
    assert view.receipt_number[0] == "R"


async def test_every_problem_of_the_form_is_told_at_once(do: Do, member: UUID) -> None:
    wrong = asked(title="", place="", participants="たくさん", ends_on=clock.today())
    with pytest.raises(Refusals) as refused:
        await do(service.request_name_use, member, wrong, channel=Channel.WEB, actor=manager_of(member))
    assert {each.field for each in refused.value.problems} == {"title", "place", "participants", "ends_on"}


async def test_the_same_form_sent_twice_is_one_request(do: Do, member: UUID) -> None:
    once = {"channel": Channel.WEB, "actor": manager_of(member), "idempotency_key": "form 1"}
    first, second = [await do(service.request_name_use, member, asked(), **once) for _ in range(2)]
    found = await do(queries.name_uses)
    assert (first.id, found.total) == (second.id, 1)


async def test_only_its_manager_and_the_secretariat_may_ask(do: Do, member: UUID) -> None:
    writer = Actor(
        name="書き手", client_id="w", roles=frozenset({Role.ORGANISATION_USER}), organisation_ids=frozenset({member})
    )
    for actor in (writer, manager_of(UUID(int=7)), Actor()):
        with pytest.raises(Forbidden):
            await do(service.request_name_use, member, asked(), channel=Channel.WEB, actor=actor)


async def test_a_platform_that_does_not_offer_it_takes_no_request(
    do: Do, worker_database: Database, platform: Tenant, member: UUID
) -> None:
    await offer_name_use(worker_database, platform, wanted=False)
    with pytest.raises(Refusal) as refused:
        await do(service.request_name_use, member, asked(), channel=Channel.WEB, actor=manager_of(member))
    assert refused.value.code == "NOT_OFFERED"


async def test_the_switch_leaves_the_other_rules_alone(do: Do, platform: Tenant) -> None:
    rules = "SELECT changes_by_notice, offers_name_use FROM member_rules"
    await do(service.offer, actor=DECIDER, wanted=False)
    assert tuple((await do(lambda session: session.execute(text(rules)))).one()) == (True, False)
    with pytest.raises(Forbidden):
        await do(service.offer, actor=Actor(roles=frozenset({Role.SECRETARIAT})), wanted=True)


async def test_who_has_left_cannot_ask(do: Do, worker_database: Database, platform: Tenant) -> None:
    today = clock.today()
    gone = await make_organisation(
        worker_database, platform, joined_on=today - 9 * DAY, left_on=today - DAY, name="退会した会", demo=False
    )
    with pytest.raises(Conflict):
        await do(service.request_name_use, gone, asked(), channel=Channel.FAX, actor=DECIDER)


async def test_two_decisions_at_once_are_one(do: Do, web_database: Database, platform: Tenant, member: UUID) -> None:
    request = await make_name_use(web_database, platform, member)
    period = {"allowed_from": clock.today(), "allowed_until": clock.today() + DAY}
    answers = await asyncio.gather(
        do(service.approve, request.id, actor=DECIDER, revision=request.revision, **period),
        do(service.refuse, request.id, actor=DECIDER, revision=request.revision, message="できません"),
        do(service.approve, request.id, actor=DECIDER, revision=request.revision, **period),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "Conflict", "NameUseView"]


async def test_a_decision_on_an_old_page_is_refused(
    do: Do, web_database: Database, platform: Tenant, member: UUID
) -> None:
    request = await make_name_use(web_database, platform, member)
    taken = await do(service.take_up, request.id, actor=DECIDER, revision=request.revision)
    assert taken.words == "確認中"
    with pytest.raises(Conflict):
        await approve(do, request, revision=request.revision)
    assert (await approve(do, request, revision=taken.revision)).words == "承認"


async def test_refusing_needs_a_reason_and_approving_a_period(
    do: Do, web_database: Database, platform: Tenant, member: UUID
) -> None:
    request = await make_name_use(web_database, platform, member)
    today = clock.today()
    with pytest.raises(Refusal):
        await do(service.refuse, request.id, actor=DECIDER, message="　")
    for start, end in [(None, None), (today, today - DAY), (today - 9 * DAY, today - DAY), (today, today + 2000 * DAY)]:
        with pytest.raises(Refusals):
            await approve(do, request, allowed_from=start, allowed_until=end)
    assert (await do(queries.name_use, request.id)).is_open


async def test_an_allowed_period_ends_by_itself(
    do: Do, web_database: Database, platform: Tenant, member: UUID, time_machine: Any
) -> None:
    request = await make_name_use(web_database, platform, member)
    await approve(do, request, allowed_from=clock.today() + DAY, allowed_until=clock.today() + 2 * DAY)
    start = clock.now()
    seen = []
    for days in range(4):
        time_machine.move_to(start + days * DAY, tick=False)
        view = await do(queries.name_use, request.id)
        seen.append((view.words, view.lasts))
    assert seen == [("承認", False), ("承認", True), ("承認", True), ("期間終了", False)]


async def test_a_result_is_reported_once_and_not_before_the_event(
    do: Do, web_database: Database, platform: Tenant, member: UUID
) -> None:
    ahead = await approve(do, await make_name_use(web_database, platform, member))
    begun = await approve(do, await make_name_use(web_database, platform, member, starts_on=clock.today()))
    told = {"result": "多くの方に来ていただきました", "participants": "９５", "actor": manager_of(member)}
    with pytest.raises(Refusal):
        await do(service.report, ahead.id, **told)
    with pytest.raises(NotFound):
        await do(service.report, begun.id, **(told | {"actor": manager_of(UUID(int=7))}))
    view = await do(service.report, begun.id, **told)
    assert (view.result, view.result_participants) == ("多くの方に来ていただきました", 95)
    with pytest.raises(Conflict):
        await do(service.report, begun.id, **told)


async def test_every_step_is_told_once_to_those_whom_it_concerns(
    do: Do, settings: Settings, web_database: Database, platform: Tenant, member: UUID
) -> None:
    await desk_wants(web_database, platform, NotificationManner.AT_ONCE)
    await settle(settings, platform)
    granted = await make_name_use(web_database, platform, member, starts_on=clock.today())
    refused = await make_name_use(web_database, platform, member)
    assert await settle(settings, platform)
    await approve(do, granted, conditions="校正を見せること")
    await do(service.refuse, refused.id, actor=DECIDER, message="政治活動にあたります")
    await do(service.report, granted.id, result="終わりました", actor=manager_of(member))
    assert await settle(settings, platform)
    assert await settle(settings, platform) == []
    async with web_database.read(platform.id) as session:
        letters = (await session.execute(select(Letter).where(Letter.about_id.in_([granted.id, refused.id])))).scalars()
        sent = sorted((each.template.removeprefix("members/name_use_"), each.to_email, each.body) for each in letters)
    assert [(name, to) for name, to, _ in sent] == [
        ("approved", "hanako@npo.example"),
        *[("for_desk", "desk@pref.example")] * 3,
        *[("received", "hanako@npo.example")] * 2,
        ("refused", "hanako@npo.example"),
    ]
    assert "校正を見せること" in sent[0][2]
    assert "政治活動にあたります" in sent[-1][2]


async def test_the_desk_is_not_told_of_what_it_has_typed_in(
    settings: Settings, web_database: Database, platform: Tenant, member: UUID
) -> None:
    await settle(settings, platform)
    request = await make_name_use(web_database, platform, member, actor=DECIDER)
    await settle(settings, platform)
    async with web_database.read(platform.id) as session:
        letters = (await session.execute(select(Letter).where(Letter.about_id == request.id))).scalars().all()
    assert [each.template for each in letters] == ["members/name_use_received"]
    assert letters[0].to_email != "desk@pref.example"


async def test_what_waits_comes_first_by_the_day_of_the_answer(
    do: Do, web_database: Database, platform: Tenant, member: UUID
) -> None:
    today = clock.today()
    days = {"later": 9, "soon": 2, "none": None}
    for title, ahead in days.items():
        await make_name_use(web_database, platform, member, title=title, answer_by=ahead and today + ahead * DAY)
    await approve(do, await make_name_use(web_database, platform, member, title="decided", answer_by=today))
    found = await do(queries.name_uses)
    assert [each.title for each in found.items] == ["soon", "later", "none", "decided"]
    assert await do(queries.waiting) == (3, today + 2 * DAY)


@pytest.mark.parametrize(
    ("data", "kind"), [(DRAWING, "image/svg+xml"), (PDF, "application/pdf"), (picture("PNG"), "image/png")]
)
async def test_a_logo_is_handed_out_byte_for_byte_while_the_period_lasts(
    do: Do,
    store: FileStore,
    web_database: Database,
    platform: Tenant,
    member: UUID,
    time_machine: Any,
    data: bytes,
    kind: str,
) -> None:
    request = await make_name_use(web_database, platform, member)
    logo = await do(files.keep_logo, store, data=data, name="横組み", actor=DECIDER)
    await approve(do, request, logo_id=logo.id, allowed_until=clock.today() + DAY)
    mine = await do(queries.logo_of, request.id, actor=manager_of(member))
    assert (mine.content_type, await store.get(mine.file_key)) == (kind, data)
    with pytest.raises(NotFound):
        await do(queries.logo_of, request.id, actor=manager_of(UUID(int=7)))
    time_machine.move_to(clock.now() + 2 * DAY)
    with pytest.raises(NotFound):
        await do(queries.logo_of, request.id, actor=manager_of(member))
    assert (await do(queries.logo_of, request.id, actor=DECIDER)).id == logo.id


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        DRAWING.replace(b"<circle", b"<script>alert(1)</script><circle"),
        DRAWING.replace(b"<circle", b'<circle onclick="x()"'),
        picture("PNG")[:60],
        picture("JPEG"),
        b"MZ\x90\x00 a program",
    ],
)
async def test_what_is_no_logo_is_not_kept(do: Do, store: FileStore, data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        await do(files.keep_logo, store, data=data, name="ロゴ", actor=DECIDER)
    assert refused.value.field == "file"
    assert await do(queries.logos) == []


async def test_a_logo_of_one_decision_is_offered_for_no_other(
    do: Do, store: FileStore, web_database: Database, platform: Tenant, member: UUID
) -> None:
    shared = await do(files.keep_logo, store, data=DRAWING, name="横組み", actor=DECIDER)
    request = await make_name_use(web_database, platform, member)
    period = {"allowed_from": clock.today(), "allowed_until": clock.today() + DAY}
    view = await do(files.approve_with_logo, store, request.id, data=PDF, logo_id=shared.id, actor=DECIDER, **period)
    assert view.logo.content_type == "application/pdf"
    assert [each.id for each in await do(queries.logos)] == [shared.id]
    await do(files.withdraw_logo, shared.id, actor=DECIDER)
    assert await do(queries.logos) == []


async def test_every_step_stands_in_the_record(
    do: Do, store: FileStore, web_database: Database, platform: Tenant, member: UUID
) -> None:
    request = await make_name_use(web_database, platform, member, starts_on=clock.today())
    await do(files.keep_scan, store, request.id, data=PDF, actor=DECIDER)
    await do(service.take_up, request.id, actor=DECIDER)
    await approve(do, request)
    await do(service.report, request.id, result="終わりました", actor=manager_of(member))
    statement = select(AuditEntry.action).where(AuditEntry.object_id == request.id).order_by(AuditEntry.id)
    async with web_database.read(platform.id) as session:
        noted = list((await session.execute(statement)).scalars())
    assert noted == [f"name-use.{verb}" for verb in ("submit", "scan", "take-up", "approve", "report")]
