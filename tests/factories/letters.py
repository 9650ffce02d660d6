"""Letters in a test's queue, written by the same verb as real ones."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, update

from shared.kit.database.session import Database
from shared.kit.post import Letter, LetterClass, Post, write_letter
from shared.kit.settings import Settings
from shared.tenants.letters import sender_of


async def queue_letter(database: Database, settings: Settings, tenant_id: int, **parts: Any) -> Letter:
    """`kit/test` is the template, whose only words are `words`. `database` is the worker's."""
    values: dict[str, Any] = {
        "template": "kit/trial",
        "to_email": f"{uuid4().hex[:8]}@example.jp",
        "to_name": "山田 花子",
        "about_id": None,
        "letter_class": LetterClass.MUST_ARRIVE,
        "dedupe_key": uuid4().hex,
        "values": {"words": "ためしのことば"},
    }
    async with database.write(tenant_id) as session:
        Post(session, await sender_of(session, settings))
        letter = await write_letter(session, **values | parts)
    assert letter is not None
    return letter


async def letter_row(database: Database, tenant_id: int, letter_id: UUID) -> Letter:
    async with database.read(tenant_id) as session:
        return await session.get_one(Letter, (tenant_id, letter_id))


async def set_letter(database: Database, tenant_id: int, letter_id: UUID, **columns: Any) -> None:
    """For what only time brings about: an ended lease, a pause that is over."""
    statement = update(Letter).where(Letter.tenant_id == tenant_id, Letter.id == letter_id).values(**columns)
    async with database.write(tenant_id) as session:
        await session.execute(statement)


NOW = func.now()
