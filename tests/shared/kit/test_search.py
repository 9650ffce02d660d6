"""Finding what was published, in the tenant where it was published, in whatever spelling it is asked for."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.kit import search
from shared.kit.database.session import Database
from tests.factories.tenants import make_tenant

SEMINAR = "第2回セミナー「協力づくりの手順を事例で学ぼう」"
BODY = "子ども食堂と居場所づくりについて、NPO法人You&ゆうの岡田理事長が話します。会場はろうきんホールです。"


async def put(database: Database, tenant_id: int, *, title: str = SEMINAR, body: str = BODY, **columns: object) -> UUID:
    object_id = columns.pop("object_id", None) or uuid4()
    assert isinstance(object_id, UUID)
    shown_at = columns.pop("shown_at", None)
    assert shown_at is None or isinstance(shown_at, datetime)
    async with database.write(tenant_id) as session:
        await search.put(
            session,
            kind="announcement",
            object_id=object_id,
            path=f"/news/{object_id}",
            title=title,
            body=body,
            shown_at=shown_at,
        )
    return object_id


async def found(database: Database, tenant_id: int, text: str) -> list[UUID]:
    async with database.read(tenant_id) as session:
        return [hit.object_id for hit in (await search.find(session, text)).hits]


@pytest.mark.parametrize(
    "text", ["セミナー", "せみなー", "ｾﾐﾅｰ", "こども食堂", "子供", "居", "ろうきん", "you＆ゆう", "居場所 岡田"]
)
async def test_any_spelling_finds_it(worker_database: Database, text: str) -> None:
    tenant = await make_tenant(worker_database)
    object_id = await put(worker_database, tenant.id)
    assert await found(worker_database, tenant.id, text) == [object_id]


@pytest.mark.parametrize("text", ["", "   ", "・", "防災", "居場所 防災", "セミナー'; DROP TABLE tenant; --"])
async def test_nothing_is_found_where_nothing_is(worker_database: Database, text: str) -> None:
    tenant = await make_tenant(worker_database)
    await put(worker_database, tenant.id)
    assert await found(worker_database, tenant.id, text) == []


async def test_a_neighbour_finds_nothing(worker_database: Database, web_database: Database) -> None:
    here, there = await make_tenant(worker_database), await make_tenant(worker_database)
    object_id = await put(worker_database, here.id)
    assert await found(web_database, here.id, "セミナー") == [object_id]
    assert await found(web_database, there.id, "セミナー") == []


async def test_put_again_replaces_and_remove_takes_away(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    object_id = await put(worker_database, tenant.id)
    await put(worker_database, tenant.id, object_id=object_id, title="情報交換会", body="自己紹介")
    assert await found(worker_database, tenant.id, "セミナー") == []
    assert await found(worker_database, tenant.id, "交換") == [object_id]
    async with worker_database.write(tenant.id) as session:
        await search.remove(session, kind="announcement", object_id=object_id)
        await search.remove(session, kind="announcement", object_id=object_id)
    assert await found(worker_database, tenant.id, "交換") == []


async def test_a_word_in_the_title_comes_before_one_in_the_text_and_the_new_before_the_old(
    worker_database: Database,
) -> None:
    tenant = await make_tenant(worker_database)
    in_text = await put(worker_database, tenant.id, title="お知らせ", body="防災の話もします。")
    old = await put(worker_database, tenant.id, title="防災", body="訓練", shown_at=datetime(2023, 6, 6, tzinfo=UTC))
    new = await put(worker_database, tenant.id, title="防災", body="訓練", shown_at=datetime(2024, 1, 12, tzinfo=UTC))
    assert await found(worker_database, tenant.id, "防災") == [new, old, in_text]


async def test_hits_are_marked_and_all_are_counted(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    for _ in range(3):
        await put(worker_database, tenant.id)
    async with worker_database.read(tenant.id) as session:
        results = await search.find(session, "居場所", first=2)
        rest = await search.find(session, "居場所", first=2, skip=2)
    assert (results.total, len(results.hits), len(rest.hits)) == (3, 2, 1)
    marked = [piece.text for piece in results.hits[0].pieces if piece.hit]
    assert marked == ["居場所"]
    assert "".join(piece.text for piece in results.hits[0].title_pieces) == SEMINAR
