"""What came on paper becomes the same record as by web; and what may be kept as its scan."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.refusals import NotFound, Refusal
from shared.kit.settings import Settings
from shared.members import application_queries, intake, lookalikes
from shared.members.details import ApplicationDetails
from shared.members.models import ApplicationState, Channel
from shared.members.screening_models import ConfidentialityPledge
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, filled, make_application, make_member, make_platform
from tests.factories.screening import PDF, picture

#: As little as a FAX may say.
BARE = ApplicationDetails(name="ファクスの会", kana="ふぁくすのかい")


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


@pytest.fixture
def files(settings: Settings) -> FileStore:
    return FileStore(settings)


@time_machine.travel("2026-11-21T09:30:00+09:00", tick=False)
async def test_a_fax_of_last_week_is_the_same_record_and_waits_since_it_came(
    web_database: Database, platform: Tenant
) -> None:
    async with web_database.write(platform.id) as session:
        view = await intake.enter_application(
            session, BARE, channel=Channel.FAX, received_on=date(2026, 11, 14), actor=STAFF
        )
    assert (view.state, view.channel, view.details.kana) == (ApplicationState.RECEIVED, Channel.FAX, "ファクスノカイ")
    assert view.received_at.astimezone(clock.JST).isoformat() == "2026-11-14T12:00:00+09:00"
    assert (view.steps[0].actor_name, view.steps[0].happened_at) == (STAFF.name, clock.now())
    async with web_database.read(platform.id) as session:
        [line] = (await application_queries.applications(session)).items
    assert line.waiting_days == 7


@pytest.mark.parametrize(("days", "field"), [(1, "received_on"), (-400, "received_on")])
async def test_a_day_that_cannot_be_is_refused(web_database: Database, platform: Tenant, days: int, field: str) -> None:
    day = clock.today() + timedelta(days=days)
    async with web_database.write(platform.id) as session:
        with pytest.raises(Refusal) as refused:
            await intake.enter_application(session, BARE, channel=Channel.POST, received_on=day, actor=STAFF)
    assert refused.value.field == field


async def test_nobody_types_in_what_came_by_web(web_database: Database, platform: Tenant) -> None:
    async with web_database.write(platform.id) as session:
        with pytest.raises(Refusal) as refused:
            await intake.enter_application(session, BARE, channel=Channel.WEB, received_on=clock.today(), actor=STAFF)
    assert refused.value.field == "channel"


async def test_the_scan_goes_with_the_application_and_to_no_other(
    web_database: Database, platform: Tenant, files: FileStore
) -> None:
    async with web_database.write(platform.id) as session:
        scan = await intake.keep_scan(session, files, data=PDF, actor=STAFF)
    arrived: dict[str, Any] = {"channel": Channel.FAX, "received_on": clock.today(), "scan_id": scan.id}
    async with web_database.write(platform.id) as session:
        view = await intake.enter_application(session, BARE, actor=STAFF, **arrived)
    async with web_database.read(platform.id) as session:
        known = await application_queries.application(session, view.id)
        with pytest.raises(NotFound):
            await intake.scan(session, uuid4(), scan.id)
    assert [(each.id, each.content_type, each.actor_name) for each in known.scans] == [
        (scan.id, "application/pdf", STAFF.name)
    ]
    assert await files.get(known.scans[0].file_key) == PDF
    with pytest.raises(NotFound):
        async with web_database.write(platform.id) as session:
            await intake.enter_application(session, filled(), actor=STAFF, **arrived)


async def test_nobody_takes_the_scan_of_a_colleague(web_database: Database, platform: Tenant, files: FileStore) -> None:
    async with web_database.write(platform.id) as session:
        scan = await intake.keep_scan(session, files, data=PDF, actor=STAFF)
    other = Actor(name="別の職員", account_id=uuid4())
    with pytest.raises(NotFound):
        async with web_database.write(platform.id) as session:
            await intake.enter_application(
                session, BARE, channel=Channel.FAX, received_on=clock.today(), scan_id=scan.id, actor=other
            )


async def test_the_paper_of_a_form_that_nobody_finished_is_forgotten(
    web_database: Database, platform: Tenant, files: FileStore
) -> None:
    with time_machine.travel("2026-11-20T09:00:00+09:00", tick=False):
        async with web_database.write(platform.id) as session:
            old = await intake.keep_scan(session, files, data=PDF, actor=STAFF)
    with time_machine.travel("2026-11-21T09:30:00+09:00", tick=False):
        async with web_database.write(platform.id) as session:
            new = await intake.keep_scan(session, files, data=PDF, actor=STAFF)
    with pytest.raises(FileNotFoundError):
        await files.get(old.file_key)
    assert await files.get(new.file_key) == PDF


@pytest.mark.parametrize(
    ("data", "content_type"),
    [(PDF, "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
)
def test_the_bytes_decide_what_a_scan_is(data: bytes, content_type: str) -> None:
    assert intake.content_type_of(data) == content_type


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NOT_A_SCAN"),
        (b"<html><script>alert(1)</script>", "NOT_A_SCAN"),
        (b"MZ\x90\x00" + bytes(200), "NOT_A_SCAN"),
        (b"<script>1</script>" + PDF, "NOT_A_SCAN"),
        (b"%PDF-1.7 cut off", "NOT_A_SCAN"),
        (picture("PNG")[:60], "NOT_A_SCAN"),
        (picture("GIF"), "NOT_A_SCAN"),
        (PDF + bytes(30 * 1024 * 1024), "FILE_TOO_LARGE"),
    ],
)
def test_what_is_no_scan_is_refused_beside_its_field(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        intake.content_type_of(data)
    assert (refused.value.code, refused.value.field) == (code, "scan")


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("鳴門うずしお子ども食堂の会", "ナルトウズシオコドモショクドウノカイ"),
        ("髙橋 明", "タカハシ アキラ"),
        ("株式会社さくら", "カブシキガイシャサクラ"),
        ("", ""),
        ("𪚥𪚥会", ""),
    ],
)
def test_a_reading_is_proposed_whole_or_not_at_all(name: str, reading: str) -> None:
    assert intake.propose_reading(name) == reading


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ({"name": "特定非営利活動法人　あわ・会"}, ["団体名"]),
        ({"name": "㈱あわ会"}, ["団体名"]),
        ({"name": "学校法人 あわ会"}, ["団体名"]),
        ({"name": "別の会", "phone": "０８８ー６２１ー００００"}, ["電話番号"]),
        ({"name": "別の会", "corporate_number": "5000-0120-10008"}, ["法人番号"]),
        ({"name": "あわ会", "address": "徳島県徳島市万代町 1丁目"}, ["団体名", "所在地"]),
        ({"name": "別の会", "address": "徳島市万代町1丁目"}, []),
        ({"name": "別の会", "phone": "まだ途中", "corporate_number": "12"}, []),
        ({"name": "", "phone": "", "address": ""}, []),
    ],
)
async def test_members_are_recognised_while_the_form_is_typed(
    web_database: Database, platform: Tenant, typed: dict[str, Any], same: list[str]
) -> None:
    member = await make_member(
        web_database,
        platform,
        name="NPO法人あわ会",
        phone="088-621-0000",
        corporate_number="5000012010008",
        address="徳島市万代町1丁目",
    )
    async with web_database.read(platform.id) as session:
        found = await lookalikes.lookalikes_of(session, ApplicationDetails(**typed))
    assert [(each.id, each.same) for each in found] == ([(member, same)] if same else [])


async def test_applications_that_wait_are_recognised_too(web_database: Database, platform: Tenant) -> None:
    waiting = await make_application(web_database, platform, name="You&ゆう")
    async with web_database.read(platform.id) as session:
        [found] = await lookalikes.lookalikes_of(session, ApplicationDetails(name="Ｙｏｕ＆ゆう"))
    assert (found.id, found.receipt_number is not None) == (waiting, True)


async def test_a_pledge_is_kept_with_its_version_and_the_one_who_gave_it(
    web_database: Database, platform: Tenant
) -> None:
    pledged = await make_application(web_database, platform, pledge=True)
    silent = await make_application(web_database, platform)
    async with web_database.read(platform.id) as session:
        rows = (await session.execute(select(ConfidentialityPledge))).scalars().all()
        versions = [
            (await application_queries.application(session, each)).pledged_version for each in (pledged, silent)
        ]
    assert [(row.application_id, row.charter_version, row.signed_by, row.channel) for row in rows] == [
        (pledged, 2, "髙橋 明", Channel.WEB)
    ]
    assert versions == [2, None]
