"""News from the draft to the withdrawal."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from shared.content import queries, service
from shared.content.models import AnnouncementState
from shared.content.queries import AnnouncementView
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.audit import AuditEntry
from shared.kit.database.session import Database
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import Conflict, NotFound, Refusal, Refusals
from shared.tenants.models import Tenant
from tests.factories.content import EDITOR, make_announcement
from tests.factories.tenants import make_tenant
from tests.shared.looking import facts, found, version

COLLEAGUE = Actor(name="事務局 太郎")


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


async def read(database: Database, tenant: Tenant, announcement_id: Any, **options: bool) -> AnnouncementView | None:
    async with database.read(tenant.id) as session:
        return await queries.announcement(session, announcement_id, **options)


async def test_a_draft_is_seen_by_the_staff_only(web_database: Database, tenant: Tenant) -> None:
    before = await version(web_database, tenant)
    draft = await make_announcement(web_database, tenant, published=False, title="灯台のお知らせ")
    assert await read(web_database, tenant, draft.id) is None
    seen = await read(web_database, tenant, draft.id, drafts=True)
    assert seen is not None and (seen.title, seen.state) == ("灯台のお知らせ", AnnouncementState.DRAFT)
    async with web_database.read(tenant.id) as session:
        assert (await queries.published(session)).total == 0
        assert await queries.published_dates(session) == []
        assert (await queries.all_for_staff(session)).total == 1
    assert await found(web_database, tenant, "灯台") == []
    assert (await version(web_database, tenant), await facts(web_database, tenant)) == (before, [])


async def test_publishing_shows_it_tells_of_it_and_makes_it_findable(web_database: Database, tenant: Tenant) -> None:
    before = await version(web_database, tenant)
    row = await make_announcement(web_database, tenant, title="灯台のお知らせ", body="**海辺**で集まります。")
    assert await read(web_database, tenant, row.id) is not None
    assert await found(web_database, tenant, "海辺で集まり") == [f"/news/{row.id}"]
    assert await facts(web_database, tenant) == ["AnnouncementPublished"]
    assert await version(web_database, tenant) == before + 1


async def test_publishing_twice_is_one_publication(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant)
    before = await version(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        again = await service.publish_announcement(session, actor=EDITOR, announcement_id=row.id)
    assert (again.published_at, again.revision) == (row.published_at, row.revision)
    assert await facts(web_database, tenant) == ["AnnouncementPublished"]
    assert await version(web_database, tenant) == before


async def test_two_who_publish_at_once_make_one_publication(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, published=False)

    async def publish() -> None:
        async with web_database.write(tenant.id) as session:
            await service.publish_announcement(session, actor=EDITOR, announcement_id=row.id)

    await asyncio.gather(*(publish() for _ in range(4)))
    assert await facts(web_database, tenant) == ["AnnouncementPublished"]


async def test_what_is_withdrawn_is_gone_for_readers_and_may_come_back(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, title="灯台のお知らせ")
    async with web_database.write(tenant.id) as session:
        await service.withdraw_announcement(session, actor=EDITOR, announcement_id=row.id)
    assert await read(web_database, tenant, row.id) is None
    assert await found(web_database, tenant, "灯台") == []
    async with web_database.write(tenant.id) as session:
        await service.publish_announcement(session, actor=EDITOR, announcement_id=row.id)
    back = await read(web_database, tenant, row.id)
    assert back is not None and back.published_at == row.published_at
    assert await facts(web_database, tenant) == [
        "AnnouncementPublished",
        "AnnouncementWithdrawn",
        "AnnouncementPublished",
    ]


async def test_a_draft_cannot_be_withdrawn(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, published=False)
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Conflict):
            await service.withdraw_announcement(session, actor=EDITOR, announcement_id=row.id)


async def test_an_edit_of_public_news_is_public_at_once(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, title="古い題")
    before = await version(web_database, tenant)
    async with web_database.write(tenant.id) as session:
        await service.edit_announcement(
            session, actor=EDITOR, announcement_id=row.id, revision=row.revision, title="岬の題", body="本文"
        )
    seen = await read(web_database, tenant, row.id)
    assert seen is not None and (seen.title, seen.revision) == ("岬の題", row.revision + 1)
    assert await found(web_database, tenant, "岬") == [f"/news/{row.id}"]
    assert await version(web_database, tenant) == before + 1


async def test_the_second_of_two_editors_learns_who_was_first(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, title="はじめ")
    async with web_database.write(tenant.id) as session:
        await service.edit_announcement(
            session, actor=COLLEAGUE, announcement_id=row.id, revision=row.revision, title="太郎の題", body="本文"
        )
    with pytest.raises(Conflict, match="事務局 太郎さん（令和"):
        async with web_database.write(tenant.id) as session:
            await service.edit_announcement(
                session, actor=EDITOR, announcement_id=row.id, revision=row.revision, title="花子の題", body="本文"
            )
    seen = await read(web_database, tenant, row.id)
    assert seen is not None and seen.title == "太郎の題"


async def test_every_step_is_in_the_audit(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant)
    async with web_database.read(tenant.id) as session:
        entries = select(AuditEntry.action, AuditEntry.actor_name).where(AuditEntry.object_id == row.id)
        noted = [tuple(entry) for entry in await session.execute(entries.order_by(AuditEntry.happened_at))]
    assert noted == [("announcement.create", EDITOR.name), ("announcement.publish", EDITOR.name)]


async def test_mistakes_are_named_field_by_field_and_nothing_is_kept(web_database: Database, tenant: Tenant) -> None:
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            await service.create_announcement(
                session, actor=EDITOR, title="　", body="\n\n", body_easy="あ" * 20_001, image_id=uuid4()
            )
    assert [problem.field for problem in refused.value.problems] == ["title", "body", "body_easy", "image_id"]
    async with web_database.read(tenant.id) as session:
        assert (await queries.all_for_staff(session)).total == 0


async def test_a_name_of_ten_thousand_characters_is_refused_not_cut(web_database: Database, tenant: Tenant) -> None:
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusals, match="題名は120文字まで"):
            await service.create_announcement(session, actor=EDITOR, title="あ" * 10_000, body="本文")


async def test_nothing_is_published_in_the_future(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant, published=False)
    async with web_database.write(tenant.id) as session:
        with pytest.raises(Refusal, match="今日まで"):
            await service.publish_announcement(
                session, actor=EDITOR, announcement_id=row.id, published_at=clock.now() + timedelta(days=1)
            )


async def test_another_tenants_news_is_missing_like_any_other(web_database: Database, tenant: Tenant) -> None:
    row = await make_announcement(web_database, tenant)
    other = await make_tenant(web_database)
    assert await read(web_database, other, row.id, drafts=True) is None
    for announcement_id in (row.id, uuid4()):
        with pytest.raises(NotFound):
            async with web_database.write(other.id) as session:
                await service.publish_announcement(session, actor=EDITOR, announcement_id=announcement_id)


async def test_a_list_goes_on_where_it_stopped(web_database: Database, tenant: Tenant) -> None:
    rows = [await make_announcement(web_database, tenant) for _ in range(5)]
    await make_announcement(web_database, tenant, published=False)
    newest_first = [row.id for row in reversed(rows)]
    async with web_database.read(tenant.id) as session:
        first = await queries.published(session, first=2)
        second = await queries.published(session, first=2, after=first.items[-1].id)
        last = await queries.published(session, first=2, offset=4)
        beyond = await queries.published(session, first=2, offset=40)
        latest = await queries.latest(session, limit=1)
    assert [view.id for view in [*first.items, *second.items, *last.items]] == newest_first
    assert [(part.total, part.more) for part in (first, second, last, beyond)] == [
        (5, True),
        (5, True),
        (5, False),
        (5, False),
    ]
    assert [view.id for view in latest] == newest_first[:1]


async def test_staff_see_drafts_first(web_database: Database, tenant: Tenant) -> None:
    public = await make_announcement(web_database, tenant)
    draft = await make_announcement(web_database, tenant, published=False)
    async with web_database.read(tenant.id) as session:
        whole = await queries.all_for_staff(session)
        drafts = await queries.all_for_staff(session, state=AnnouncementState.DRAFT)
        assert (await session.execute(select(func.count()).select_from(OutboxRow))).scalar_one() == 1
    assert [view.id for view in whole.items] == [draft.id, public.id]
    assert [view.id for view in drafts.items] == [draft.id]
