"""People of an organisation that has left: no members' rights any more, and a page that says what remains."""

from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from lxml import html
from sqlalchemy import update

from shared.events.models import Event
from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.members import freshness, pledges
from shared.members.models import Channel, Membership, Visibility
from shared.members.notices import service as notices
from shared.members.umbrella import service as umbrella
from shared.members.versions import HasLeft
from shared.members.visibility import Audience
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.factories.identity import form_token, make_account, signed_in
from tests.factories.members import STAFF, make_member
from tests.factories.registrations import make_registration
from tests.factories.screening import make_pledge
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import data

MOBILE = "090-1234-5678"


async def leave(database: Database, tenant: Tenant, organisation_id: UUID, days: int) -> None:
    async with database.write(tenant.id) as session:
        day = clock.today() + timedelta(days=days)
        sent = await notices.submit_withdrawal(
            session, organisation_id, effective_on=day, channel=Channel.FAX, actor=STAFF
        )
        await notices.accept_withdrawal(session, sent.id, actor=STAFF)


@pytest.fixture
async def leaver(worker_database: Database, tenant: Tenant) -> UUID:
    return await make_member(worker_database, tenant, name="去る会", joined_on=date(2024, 1, 1))


@pytest.fixture
async def client(client_for: ClientFor, worker_database: Database, tenant: Tenant, leaver: UUID) -> httpx.AsyncClient:
    """Its manager, who has signed the pledge."""
    account = await make_account(worker_database, tenant, Role.ORGANISATION_MANAGER, organisation_id=leaver)
    await make_pledge(worker_database, tenant, account)
    return await signed_in(client_for(tenant), account)


async def test_what_members_see_ends_with_the_membership(
    client: httpx.AsyncClient, worker_database: Database, tenant: Tenant, leaver: UUID
) -> None:
    other = await make_member(worker_database, tenant, mobile=MOBILE, visibility={"mobile": Visibility.MEMBERS})
    query, page = "query ($id: ID!) { organisation(id: $id) { mobile } }", f"/organisations/{other}"

    async def seen() -> list[bool]:
        asked = await data(client, query, {"id": str(other)})
        return [MOBILE in (await client.get(page)).text, asked["organisation"]["mobile"] == MOBILE]

    await leave(worker_database, tenant, leaver, 30)
    assert await seen() == [True, True]
    async with worker_database.write(tenant.id) as session:
        stay = update(Membership).where(Membership.organisation_id == leaver)
        await session.execute(stay.values(left_on=clock.today() - timedelta(days=30)))
    assert await seen() == [False, False]
    assert "/pledge" not in (await client.get(page)).text.partition("<main")[2].partition("</main>")[0]


async def test_the_portal_says_so_and_writes_nothing(
    client: httpx.AsyncClient, worker_database: Database, tenant: Tenant, leaver: UUID
) -> None:
    token = await form_token(client, f"/member/umbrella/{leaver}")
    event = await make_event(worker_database, tenant)
    async with worker_database.write(tenant.id) as session:
        await session.execute(update(Event).where(Event.id == event.id).values(member_organisation_id=leaver))
    assert (await client.get(f"/member/events/{event.id}/registrations")).status_code == 200
    await leave(worker_database, tenant, leaver, -30)
    overview = (await client.get("/member")).text
    assert all(words in overview for words in ("退会されています", "/join", "/member/profile", "/member/notices"))
    own = {"csrf": token, "organisation": str(leaver), "form_key": "k", "key": "k"}
    answers = [
        await client.get(f"/member/umbrella/{leaver}"),
        await client.get("/member/news/new"),
        await client.get("/member/events/new"),
        await client.get(f"/member/events/{event.id}/registrations"),
        await client.post(f"/member/umbrella/{leaver}/child", data=own | {"name": "食堂", "email": "x@npo.example"}),
        await client.post(f"/member/umbrella/{leaver}/relay", data=own | {"subject": "件名", "body": "本文"}),
        await client.post(f"/member/umbrella/{leaver}/declared", data=own | {"count": "5", "unit": "社"}),
        await client.post("/member/news/new", data=own | {"title": "題", "body": "本文", "then": "propose"}),
        await client.post("/member/events/new", data=own | {"title": "題", "then": "propose"}),
        await client.post("/member/confirm", data=own),
    ]
    titles = [html.fromstring(each.text).xpath("string(//h1)") for each in answers]
    assert (titles, {each.status_code for each in answers}) == (["退会されています"] * len(answers), {409})
    changed = await client.post("/member/profile", data=own | {"appeal": "新しい一言", "revision": "1"})
    invited = await client.post("/member/people", data=own | {"email": "new@npo.example", "name": "新しい 人"})
    assert [changed.status_code, invited.status_code] == [409, 422]
    kept = [
        await client.get(path) for path in ("/member/profile", "/member/notices", "/member/access", "/member/people")
    ]
    assert [each.status_code for each in kept] == [200] * 4


async def test_the_verbs_themselves_refuse_whoever_asks(
    worker_database: Database, tenant: Tenant, leaver: UUID
) -> None:
    await leave(worker_database, tenant, leaver, 0)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(HasLeft):
            await umbrella.register_child(session, actor=STAFF, parent_id=leaver, name="食堂")
        with pytest.raises(HasLeft):
            await umbrella.request_relay(session, actor=STAFF, organisation_id=leaver, subject="件名", body="本文")
        with pytest.raises(HasLeft):
            await freshness.confirm(session, actor=STAFF, organisation_id=leaver)


async def test_one_who_also_belongs_to_a_member_keeps_members_rights(
    worker_database: Database, tenant: Tenant, leaver: UUID, organisation: UUID
) -> None:
    await leave(worker_database, tenant, leaver, 0)
    member = Actor(client_id="somebody", roles=frozenset({Role.ORGANISATION_USER}))
    async with worker_database.read(tenant.id) as session:
        found = [
            await pledges.audience_for(session, replace_organisations(member, ids))
            for ids in ([], [leaver], [leaver, organisation])
        ]
    assert found == [Audience.PUBLIC, Audience.PUBLIC, Audience.MEMBERS]


def replace_organisations(actor: Actor, ids: list[UUID]) -> Actor:
    return Actor(client_id=actor.client_id, roles=actor.roles, organisation_ids=frozenset(ids))


async def test_an_event_for_members_takes_nobody_of_an_organisation_that_has_left(
    worker_database: Database, tenant: Tenant, leaver: UUID
) -> None:
    event = await make_event(worker_database, tenant, members_only=True)
    actor = Actor(client_id="somebody", roles=frozenset({Role.ORGANISATION_USER}), organisation_ids=frozenset({leaver}))
    await make_registration(worker_database, tenant, event.id, actor=actor)
    await leave(worker_database, tenant, leaver, 0)
    with pytest.raises(Refusal) as refused:
        await make_registration(worker_database, tenant, event.id, actor=actor)
    assert refused.value.code == "MEMBERS_ONLY"
