"""News and pictures."""

import io
import itertools
from typing import Any

from PIL import Image

from shared.content import media, service
from shared.content.models import Announcement, Media
from shared.identity.policy import Actor
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.tenants.models import Tenant

EDITOR = Actor(name="事務局 花子")
_numbers = itertools.count(1)


async def make_announcement(
    database: Database, tenant: Tenant, *, published: bool = True, **columns: Any
) -> Announcement:
    """Public unless `published=False`."""
    number = next(_numbers)
    values = {"title": f"お知らせ{number}", "body": f"{number}件目のお知らせの本文です。"} | columns
    async with database.write(tenant.id) as session:
        row = await service.create_announcement(session, actor=EDITOR, **values)
        if published:
            await service.publish_announcement(session, actor=EDITOR, announcement_id=row.id)
    return row


async def make_media(database: Database, tenant: Tenant, files: FileStore, **columns: Any) -> Media:
    """A small green picture with alt text."""
    values = {"data": photograph(), "alt": f"試験の写真{next(_numbers)}"} | columns
    async with database.write(tenant.id) as session:
        return await media.store_image(session, files, **values)


def photograph(
    kind: str = "JPEG", size: tuple[int, int] = (1600, 900), exif: Image.Exif | None = None, colour: str = "#2f855a"
) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()
