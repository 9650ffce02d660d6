"""Files of 後援名義: logos that are handed out, byte for byte, and papers as they came. The bytes decide what a file is."""

import asyncio
import hashlib
import io
from datetime import date
from typing import Any
from uuid import UUID

from PIL import Image
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.drawings import read_drawing
from shared.kit.editing import locked
from shared.kit.files import FileStore
from shared.kit.japanese import normalise
from shared.kit.pictures import MAX_PIXELS, check_size
from shared.kit.refusals import Forbidden, NotFound, Refusal
from shared.members.application_queries import ScanView
from shared.members.intake import content_type_of
from shared.members.name_use import queries
from shared.members.name_use.models import NameUseLogo, NameUseRequest, NameUseScan
from shared.members.name_use.queries import MOST_LOGOS, LogoView, NameUseView
from shared.members.name_use.service import approve

LONGEST_NAME = 60
MOST_SCANS = 10
SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}


async def keep_logo(
    session: AsyncSession, files: FileStore, *, data: bytes, name: str, actor: Actor, offered: bool = True
) -> LogoView:
    """A PNG, SVG or PDF of at most 10 MB; a drawing only if it can do nothing but draw. Refusals name `file` and `name`."""
    if not actor.may(Permission.APPLICATION_DECIDE):
        raise Forbidden
    content_type = await asyncio.to_thread(_kind_of_logo, data)
    words = normalise.clean_text(name).strip()
    if not words or len(words) > LONGEST_NAME:
        raise Refusal("INVALID_INPUT", f"ロゴの呼び名を{LONGEST_NAME}文字以内で入力してください。", "name")
    if offered and len(await queries.logos(session)) >= MOST_LOGOS:
        raise Refusal("TOO_MANY", f"ロゴは{MOST_LOGOS}個までです。使わないものを外してください。", "file")
    logo = NameUseLogo(name=words, offered=offered, **await _kept(session, files, "logos", data, content_type, actor))
    session.add(logo)
    await session.flush()
    _note(session, actor, "logo", logo.id, words)
    return await queries.logo(session, logo.id)


async def withdraw_logo(session: AsyncSession, logo_id: UUID, *, actor: Actor) -> None:
    """Chosen for no later decision. Who has been given it keeps it while its period lasts."""
    if not actor.may(Permission.APPLICATION_DECIDE):
        raise Forbidden
    logo = await locked(session, NameUseLogo, logo_id)
    logo.offered = False
    await session.flush()
    _note(session, actor, "withdraw", logo.id, logo.name)


async def approve_with_logo(
    session: AsyncSession,
    files: FileStore,
    request_id: UUID,
    *,
    data: bytes | None,
    logo_id: UUID | None = None,
    allowed_from: date | None,
    allowed_until: date | None,
    conditions: str = "",
    actor: Actor,
    revision: int | None = None,
) -> NameUseView:
    """承認 with a file of its own, if one came with the decision: both happen or neither."""
    if data is not None:
        request = await queries.name_use(session, request_id)
        logo = await keep_logo(session, files, data=data, name=request.receipt_number, actor=actor, offered=False)
        logo_id = logo.id
    return await approve(
        session,
        request_id,
        allowed_from=allowed_from,
        allowed_until=allowed_until,
        conditions=conditions,
        logo_id=logo_id,
        actor=actor,
        revision=revision,
    )


async def keep_scan(
    session: AsyncSession, files: FileStore, request_id: UUID, *, data: bytes, actor: Actor
) -> ScanView:
    """A PDF, JPEG or PNG of at most 10 MB. Refusals name the field `scan`."""
    if not actor.may(Permission.APPLICATION_DECIDE):
        raise Forbidden
    content_type = await asyncio.to_thread(content_type_of, data)
    await locked(session, NameUseRequest, request_id)
    statement = select(NameUseScan.id).where(NameUseScan.request_id == request_id)
    if len((await session.execute(statement)).all()) >= MOST_SCANS:
        raise Refusal("TOO_MANY", f"スキャンは一つの申請に{MOST_SCANS}個までです。", "scan")
    scan = NameUseScan(request_id=request_id, **await _kept(session, files, "scans", data, content_type, actor))
    session.add(scan)
    await session.flush()
    _note(session, actor, "scan", request_id, None)
    return await queries.scan(session, request_id, scan.id)


async def bytes_of(files: FileStore, file_key: str) -> bytes:
    try:
        return await files.get(file_key)
    except FileNotFoundError:
        raise NotFound from None


async def _kept(
    session: AsyncSession, files: FileStore, folder: str, data: bytes, content_type: str, actor: Actor
) -> dict[str, Any]:
    file_id = uuid7()
    key = f"{tenant_of(session)}/{folder}/{file_id}.{SUFFIXES[content_type]}"
    await files.put(key, data)
    return {
        "id": file_id,
        "file_key": key,
        "content_type": content_type,
        "byte_size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "actor_id": actor.account_id,
        "actor_name": actor.name,
        "kept_at": clock.now(),
    }


def _kind_of_logo(data: bytes) -> str:
    """CPU-bound: to be called in a thread."""
    check_size(data)
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return "application/pdf"
    if data.startswith(b"\x89PNG"):
        _look_at_png(data)
        return "image/png"
    if b"<svg" in data[:4096]:
        return read_drawing(data).content_type
    raise _not_a_logo()


def _look_at_png(data: bytes) -> None:
    try:
        picture = Image.open(io.BytesIO(data), formats=["PNG"])
        if picture.width * picture.height > MAX_PIXELS:
            raise Refusal("TOO_MANY_PIXELS", "ロゴの縦横が大きすぎます。小さく書き出してください。", "file")
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise _not_a_logo() from None


def _not_a_logo() -> Refusal:
    return Refusal(
        "NOT_A_LOGO",
        "このファイルは使えません。PNG・SVG・PDFのファイルをお選びください（拡張子だけを変えたファイルは使えません）。",
        "file",
    )


def _note(session: AsyncSession, actor: Actor, verb: str, object_id: UUID, summary: str | None) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=f"name-use.{verb}",
        object_id=object_id,
        summary=summary,
    )
