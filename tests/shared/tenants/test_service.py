"""Editing, suspending, resuming and launching platforms."""

import itertools
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import select

from shared.kit import content_version
from shared.kit.audit import AuditEntry
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.outbox import OutboxRow
from shared.kit.refusals import Conflict, NotFound, Refusal, Refusals
from shared.kit.settings import ROOT, Settings
from shared.taxonomy.vocabulary import read_vocabulary, store_vocabulary
from shared.tenants import bootstrap, describing, queries, service
from shared.tenants.bootstrap_template import NewTenant, place_of, proposal
from shared.tenants.describing import ContactDraft, ItemDraft
from shared.tenants.facts import ProfileEdited
from shared.tenants.models import Field, ProfileItem, ProfileKind, Tenant, TenantState
from shared.tenants.profile_changes import ProfileChanges
from tests.factories.tenants import make_tenant

STAFF = bootstrap.Program("事務局 花子", uuid4())
_CODES = itertools.cycle(["452017", "452025", "452033", "452041", "452050"])


async def version(database: Database, tenant_id: int) -> int:
    async with database.read(tenant_id) as session:
        return await content_version.current(session)


async def edit(database: Database, tenant: Tenant, revision: int, changes: ProfileChanges) -> int:
    async with database.write(tenant.id) as session:
        return await service.edit_profile(session, actor=STAFF, revision=revision, changes=changes)


async def test_an_edit_is_shown_counted_audited_and_told(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    before = await version(worker_database, tenant.id)
    changes = ProfileChanges(
        slogan=" となりにいる ", key="#5B2A6E", help_line_title="相談先", help_line_phone="０８８ー６２１ー２１７９"
    )
    assert await edit(web_database, tenant, 1, changes) == 2
    assert await version(worker_database, tenant.id) == before + 1
    async with worker_database.read(tenant.id) as session:
        profile = await queries.profile(session)
        assert (profile.slogan, profile.theme["key"], profile.theme["motif"]) == ("となりにいる", "#5b2a6e", "knots")
        assert profile.help_line is not None
        assert (profile.help_line["title"], profile.help_line["phone"]) == ("相談先", "088-621-2179")
        entry = (await session.execute(select(AuditEntry))).scalar_one()
        assert (entry.actor_name, entry.action, entry.summary) == (
            "事務局 花子",
            "profile.edit",
            "help_line、slogan、theme",
        )
        fact = (await session.execute(select(OutboxRow))).scalar_one()
        assert fact.payload == {"edited_tenant_id": tenant.id, "columns": ["help_line", "slogan", "theme"]}


async def test_of_two_editors_the_second_is_told(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    await edit(web_database, tenant, 1, ProfileChanges(slogan="先の人"))
    with pytest.raises(Conflict) as refused:
        await edit(web_database, tenant, 1, ProfileChanges(slogan="後の人"))
    assert refused.value.field == "revision"


async def test_an_edit_without_a_change_is_none(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    before = await version(worker_database, tenant.id)
    assert await edit(web_database, tenant, 1, ProfileChanges(name=tenant.name, slogan="")) == 1
    assert await version(worker_database, tenant.id) == before


async def test_wrong_fields_are_refused_together(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    changes = ProfileChanges(
        name=" ",
        lead="あ" * 2001,
        sender_email="x",
        key="#ffee00",
        help_line_title="相談先",
        help_line_url="javascript:1",
    )
    with pytest.raises(Refusals) as refused:
        await edit(web_database, tenant, 1, changes)
    fields = sorted(problem.field or "" for problem in refused.value.problems)
    assert fields == ["help_line_url", "key", "lead", "name", "sender_email"]
    key = next(problem for problem in refused.value.problems if problem.field == "key")
    assert key.code == "LOW_CONTRAST"


async def test_an_edit_reaches_the_pages_of_parent_and_children(worker_database: Database) -> None:
    parent = await make_tenant(worker_database)
    child = await make_tenant(worker_database, parent_id=parent.id)
    other = await make_tenant(worker_database)
    before = [await version(worker_database, tenant.id) for tenant in (parent, child, other)]
    async with worker_database.write(child.id) as session:
        fact = ProfileEdited(edited_tenant_id=child.id, columns=["name"])
        await service.refresh_relatives_of(session, fact, None)
    after = [await version(worker_database, tenant.id) for tenant in (parent, child, other)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 0, 0]


async def test_suspend_and_resume(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with web_database.write(NATIONAL) as session:
        await service.suspend_tenant(session, actor=STAFF, slug=tenant.slug, reason="事務局の引っ越し")
    async with web_database.read(None) as session:
        states = {host.slug: host.state for host in await queries.all_hosts(session)}
    assert states[tenant.slug] is TenantState.SUSPENDED
    with pytest.raises(Refusal):
        async with web_database.write(NATIONAL) as session:
            await service.suspend_tenant(session, actor=STAFF, slug=tenant.slug, reason="二度目")
    async with web_database.write(NATIONAL) as session:
        await service.resume_tenant(session, actor=STAFF, slug=tenant.slug)
    async with web_database.read(None) as session:
        states = {host.slug: host.state for host in await queries.all_hosts(session)}
    assert states[tenant.slug] is TenantState.LIVE


async def test_the_nation_is_never_suspended(worker_database: Database, web_database: Database) -> None:
    await make_tenant(worker_database)
    with pytest.raises(Refusal):
        async with web_database.write(NATIONAL) as session:
            await service.suspend_tenant(session, actor=STAFF, slug="national", reason="試し")
    with pytest.raises(NotFound):
        async with web_database.write(NATIONAL) as session:
            await service.suspend_tenant(session, actor=STAFF, slug="nowhere", reason="試し")


async def test_lists_keep_the_ids_of_what_stays(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)

    async def replace(revision: int, *titles: str) -> int:
        async with web_database.write(tenant.id) as session:
            items = [ItemDraft(title=title, points=["一つ", " "]) for title in titles]
            return await describing.replace_items(
                session, actor=STAFF, revision=revision, kind=ProfileKind.PURPOSE, items=items
            )

    async def ids() -> list[UUID]:
        async with web_database.read(tenant.id) as session:
            return list((await session.execute(select(ProfileItem.id).order_by(ProfileItem.ordinal))).scalars())

    assert await replace(1, "支える", "つなぐ", "知らせる") == 2
    before = await ids()
    assert await replace(2, "支える", "つなぐ", "知らせる") == 2
    assert await replace(2, "支える", "知らせる") == 3
    async with web_database.read(tenant.id) as session:
        purposes = (await queries.profile(session)).purposes
    assert [(item.ordinal, item.title, item.points) for item in purposes] == [
        (1, "支える", ["一つ"]),
        (2, "知らせる", ["一つ"]),
    ]
    assert await ids() == before[:2]
    assert await replace(3) == 4
    with pytest.raises(Refusals) as refused:
        await replace(4, "")
    assert refused.value.field == "items.0.title"


async def test_contacts_are_cleaned_or_refused(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    desk = ContactDraft(purpose="入会", department="福祉課", phone="088ー621ー2179", postal_code="〒770-8570")
    async with web_database.write(tenant.id) as session:
        await describing.replace_contacts(session, actor=STAFF, revision=1, contacts=[desk])
    async with web_database.read(tenant.id) as session:
        shown = (await queries.profile(session)).contacts
    assert [(contact.phone, contact.postal_code) for contact in shown] == [("088-621-2179", "770-8570")]
    with pytest.raises(Refusals) as refused:
        async with web_database.write(tenant.id) as session:
            wrong = msgspec.structs.replace(desk, department="", phone="12")
            await describing.replace_contacts(session, actor=STAFF, revision=2, contacts=[wrong])
    fields = sorted(problem.field or "" for problem in refused.value.problems)
    assert fields == ["contacts.0.department", "contacts.0.phone"]


async def test_a_new_charter_needs_its_secrecy_article(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with web_database.write(tenant.id) as session:
        await describing.adopt_charter(
            session, actor=STAFF, revision=1, title="設置要綱", body="第1条（守秘義務）", adopted_on=None
        )
    async with web_database.read(tenant.id) as session:
        charter = (await queries.profile(session)).charter
    assert charter is not None
    assert (charter.version, charter.title) == (1, "設置要綱")
    with pytest.raises(Refusals):
        async with web_database.write(tenant.id) as session:
            await describing.adopt_charter(
                session, actor=STAFF, revision=2, title="設置要綱", body="第1条（目的）", adopted_on=None
            )


async def test_a_renamed_field_keeps_its_id_and_its_old_name(worker_database: Database, web_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        field = Field(slug="childcare", name="子育て", ordinal=1)
        session.add(field)
    async with web_database.write(tenant.id) as session:
        await describing.rename_field(session, actor=STAFF, revision=1, field_id=field.id, name="子ども・子育て")
    async with web_database.read(tenant.id) as session:
        shown = (await queries.profile(session)).fields
    assert [(view.id, view.slug, view.name, view.aliases) for view in shown] == [
        (field.id, "childcare", "子ども・子育て", ["子育て"])
    ]


async def launch(database: Database, settings: Settings, new: NewTenant) -> int:
    async with database.write(NATIONAL) as session:
        return await bootstrap.launch(session, actor=STAFF, new=new, root=ROOT / "tenants", files=FileStore(settings))


async def test_an_operator_launches_a_whole_platform(
    worker_database: Database, web_database: Database, settings: Settings
) -> None:
    """As the web process, which owns nothing: the starter pack is there at once."""
    await make_tenant(worker_database)
    async with worker_database.write(NATIONAL) as session:
        await store_vocabulary(session, read_vocabulary(ROOT / "tenants" / "vocabulary"))
    code = next(_CODES)
    new = NewTenant(slug="launched", code=code, name='新しい"つながり"PF', slogan="いっしょに", key="#5B2A6E")
    tenant_id = await launch(web_database, settings, new)
    async with web_database.read(tenant_id) as session:
        profile = await queries.profile(session)
    assert (profile.name, profile.code, profile.state) == ('新しい"つながり"PF', code, TenantState.LIVE)
    assert profile.theme["key"] == "#5b2a6e"
    assert (len(profile.fields), len(profile.activities), len(profile.charters)) == (6, 3, 1)
    for changed, field in (
        (msgspec.structs.replace(new, code=next(_CODES)), "slug"),
        (msgspec.structs.replace(new, slug="other"), "code"),
    ):
        with pytest.raises(Conflict) as refused:
            await launch(web_database, settings, changed)
        assert refused.value.field == field


async def test_a_wrong_launch_is_refused_field_by_field(web_database: Database, settings: Settings) -> None:
    new = NewTenant(slug="A", code="390004", name="", slogan="よい", key="#eeeeee")
    with pytest.raises(Refusals) as refused:
        await launch(web_database, settings, new)
    assert sorted(problem.field or "" for problem in refused.value.problems) == ["code", "key", "name", "slug"]


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("kochi", "高知県"),
        ("osaka", "大阪府"),
        ("tokyo", "東京都"),
        ("hyogo", "兵庫県"),
        ("hokkaido", "北海道"),
        ("tokushima", "徳島県"),
        ("naruto", "鳴門市"),
        ("komatsushima", "小松島市"),
        ("atlantis", None),
    ],
)
def test_a_slug_tells_the_place(slug: str, name: str | None) -> None:
    vocabulary = read_vocabulary(ROOT / "tenants" / "vocabulary")
    place = place_of(slug, vocabulary)
    assert (place.name if place else None) == name
    assert bool(proposal(slug, vocabulary).code) == bool(name)
