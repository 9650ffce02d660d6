"""Pictures in use that read alike: those who hear the page cannot tell them apart."""

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.queries import MEDIA_JSON, MediaView

MOST_GROUPS = 100


class Alike(msgspec.Struct, frozen=True):
    """Different pictures under the same words."""

    alt: str
    pictures: list[MediaView]


_ALIKE = text(
    f"""
    WITH used AS (
      SELECT flyer_id AS id FROM event WHERE flyer_id IS NOT NULL
      UNION SELECT media_id FROM report_photo
      UNION SELECT image_id FROM announcement WHERE image_id IS NOT NULL AND state <> 'WITHDRAWN'
    ), alike AS (
      SELECT media.alt, jsonb_agg({MEDIA_JSON} ORDER BY media.created_at, media.id) AS pictures
      FROM media JOIN used ON used.id = media.id WHERE media.alt <> ''
      GROUP BY media.alt HAVING count(DISTINCT media.sha256) > 1
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('alt', alt, 'pictures', pictures) ORDER BY alt), '[]')::text
    FROM (SELECT * FROM alike ORDER BY alt LIMIT {MOST_GROUPS}) AS first_ones
    """
)


async def pictures_alike(session: AsyncSession) -> list[Alike]:
    return msgspec.json.decode((await session.execute(_ALIKE)).scalar_one(), type=list[Alike])
