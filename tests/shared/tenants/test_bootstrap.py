"""Files become rows once; a second run changes nothing; what the staff edited stays."""

from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path

import asyncpg
import pytest
from PIL import Image
from sqlalchemy import delete, func, select, update

from shared.content.models import Announcement, Media
from shared.events.models import Appearance, Event, Opinion
from shared.kit import content_version, search
from shared.kit.database.session import NATIONAL, Database
from shared.kit.files import FileStore
from shared.kit.outbox import OutboxRow
from shared.kit.settings import Settings
from shared.members.models import Organisation
from shared.tenants import bootstrap, queries
from shared.tenants.manifest_reading import ManifestRefused
from shared.tenants.models import Contact, ProfileItem, Tenant
from tests.shared.tenants.roots import Root

Apply = Callable[[Root], Awaitable[list[str]]]


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


@pytest.fixture
def apply(worker_database: Database, settings: Settings) -> Apply:
    """Applies a root and returns what was said about its own platform."""

    async def run(root: Root) -> list[str]:
        said: list[str] = []
        async with worker_database.write(NATIONAL) as session:
            await bootstrap.apply(session, root=root.path, files=FileStore(settings), say=said.append)
        return [line for line in said if root.slug in line]

    return run


async def tenant_id(database: Database, root: Root) -> int | None:
    async with database.read(None) as session:
        return (await session.execute(select(Tenant.id).where(Tenant.slug == root.slug))).scalar_one_or_none()


async def version(database: Database, root: Root) -> int:
    async with database.read(await tenant_id(database, root)) as session:
        return await content_version.current(session)


async def test_files_become_rows(root: Root, apply: Apply, web_database: Database, settings: Settings) -> None:
    said = await apply(root)
    assert said[0] == f"+ {root.slug} 試験つながりプラットフォーム"
    assert f"+ {root.slug} opinion 2件: opening/1/1, opening/1/2" in said
    async with web_database.read(await tenant_id(web_database, root)) as session:
        profile = await queries.profile(session)
        assert (profile.name, profile.parent and profile.parent.slug) == ("試験つながりプラットフォーム", "national")
        assert [contact.phone for contact in profile.contacts] == ["088-621-2179"]
        assert [(pillar.label, pillar.points) for pillar in profile.pillars] == [("I", ["呼びかけ"])]
        assert [charter.title for charter in profile.charters] == ["設置要綱"]
        assert (await session.execute(select(Appearance.affiliation))).scalars().all() == ["おとなりの会 代表"]
        media = (await session.execute(select(Media))).scalar_one()
        news = (await session.execute(select(Announcement))).scalar_one()
        event = (await session.execute(select(Event))).scalar_one()
        assert (news.image_id, news.event_id) == (media.id, event.id)
        found = await search.find(session, "おとなりの会")
    assert sorted(hit.kind for hit in found.hits) == ["event", "organisation"]
    assert (await FileStore(settings).get(media.sizes["original"])).startswith(b"<svg")


async def test_a_second_run_changes_nothing(root: Root, apply: Apply, worker_database: Database) -> None:
    await apply(root)
    before = await version(worker_database, root)
    assert await apply(root) == []
    assert await version(worker_database, root) == before


async def test_an_edit_by_the_staff_stays_until_the_files_say_something_new(
    root: Root, apply: Apply, worker_database: Database
) -> None:
    await apply(root)
    own = await tenant_id(worker_database, root)
    async with worker_database.write(own) as session:
        await session.execute(update(Announcement).values(title="事務局が直した題"))
        await session.execute(update(Tenant).where(Tenant.id == own).values(slogan="事務局の言葉"))
    root.replace("tenant.toml", "よろしくお願いします。", "よろしくお願いいたします。")
    said = await apply(root)
    assert said == [f"~ {root.slug} announcement 1件: opening"]
    async with worker_database.read(own) as session:
        news = (await session.execute(select(Announcement))).scalar_one()
        assert (news.title, news.body, news.revision) == ("事務局が直した題", "よろしくお願いいたします。", 2)
        assert (await queries.profile(session)).slogan == "事務局の言葉"


async def test_a_changed_file_changes_its_rows_and_the_version_once(
    root: Root, apply: Apply, worker_database: Database
) -> None:
    await apply(root)
    before = await version(worker_database, root)
    root.replace("tenant.toml", 'slogan = "ひとりにしない"', 'slogan = "となりにいる"')
    root.replace("events/opening.toml", '[[topics.opinions]]\nbody = "高齢者"\n', "")
    said = await apply(root)
    assert said == [
        f"~ {root.slug} tenant: slogan",
        f"- {root.slug} opinion 1件: opening/1/2",
    ]
    own = await tenant_id(worker_database, root)
    async with worker_database.read(own) as session:
        assert (await session.execute(select(Opinion.body))).scalars().all() == ["働きざかりの人"]
    assert await version(worker_database, root) == before + 1


async def test_what_left_the_files_is_no_longer_found(root: Root, apply: Apply, worker_database: Database) -> None:
    await apply(root)
    text = root.file("tenant.toml").read_text()
    root.write("tenant.toml", text[: text.index("[[organisations]]")])
    assert f"- {root.slug} organisation 1件: club" in await apply(root)
    async with worker_database.read(await tenant_id(worker_database, root)) as session:
        assert (await session.execute(select(func.count()).select_from(Organisation))).scalar_one() == 0
        assert [hit.kind for hit in (await search.find(session, "おとなりの会")).hits] == ["event"]


async def test_a_row_that_the_staff_deleted_does_not_come_back(
    root: Root, apply: Apply, worker_database: Database
) -> None:
    await apply(root)
    own = await tenant_id(worker_database, root)
    async with worker_database.write(own) as session:
        await session.execute(delete(Event))
    root.replace("events/opening.toml", 'body = "高齢者"', 'body = "高齢者"\n\n[[topics.opinions]]\nbody = "若者"')
    await apply(root)
    async with worker_database.read(own) as session:
        assert (await session.execute(select(func.count()).select_from(Opinion))).scalar_one() == 0


async def test_nothing_is_applied_when_any_file_is_wrong(root: Root, apply: Apply, worker_database: Database) -> None:
    await apply(root)
    before = await version(worker_database, root)
    root.replace("tenant.toml", 'slogan = "ひとりにしない"', 'slogan = "となりにいる"')
    root.replace("events/opening.toml", 'title = "講演"', 'titel = "講演"')
    with pytest.raises(ManifestRefused):
        await apply(root)
    async with worker_database.read(await tenant_id(worker_database, root)) as session:
        assert (await queries.profile(session)).slogan == "ひとりにしない"
    assert await version(worker_database, root) == before


async def test_a_new_platform_is_announced_to_web_processes_and_to_its_parent(
    root: Root, apply: Apply, worker_database: Database, owner_connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    heard: list[str] = []
    await owner_connection.add_listener("tenants", lambda *notification: heard.append(str(notification[3])))
    async with worker_database.read(NATIONAL) as session:
        before = await content_version.current(session)
    await apply(root)
    await owner_connection.execute("SELECT 1")
    assert root.slug in heard
    async with worker_database.read(NATIONAL) as session:
        assert await content_version.current(session) > before
        facts = await session.execute(select(OutboxRow.payload).where(OutboxRow.name == "TenantLaunched"))
        assert root.slug in [payload["slug"] for payload in facts.scalars()]


async def test_rows_are_the_tenants_own(root: Root, apply: Apply, worker_database: Database) -> None:
    await apply(root)
    async with worker_database.read(NATIONAL) as session:
        names = (await session.execute(select(Organisation.key).where(Organisation.key == "club"))).scalars().all()
        assert names == []
    async with worker_database.read(await tenant_id(worker_database, root)) as session:
        assert (await session.execute(select(func.count()).select_from(ProfileItem))).scalar_one() == 1
        assert (await session.execute(select(func.count()).select_from(Contact))).scalar_one() == 1


async def test_a_photograph_is_kept_upright_and_without_its_place(
    root: Root, apply: Apply, worker_database: Database, settings: Settings
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (34.0, 4.0, 0.0)}
    photograph = BytesIO()
    Image.new("RGB", (1600, 900), "#86b3cf").save(photograph, "JPEG", exif=exif)
    root.file("media/photo.svg").unlink()
    root.file("media/photo.jpg").write_bytes(photograph.getvalue())
    for name in ("tenant.toml", "events/opening.toml"):
        root.write(name, root.file(name).read_text(encoding="utf-8").replace("photo.svg", "photo.jpg"))
    await apply(root)
    async with worker_database.read(await tenant_id(worker_database, root)) as session:
        media = (await session.execute(select(Media))).scalar_one()
    assert (media.content_type, media.width, media.height) == ("image/jpeg", 900, 1600)
    shapes = {}
    for size, key in media.sizes.items():
        with Image.open(BytesIO(await FileStore(settings).get(key))) as kept:
            shapes[size] = kept.size
            assert dict(kept.getexif()) == {}
    assert shapes == {"original": (900, 1600), "1200": (675, 1200), "thumb": (225, 400)}
