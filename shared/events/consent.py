"""Whose picture may be seen: those of whom nobody has said yes are the secretariat's, by their address too."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Announcement, Media
from shared.events.models import Event, ReportPhoto
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.tenants import queries as tenants


async def show_or_withhold(session: AsyncSession, media_ids: Collection[UUID]) -> None:
    """After the photographs of a report were written: `media_ids` are those that stand in it now, and that stood in it before.

    Seen is what some report shows with 撮影の同意, and what stands somewhere else by a decision of its own: as a flyer, in
    news, in the platform's dress. A box that is unticked here decides nothing there.
    """
    tenant = tenant_of(session)
    theme = (await tenants.profile(session)).theme
    seen = or_(
        exists().where(ReportPhoto.tenant_id == tenant, ReportPhoto.media_id == Media.id, ReportPhoto.consented),
        exists().where(Event.tenant_id == tenant, Event.flyer_id == Media.id),
        exists().where(Announcement.tenant_id == tenant, Announcement.image_id == Media.id),
        Media.name.in_([word for word in theme.values() if isinstance(word, str)]),
    )
    statement = (
        update(Media)
        .where(Media.tenant_id == tenant, Media.id.in_(media_ids), Media.withheld == seen)
        .values(withheld=~seen)
        .returning(Media.id)
    )
    turned = await session.execute(statement.execution_options(synchronize_session=False))
    if turned.scalars().all():
        await bump(session)
