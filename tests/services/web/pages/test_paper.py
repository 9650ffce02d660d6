"""Forms that are printed: the empty ones for everybody, the filled one for the secretariat alone."""

from datetime import date
from uuid import uuid4

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.members import versions
from shared.members.models import Channel
from shared.members.notices import service as notices
from shared.tenants import queries as tenants
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_application, make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.shared.kit.paper.pdf import pages

SECRETARIAT = Actor(name="阿波 緑", client_id="desk", roles=frozenset({Role.SECRETARIAT}))


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def staff(client_for: ClientFor, worker_database: Database, platform: Tenant) -> httpx.AsyncClient:
    return await signed_in(client_for(platform), await make_account(worker_database, platform, Role.SECRETARIAT))


@pytest.mark.parametrize(
    ("path", "title", "name"),
    [
        ("/join/form1.pdf", "入会申請書・変更届", "%E5%85%A5%E4%BC%9A%E7%94%B3%E8%AB%8B%E6%9B%B8"),
        ("/join/form2.pdf", "退会届", "%E9%80%80%E4%BC%9A%E5%B1%8A"),
    ],
)
async def test_everybody_gets_the_empty_form_of_the_platform(
    client_for: ClientFor, platform: Tenant, path: str, title: str, name: str
) -> None:
    client = client_for(platform)
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].startswith('inline; filename="form')
    assert name in answer.headers["content-disposition"]
    text = "".join(pages(answer.content))
    assert (title in text, platform.name in text) == (True, True)
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


async def test_two_platforms_never_share_a_form(
    client_for: ClientFor, worker_database: Database, platform: Tenant, site: Site
) -> None:
    other = await make_platform(worker_database)
    await site._reload_hosts()
    texts = ["".join(pages((await client_for(each).get("/join/form1.pdf")).content)) for each in (platform, other)]
    assert [platform.name in text for text in texts] == [True, False]


async def test_the_join_page_leads_to_both_forms(client_for: ClientFor, platform: Tenant) -> None:
    page = (await client_for(platform).get("/join")).text
    assert ('href="/join/form1.pdf"' in page, 'href="/join/form2.pdf"' in page) == (True, True)


async def test_the_secretariat_prints_what_was_sent(
    staff: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(worker_database, platform, name="𠮷野川の会 #panic[x]")
    answer = await staff.get(f"/staff/applications/{application_id}/form1.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "no-store" in answer.headers["cache-control"]
    text = "".join(pages(answer.content))
    for wanted in ("𠮷野川の会#panic[x]", "阿南市", "受付番号", "■NPO法人"):
        assert wanted in text
    async with worker_database.read(platform.id) as session:
        assert (await tenants.profile(session)).name in text


async def test_the_secretariat_prints_notices_of_change_and_of_leaving(
    staff: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    member_id = await make_member(worker_database, platform, joined_on=date(2023, 2, 20), name="つなぐ会")
    async with worker_database.write(platform.id) as session:
        change = await notices.submit_change(
            session, member_id, {"address": "阿南市富岡町1"}, channel=Channel.FAX, actor=SECRETARIAT
        )
        leaving = await notices.submit_withdrawal(
            session, member_id, effective_on=clock.today(), reason="解散", channel=Channel.POST, actor=SECRETARIAT
        )
    first = await staff.get(f"/staff/changes/{change.id}/form1.pdf")
    second = await staff.get(f"/staff/withdrawals/{leaving.id}/form2.pdf")
    for answer, wanted in (
        (first, ("変更した項目：所在地", "阿南市富岡町1", change.receipt_number, "■FAX")),
        (second, ("つなぐ会", "解散", leaving.receipt_number, "■郵送")),
    ):
        assert answer.status_code == 200
        text = "".join(pages(answer.content))
        assert [each in text for each in wanted] == [True] * len(wanted)


async def test_a_decided_notice_is_printed_as_the_organisation_was_then(
    staff: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    """The names of later years do not stand on a paper of today."""
    organisation = await make_member(worker_database, platform, name="旧い名の会", phone="088-621-2179")
    async with worker_database.write(platform.id) as session:
        change = await notices.submit_change(
            session, organisation, {"phone": "088-621-2000"}, channel=Channel.FAX, actor=SECRETARIAT
        )
        leaving = await notices.submit_withdrawal(
            session, organisation, effective_on=clock.today(), channel=Channel.FAX, actor=SECRETARIAT
        )
        waiting = await notices.submit_change(
            session, organisation, {"appeal": "新しい一言"}, channel=Channel.FAX, actor=SECRETARIAT
        )
    async with worker_database.write(platform.id) as session:
        await notices.accept_change(session, change.id, actor=SECRETARIAT)
        await notices.refuse_withdrawal(session, leaving.id, message="続けてください", actor=SECRETARIAT)
    async with worker_database.write(platform.id) as session:
        later = {"name": "新しい名の会", "phone": "088-621-3000"}
        await versions.change(session, organisation, later, actor=SECRETARIAT)

    async def said(path: str) -> list[bool]:
        text = "".join(pages((await staff.get(path)).content))
        return [words in text for words in ("旧い名の会", "新しい名の会", "088-621-2000", "088-621-3000")]

    assert await said(f"/staff/changes/{change.id}/form1.pdf") == [True, False, True, False]
    assert await said(f"/staff/withdrawals/{leaving.id}/form2.pdf") == [True, False, True, False]
    assert await said(f"/staff/changes/{waiting.id}/form1.pdf") == [False, True, False, True]


async def test_strangers_do_not(
    client_for: ClientFor, worker_database: Database, platform: Tenant, staff: httpx.AsyncClient, site: Site
) -> None:
    other = await make_platform(worker_database)
    await site._reload_hosts()
    application_id = await make_application(worker_database, other)
    path = f"/staff/applications/{application_id}/form1.pdf"
    others = [f"/staff/changes/{uuid4()}/form1.pdf", f"/staff/withdrawals/{uuid4()}/form2.pdf"]
    caseworker = await signed_in(client_for(platform), await make_account(worker_database, platform, Role.CASEWORKER))
    statuses = [
        (await client.get(path)).status_code for client in (client_for(other), client_for(platform), caseworker)
    ]
    assert statuses == [303, 303, 403]
    assert (await staff.get(path)).status_code == 404
    assert (await staff.get(f"/staff/applications/{uuid4()}/form1.pdf")).status_code == 404
    assert [(await staff.get(each)).status_code for each in others] == [404, 404]
    assert [(await client_for(platform).get(each)).status_code for each in others] == [303, 303]
