"""Rate limits by an atomic upsert in an unlogged table: the same count for every web process."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base


class RateLimit(Base):
    """`bucket` names who and what, hashed where it would be personal; a window that has ended starts anew."""

    __tablename__ = "rate_limit"
    __table_args__ = {
        "prefixes": ["UNLOGGED"],
        "info": {"reference": True, "grants": {"svc_web": "SELECT, INSERT, UPDATE", "svc_worker": "SELECT, DELETE"}},
    }

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_ends: Mapped[datetime]
    hits: Mapped[int]


_HIT = text(
    """
    INSERT INTO rate_limit (bucket, window_ends, hits) VALUES (:bucket, now() + make_interval(secs => :seconds), 1)
    ON CONFLICT (bucket) DO UPDATE SET
      hits = CASE WHEN rate_limit.window_ends <= now() THEN 1 ELSE rate_limit.hits + 1 END,
      window_ends = CASE WHEN rate_limit.window_ends <= now() THEN excluded.window_ends ELSE rate_limit.window_ends END
    RETURNING hits
    """
)


async def within(session: AsyncSession, bucket: str, *, limit: int, seconds: int) -> bool:
    """Count one hit; False when the bucket has had more than `limit` hits in its window of `seconds`."""
    hits = (await session.execute(_HIT, {"bucket": bucket, "seconds": seconds})).scalar_one()
    return int(hits) <= limit


_START_ANEW = text("UPDATE rate_limit SET hits = 0 WHERE bucket = :bucket")


async def start_anew(session: AsyncSession, bucket: str) -> None:
    """Who has proved to be no guesser has all attempts again."""
    await session.execute(_START_ANEW, {"bucket": bucket})
