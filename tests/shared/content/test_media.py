"""Pictures with their words, kept by tenant."""

import pytest

from shared.content import queries
from shared.content.media import store_drawing, store_image
from shared.kit.content_version import current
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.refusals import Refusal, Refusals
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.content import make_media, photograph
from tests.factories.tenants import make_tenant


@pytest.fixture
async def tenant(worker_database: Database) -> Tenant:
    return await make_tenant(worker_database)


@pytest.fixture
def files(settings: Settings) -> FileStore:
    return FileStore(settings)


async def test_a_stored_picture_is_found_by_its_id_and_by_its_name(
    worker_database: Database, web_database: Database, tenant: Tenant, files: FileStore
) -> None:
    media = await make_media(web_database, tenant, files, alt="海辺の集い", caption="第1回の様子", credit="事務局撮影")
    async with web_database.read(tenant.id) as session:
        by_id = await queries.media_by_name_or_id(session, str(media.id))
        by_name = await queries.media_by_name_or_id(session, media.name)
        file = await queries.media_file(session, media.name)
    assert by_id is not None and by_id == by_name
    assert (by_id.alt, by_id.caption, by_id.credit, by_id.width) == ("海辺の集い", "第1回の様子", "事務局撮影", 1600)
    assert file is not None and set(file.sizes) == set(queries.SIZES)
    assert (await files.get(file.sizes["thumb"]))[:2] == b"\xff\xd8"


async def test_another_tenant_does_not_find_it(worker_database: Database, tenant: Tenant, files: FileStore) -> None:
    media = await make_media(worker_database, tenant, files, name="flyer.jpg")
    other = await make_tenant(worker_database)
    async with worker_database.read(other.id) as session:
        assert await queries.media_by_name_or_id(session, str(media.id)) is None
        assert await queries.media_file(session, "flyer.jpg") is None
        assert await queries.media_list(session) == []


async def test_a_name_that_gets_other_bytes_gets_another_address(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    first = await make_media(worker_database, tenant, files, name="hero.jpg", alt="一枚目")
    before = first.sha256
    async with worker_database.read(tenant.id) as session:
        version = await current(session)
    again = await make_media(
        worker_database, tenant, files, name="hero.jpg", alt="二枚目", data=photograph(size=(9, 9))
    )
    async with worker_database.read(tenant.id) as session:
        view = await queries.media_by_name_or_id(session, "hero.jpg")
        assert len(await queries.media_list(session)) == 1
        assert await current(session) == version + 1
    assert view is not None
    assert (again.id, view.alt, view.width) == (first.id, "二枚目", 9)
    assert again.sha256 != before and view.url("thumb") == f"/media/{view.id}/thumb?v={again.sha256[:12]}"


async def test_without_a_description_nothing_is_kept(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            await store_image(session, files, data=photograph(), alt="　 ")
        assert (refused.value.field, refused.value.code) == ("alt", "ALT_MISSING")
        assert await queries.media_list(session) == []


async def test_decoration_needs_no_description_and_gets_none(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    media = await make_media(worker_database, tenant, files, alt="使われない説明", decorative=True)
    assert (media.alt, media.decorative) == ("", True)


async def test_words_that_are_too_long_are_refused_field_by_field(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusals) as refused:
            await store_image(session, files, data=photograph(), alt="あ" * 301, caption="い" * 501)
    assert [problem.field for problem in refused.value.problems] == ["alt", "caption"]


async def test_pictures_that_read_alike_are_pointed_out(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    first = await make_media(worker_database, tenant, files, alt="グループ討議の様子")
    second = await make_media(
        worker_database, tenant, files, alt="グループ討議の様子", data=photograph(colour="#884422")
    )
    await make_media(worker_database, tenant, files, alt="グループ討議の様子", data=photograph(colour="#884422"))
    await make_media(worker_database, tenant, files, alt="", decorative=True)
    async with worker_database.read(tenant.id) as session:
        alike = await queries.media_with_same_alt(session, alt="グループ討議の様子", besides=second.id)
        assert [media.id for media in alike] == [first.id]
        assert await queries.media_with_same_alt(session, alt="") == []


async def test_a_drawing_is_kept_for_every_size(worker_database: Database, tenant: Tenant, files: FileStore) -> None:
    data = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3"/></svg>'
    async with worker_database.write(tenant.id) as session:
        media = await store_drawing(session, files, name="mark.svg", data=data, alt="", decorative=True)
    assert (media.content_type, media.width, media.height) == ("image/svg+xml", 4, 3)
    assert await files.get(media.sizes["1200"]) == data


async def test_a_drawing_does_not_come_in_as_a_photograph(
    worker_database: Database, tenant: Tenant, files: FileStore
) -> None:
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Refusal, match="この形式の画像は使えません"):
            await store_image(session, files, name="a.png", data=b"<svg xmlns='http://www.w3.org/2000/svg'/>", alt="絵")


async def test_missing_bytes_are_a_file_that_is_not_found(files: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        await files.get("1/media/no/such/file.png")


@pytest.mark.parametrize("key", ["../secret", "1/../../secret", "/etc/passwd"])
async def test_no_key_leads_out_of_the_store(files: FileStore, settings: Settings, key: str) -> None:
    (settings.local / "secret").write_text("not for readers")
    with pytest.raises((FileNotFoundError, ValueError)):
        await files.get(key)
