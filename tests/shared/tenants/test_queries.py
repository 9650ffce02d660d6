"""The map of hosts and the profile: one statement each."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants import queries
from shared.tenants.models import Category, Contact, Field, Figure, Level, ProfileItem, ProfileKind, TenantState
from tests.factories.tenants import make_tenant


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent between begin and end, the binding of the tenant left out."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("SET LOCAL"):
            seen.append(statement)

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_a_profile_with_everything_is_one_statement(worker_database: Database, web_database: Database) -> None:
    parent = await make_tenant(worker_database, level=Level.PREFECTURE)
    tenant = await make_tenant(worker_database, parent_id=parent.id)
    child = await make_tenant(worker_database, parent_id=tenant.id)
    today = clock.today()
    async with worker_database.write(tenant.id) as session:
        root = Category(slug="support", name="支援団体", ordinal=1, open_ended=True)
        session.add(root)
        await session.flush()
        session.add_all(
            [
                Category(slug="npo", name="NPO", ordinal=2, parent_id=root.id),
                Field(slug="housing", name="住宅", ordinal=2),
                Field(slug="education", name="教育", ordinal=1),
                ProfileItem(kind=ProfileKind.PILLAR, ordinal=2, label="II", title="二の柱"),
                ProfileItem(kind=ProfileKind.PILLAR, ordinal=1, label="I", title="一の柱", points=["取組"]),
                ProfileItem(kind=ProfileKind.PURPOSE, ordinal=1, title="目的"),
                Figure(name="参加団体数", value=90, unit="団体", as_of=today, ordinal=1),
                Contact(purpose="入会", department="旧課", ordinal=1, valid_to=today - timedelta(days=1)),
                Contact(purpose="入会", department="今の課", ordinal=2, valid_from=today, valid_to=today),
                Contact(purpose="入会", department="次の課", ordinal=3, valid_from=today + timedelta(days=1)),
            ]
        )
    async with web_database.read(tenant.id) as session:
        with statements(web_database) as sent:
            profile = await queries.profile(session)
    assert len(sent) == 1
    assert [field.name for field in profile.fields] == ["教育", "住宅"]
    assert [(pillar.label, pillar.points) for pillar in profile.pillars] == [("I", ["取組"]), ("II", [])]
    assert [item.title for item in profile.purposes] == ["目的"]
    assert [(row.slug, row.parent_id, row.open_ended) for row in profile.categories] == [
        ("support", None, True),
        ("npo", profile.categories[0].id, False),
    ]
    assert [contact.department for contact in profile.contacts] == ["今の課"]
    assert (profile.parent and profile.parent.slug, [row.slug for row in profile.children]) == (
        parent.slug,
        [child.slug],
    )


async def test_a_profile_holds_nothing_of_another_tenant(worker_database: Database, web_database: Database) -> None:
    one, other = await make_tenant(worker_database), await make_tenant(worker_database)
    async with worker_database.write(other.id) as session:
        session.add(Field(slug="secret", name="よその分野", ordinal=1))
        session.add(Contact(purpose="入会", department="よその課", ordinal=1))
    async with web_database.read(one.id) as session:
        profile = await queries.profile(session)
    assert (profile.fields, profile.all_contacts) == ([], [])


async def test_hosts_of_all_states_are_known_and_only_live_platforms_are_listed(
    worker_database: Database, web_database: Database
) -> None:
    parent = await make_tenant(worker_database, level=Level.PREFECTURE)
    live = await make_tenant(worker_database, parent_id=parent.id, host="www.live.example")
    resting = await make_tenant(worker_database, parent_id=parent.id, state=TenantState.SUSPENDED)
    async with web_database.read(None) as session:
        hosts = {host.slug: host for host in await queries.all_hosts(session)}
        below = await queries.relatives(session, parent_slug=parent.slug)
    assert (hosts[live.slug].host, hosts[resting.slug].state) == ("www.live.example", TenantState.SUSPENDED)
    assert [row.slug for row in below] == [live.slug]
