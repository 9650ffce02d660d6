"""Publishing: a tenant's own counts become readable for all, once a day."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.statistics.models import PublishedCount
from shared.statistics.queries import count_today


async def publish_counts(session: AsyncSession) -> None:
    """Write today's counts of the session's tenant; a second run on the same day (in Japan) corrects the first."""
    today, now = clock.today(), clock.now()
    counts = await count_today(session)
    rows = [
        {
            "tenant_id": tenant_of(session),
            "name": count.name,
            "as_of": today,
            "value": count.value,
            "unit": count.unit,
            "computed_at": now,
        }
        for count in counts
    ]
    statement = insert(PublishedCount).values(rows)
    newer = {column: statement.excluded[column] for column in ("value", "unit", "computed_at")}
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "name", "as_of"], set_=newer))
