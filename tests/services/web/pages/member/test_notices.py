"""変更届 and 退会届 sent by a member without paper."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.members import versions
from shared.members.models import Channel, NoticeState
from shared.members.notices import queries as notice_queries
from shared.members.notices.queries import Notices
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.test_notices import fields_of


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def organisation_id(worker_database: Database, platform: Tenant) -> UUID:
    return await make_member(worker_database, platform, name="わたしの会")


@pytest.fixture
async def member(
    client_for: ClientFor, worker_database: Database, platform: Tenant, organisation_id: UUID
) -> httpx.AsyncClient:
    account = await make_account(worker_database, platform, Role.ORGANISATION_MANAGER, organisation_id=organisation_id)
    return await signed_in(client_for(platform), account)


async def received(database: Database, tenant: Tenant) -> Notices:
    async with database.read(tenant.id) as session:
        return await notice_queries.notices(session)


async def test_a_member_compares_before_it_sends_and_sends_once(
    member: httpx.AsyncClient, web_database: Database, platform: Tenant, organisation_id: UUID
) -> None:
    form = fields_of((await member.get("/member/profile")).text) | {"phone": "0886212913", "action": "confirm"}
    confirm = await member.post("/member/profile", data=form)
    assert (confirm.status_code, "まだ送信されていません" in confirm.text) == (200, True)
    assert ("088-621-2179" in confirm.text, "088-621-2913" in confirm.text) == (True, True)
    assert (await received(web_database, platform)).total == 0
    carried = fields_of(confirm.text) | {"fields": ["childcare"]}
    edit = await member.post("/member/profile", data=carried | {"action": "edit"})
    assert 'value="0886212913"' in edit.text
    for _ in range(2):
        assert (await member.post("/member/profile", data=carried | {"action": "send"})).status_code == 303
    [notice] = (await received(web_database, platform)).items
    assert (notice.fields, notice.channel, notice.state) == (["phone"], Channel.WEB, NoticeState.RECEIVED)
    own = (await member.get("/member/notices")).text
    assert (notice.receipt_number in own, "電話番号" in own) == (True, True)
    async with web_database.read(platform.id) as session:
        assert (await versions.details_of(session, organisation_id)).phone == "088-621-2179"


async def test_nothing_changed_and_wrong_values_are_told(member: httpx.AsyncClient) -> None:
    form = fields_of((await member.get("/member/profile")).text) | {"action": "confirm"}
    same = await member.post("/member/profile", data=form)
    assert (same.status_code, "同じ内容です" in same.text) == (422, True)
    wrong = await member.post("/member/profile", data=form | {"email": "まちがい", "appeal": "残る一言"})
    assert (wrong.status_code, 'id="email-error"' in wrong.text, "残る一言" in wrong.text) == (422, True, True)


async def test_a_member_leaves_when_it_is_sure(
    member: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    form = fields_of((await member.get("/member/withdraw")).text)
    form.pop("sure", None)
    unsure = await member.post("/member/withdraw", data=form)
    assert (unsure.status_code, 'id="sure-error"' in unsure.text) == (422, True)
    day = clock.today() - timedelta(days=1)
    past = {"effective_on_year": day.year, "effective_on_month": day.month, "effective_on_day": day.day}
    early = await member.post("/member/withdraw", data=form | {"sure": "1", **past})
    assert (early.status_code, 'id="effective_on-error"' in early.text) == (422, True)
    assert (await member.post("/member/withdraw", data=form | {"sure": "1"})).status_code == 303
    [notice] = (await received(web_database, platform)).items
    assert (notice.effective_on, notice.state) == (clock.today(), NoticeState.RECEIVED)
    again = await member.post("/member/withdraw", data=form | {"sure": "1"})
    assert notice.receipt_number in again.text


async def test_nobody_opens_another_organisations_form(
    member: httpx.AsyncClient, worker_database: Database, platform: Tenant, client_for: ClientFor, organisation_id: UUID
) -> None:
    other = await make_member(worker_database, platform)
    for page in ("profile", "withdraw"):
        assert (await member.get(f"/member/{page}?organisation={other}")).status_code == 404
        assert (await member.get(f"/member/{page}?organisation=何か")).status_code == 404
        assert (await client_for(platform).get(f"/member/{page}")).status_code == 303
        form = fields_of((await member.get(f"/member/{page}")).text) | {"organisation": str(other), "action": "send"}
        assert (await member.post(f"/member/{page}", data=form)).status_code == 404
    user = await make_account(worker_database, platform, Role.ORGANISATION_USER, organisation_id=organisation_id)
    reader = await signed_in(client_for(platform), user)
    assert (await reader.get("/member/profile")).status_code == 403
