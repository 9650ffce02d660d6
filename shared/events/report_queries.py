"""A report as the secretariat reads it: also when it is a draft, also the photographs that may not be shown."""

from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from shared.content.queries import MEDIA_JSON, MediaView
from shared.events.views import ReportView


class DeskPhoto(msgspec.Struct, frozen=True):
    media: MediaView
    caption: str | None
    credit: str | None
    consented: bool


class DeskReport(msgspec.Struct, frozen=True):
    """`report` has no date until it is public; None when nothing is written."""

    report: ReportView | None
    photos: list[DeskPhoto]


_DESK = text(
    f"""
    SELECT jsonb_build_object(
      'report', (SELECT to_jsonb(r) FROM event_report r WHERE r.event_id = :event),
      'photos', (SELECT coalesce(jsonb_agg(jsonb_build_object('caption', p.caption, 'credit', p.credit,
          'consented', p.consented, 'media', {MEDIA_JSON}) ORDER BY p.ordinal), '[]')
        FROM report_photo p JOIN media ON media.tenant_id = p.tenant_id AND media.id = p.media_id
        WHERE p.event_id = :event))::text
    """
).bindparams(bindparam("event", type_=Uuid))


async def desk_report(session: AsyncSession, event_id: UUID) -> DeskReport:
    row = (await session.execute(_DESK, {"event": event_id})).scalar_one()
    return msgspec.json.decode(row, type=DeskReport)
