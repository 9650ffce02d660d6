"""Certificates: for who came, once, with a number that stays."""

import asyncio
import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pypdfium2
import pytest

from shared.events.attendance import certificate_queries, certificates, check_in
from shared.events.attendance.certificate_paper import Press, grouped
from shared.events.models import Event, EventState
from shared.events.registrations.companions import name_companions
from shared.events.registrations.models import Registration
from shared.events.registrations.retention import forget_registrants
from shared.identity.policy import ANONYMOUS
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Conflict, Forbidden, Refusal
from shared.tenants.models import Tenant
from shared.tenants.queries import profile
from tests.factories.event_days import RULE
from tests.factories.events import make_event
from tests.factories.registrations import SECRETARIAT, make_registration
from tests.factories.tenants import make_tenant
from tests.shared.events.attendance.coming import do, issue, make_event_of_today, make_guest


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
async def event(worker_database: Database, tenant: Tenant) -> Event:
    event = await make_event_of_today(worker_database, tenant)
    await do(worker_database, tenant, certificates.set_rule, event_id=event.id, **RULE)
    return event


async def test_only_who_came_gets_one_and_twice_is_once(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guests = [await make_guest(worker_database, tenant, event) for _ in range(2)]
    absent = await make_registration(worker_database, tenant, event.id)
    made = await issue(worker_database, tenant, event.id)
    year = clock.today().year
    assert [each.number for each in made] == [f"{tenant.slug}-{year}-0001", f"{tenant.slug}-{year}-0002"]
    assert {each.registration_id for each in made} == {each.id for each in guests}
    assert await issue(worker_database, tenant, event.id) == []
    with pytest.raises(Refusal) as refused:
        await issue(worker_database, tenant, event.id, registration_ids=[absent.id])
    assert refused.value.code == "NOT_PRESENT"


async def test_issuing_at_once_gives_each_person_one_number_without_a_gap(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for _ in range(5):
        await make_guest(worker_database, tenant, event)
    other = await make_event_of_today(worker_database, tenant)
    await do(worker_database, tenant, certificates.set_rule, event_id=other.id, **RULE)
    await make_guest(worker_database, tenant, other)
    made = await asyncio.gather(
        *(issue(worker_database, tenant, each) for each in [event.id, other.id] for _ in range(4))
    )
    numbers = sorted(each.number for several in made for each in several)
    assert numbers == [f"{tenant.slug}-{clock.today().year}-{number:04}" for number in range(1, 7)]


async def test_a_whole_party_that_came_gets_one_each_and_a_part_of_it_only_the_person(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    party = {"party_size": 3, "companions": "二人目 花\n三人目 月"}
    await make_guest(worker_database, tenant, event, name="代表 一", **party)
    await make_guest(worker_database, tenant, event, name="代表 二", present=2, **party)
    await make_guest(worker_database, tenant, event, name="代表 三", party_size=3, companions="名のある人")
    made = await issue(worker_database, tenant, event.id)
    names = ["代表 一", "二人目 花", "三人目 月", "代表 二", "代表 三", "名のある人"]
    assert [each.name for each in made] == names
    async with worker_database.read(tenant.id) as session:
        known = await certificate_queries.holders(session, event.id)
    assert (known.nameless, known.unknown) == (1, 1)


async def test_a_reissue_keeps_number_and_code_writes_the_name_right_and_is_counted(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event, name="吉野 高子")
    [first] = await issue(worker_database, tenant, event.id)
    for count, name in ((1, "𠮷野 髙子"), (2, None)):
        again = await do(worker_database, tenant, certificates.reissue, certificate_id=first.id, name=name)
        assert (again.number, again.code, again.name, again.reissues) == (first.number, first.code, "𠮷野 髙子", count)
    with pytest.raises(Refusal):
        await do(worker_database, tenant, certificates.reissue, certificate_id=first.id, name=" ")


async def test_a_check_in_with_a_certificate_is_not_undone_until_it_is_revoked(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    guest = await make_guest(worker_database, tenant, event)
    [made] = await issue(worker_database, tenant, event.id)
    who = {"event_id": event.id, "registration_id": guest.id}
    with pytest.raises(Conflict):
        await do(worker_database, tenant, check_in.undo, **who)
    await do(worker_database, tenant, certificates.revoke, certificate_id=made.id, reason="人違い")
    await do(worker_database, tenant, check_in.undo, **who)
    with pytest.raises(Conflict):
        await do(worker_database, tenant, certificates.reissue, certificate_id=made.id)
    async with worker_database.read(tenant.id) as session:
        proof = await certificate_queries.proof(session, made.code)
        assert await certificate_queries.certificates_of(session, guest.id) == []
    assert proof is not None
    assert proof.revoked_at is not None


async def test_none_is_issued_without_a_rule_or_before_the_event(worker_database: Database, tenant: Tenant) -> None:
    event = await make_event(worker_database, tenant)
    await make_guest(worker_database, tenant, event)
    for code in ("NO_RULE", "NOT_YET"):
        with pytest.raises(Refusal) as refused:
            await issue(worker_database, tenant, event.id)
        assert refused.value.code == code
        await do(worker_database, tenant, certificates.set_rule, event_id=event.id, **RULE)
    await do(worker_database, tenant, certificates.drop_rule, event_id=event.id)
    with pytest.raises(Refusal) as wrong:
        await do(worker_database, tenant, certificates.set_rule, event_id=event.id, **RULE | {"title": ""})
    assert wrong.value.field == "title"


async def test_who_was_forgotten_gets_none_and_a_certificate_keeps_the_name_that_it_proves(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event, name="鳴門 渚")
    [made] = await issue(worker_database, tenant, event.id)
    await make_guest(worker_database, tenant, event)
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at = held.ends_at = clock.now() - timedelta(days=400)
    async with worker_database.write(tenant.id) as session:
        assert await forget_registrants(session) == 2
    assert await issue(worker_database, tenant, event.id) == []
    async with worker_database.read(tenant.id) as session:
        proof = await certificate_queries.proof(session, made.code)
    assert proof is not None
    assert proof.masked == "鳴○ ○"


async def test_the_code_proves_it_on_its_own_platform_only_and_the_name_stays_hidden(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event, name="鳴門 渚")
    [made] = await issue(worker_database, tenant, event.id)
    other = await make_tenant(worker_database)
    async with worker_database.read(tenant.id) as session:
        for typed in (made.code, grouped(made.code).lower(), f" {made.code} "):
            proof = await certificate_queries.proof(session, typed)
            assert proof is not None
            assert (proof.number, proof.masked) == (made.number, "鳴○ ○")
    async with worker_database.read(other.id) as session:
        assert await certificate_queries.proof(session, made.code) is None


async def test_the_sheet_says_all_of_it_and_the_zip_holds_one_of_each(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for name in ("𠮷野 髙子", "長い名前のアレクサンドラ・マリア・フェルナンデス"):
        await make_guest(worker_database, tenant, event, name=name)
    await issue(worker_database, tenant, event.id)
    async with worker_database.read(tenant.id) as session:
        wanted = await certificate_queries.issued(session, event.id)
        platform = await profile(session)
    press = Press(platform, "https://p.example")
    sheet = _text(await press.print(wanted[:1]))
    for words in (
        "𠮷野髙子",
        "第" + wanted[0].number,
        "会長試験太郎",
        "令和",
        "試験のセミナー",
        "https://p.example/certificates",
        grouped(wanted[0].code),
    ):
        assert words in sheet
    pieces = [piece async for piece in press.zipped(wanted)]
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{each.number}.pdf" for each in wanted]
    assert len([piece for piece in pieces if piece]) == 3


async def test_a_second_print_says_what_the_first_said_whoever_signs_by_then(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event, name="吉野 高子")
    [made] = await issue(worker_database, tenant, event.id)
    other = {"title": "受講証", "body": "別の文です。", "issuer": "新会長　後任 次郎"}
    await do(worker_database, tenant, certificates.set_rule, event_id=event.id, **other)
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.title, held.starts_at = "名前を変えた行事", held.starts_at - timedelta(days=800)
    await do(worker_database, tenant, certificates.reissue, certificate_id=made.id, name="𠮷野 髙子")
    async with worker_database.read(tenant.id) as session:
        [known] = await certificate_queries.issued(session, event.id)
        proof = await certificate_queries.proof(session, made.code)
        sheet = _text(await Press(await profile(session), "https://p.example").print([known]))
    stays = (RULE["title"], RULE["body"], "会長試験太郎", event.title, f"令和{clock.today().year - 2018}年")
    changed = ("受講証", "別の文", "後任", "名前を変えた行事", "吉野高子")
    assert ([said in sheet for said in stays], [said in sheet for said in changed]) == ([True] * 5, [False] * 5)
    assert "𠮷野髙子" in sheet
    assert proof is not None
    assert (proof.event_title, proof.starts_at) == (event.title, event.starts_at)


def _text(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return "".join(text.split())


async def _write_companions(database: Database, tenant: Tenant, registration_id: UUID, companions: str) -> None:
    async with database.write(tenant.id) as session:
        guest = await session.get_one(Registration, (tenant.id, registration_id))
        guest.companions = companions


async def test_a_name_written_in_front_of_another_gets_its_own_and_nobody_a_second_one(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    party = {"party_size": 3, "companions": "三人目 月"}
    guest = await make_guest(worker_database, tenant, event, name="代表 一", **party)
    first = await issue(worker_database, tenant, event.id)
    assert [each.name for each in first] == ["代表 一", "三人目 月"]
    await do(worker_database, tenant, certificates.reissue, certificate_id=first[0].id, name="代表 壱")
    await _write_companions(worker_database, tenant, guest.id, "二人目 花\n三人目 月")
    made = await issue(worker_database, tenant, event.id)
    assert [(each.name, each.ordinal) for each in made] == [("二人目 花", 2)]
    assert await issue(worker_database, tenant, event.id) == []


async def test_no_certificate_is_issued_of_a_check_in_that_is_undone_meanwhile(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    for _ in range(10):
        guest = await make_guest(worker_database, tenant, event)
        undoing = do(worker_database, tenant, check_in.undo, event_id=event.id, registration_id=guest.id)
        made, undone = await asyncio.gather(issue(worker_database, tenant, event.id), undoing, return_exceptions=True)
        assert isinstance(made, list)
        assert isinstance(undone, Conflict) == bool(made)


async def test_a_party_whose_companions_have_certificates_is_not_counted_smaller(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_guest(worker_database, tenant, event, party_size=2, companions="二人目 花")
    _, second = await issue(worker_database, tenant, event.id)
    who = {"event_id": event.id, "registration_id": group.id}
    with pytest.raises(Conflict):
        await do(worker_database, tenant, check_in.set_present, **who, present=1)
    await do(worker_database, tenant, certificates.revoke, certificate_id=second.id, reason="来ていない")
    await do(worker_database, tenant, check_in.set_present, **who, present=1)


async def test_the_secretariat_alone_writes_companions_names_after_the_event_and_they_get_certificates(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    group = await make_guest(worker_database, tenant, event, name="代表 一", party_size=3)
    assert [each.name for each in await issue(worker_database, tenant, event.id)] == ["代表 一"]
    async with worker_database.write(tenant.id) as session:
        held = await session.get_one(Event, (tenant.id, event.id))
        held.starts_at = held.ends_at = clock.now() - timedelta(days=2)
        held.state = EventState.HELD
    with pytest.raises(Forbidden):
        async with worker_database.write(tenant.id) as session:
            await name_companions(session, actor=ANONYMOUS, registration_id=group.id, companions="二人目 花")
    with pytest.raises(Refusal) as refused:
        await do(worker_database, tenant, name_companions, registration_id=group.id, companions="二\n三\n四")
    assert refused.value.code == "TOO_MANY"
    await do(worker_database, tenant, name_companions, registration_id=group.id, companions="二人目 花\n三人目 月")
    assert [each.name for each in await issue(worker_database, tenant, event.id)] == ["二人目 花", "三人目 月"]


async def test_a_rule_is_not_dropped_while_certificates_are_issued_by_it(
    worker_database: Database, tenant: Tenant, event: Event
) -> None:
    await make_guest(worker_database, tenant, event)
    async with worker_database.write(tenant.id) as session:
        await certificates.issue(session, actor=SECRETARIAT, event_id=event.id, platform=tenant.slug)
        dropping = asyncio.create_task(do(worker_database, tenant, certificates.drop_rule, event_id=event.id))
        await asyncio.sleep(0.3)
    with pytest.raises(Conflict):
        await dropping


async def test_everybody_gets_one_however_many_came(
    worker_database: Database, tenant: Tenant, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate_queries, "MOST", 2)
    for _ in range(5):
        await make_guest(worker_database, tenant, event)
    assert len(await issue(worker_database, tenant, event.id)) == 5
    async with worker_database.read(tenant.id) as session:
        shown = await certificate_queries.holders(session, event.id)
    assert ([each.number for each in shown.items], shown.total) == ([1, 2], 5)
