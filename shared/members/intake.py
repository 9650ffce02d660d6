"""様式1 that came on paper, by mail or by telephone, typed in by the secretariat: the same record as by web."""

import asyncio
import hashlib
import io
from datetime import date, datetime, time, timedelta
from uuid import UUID

from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.files import FileStore
from shared.kit.japanese import Unreadable, normalise
from shared.kit.japanese.folding import VARIANTS
from shared.kit.japanese.sudachi import words
from shared.kit.pictures import MAX_PIXELS
from shared.kit.refusals import NotFound, Refusal
from shared.members import service
from shared.members.application_queries import ApplicationView, ScanView
from shared.members.details import ApplicationDetails
from shared.members.models import Channel, MembershipApplication
from shared.members.screening_models import ApplicationScan

#: The ways on which a person of the secretariat stands between the applicant and the record.
BY_HAND = (Channel.FAX, Channel.POST, Channel.EMAIL, Channel.PHONE)
MAX_SCAN = 10 * 1024 * 1024
MOST_SCANS = 10
_OLDEST = timedelta(days=366)
_UNCLAIMED = timedelta(days=1)
_NOON = time(12)
#: 会社 after another word is ガイシャ, which a dictionary of single words does not know.
_COMPANIES = {"シキカイシャ": "シキガイシャ", "ゲンカイシャ": "ゲンガイシャ", "ドウカイシャ": "ドウガイシャ"}
_SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


async def enter_application(
    session: AsyncSession,
    details: ApplicationDetails,
    *,
    channel: Channel,
    received_on: date,
    actor: Actor,
    scan_id: UUID | None = None,
    idempotency_key: str | None = None,
) -> ApplicationView:
    """Receive what came on `received_on`. The scan, kept before by the same person, becomes part of the application."""
    if channel not in BY_HAND:
        raise Refusal("INVALID_INPUT", "届いた方法を選んでください。", "channel")
    view = await service.submit_application(
        session,
        details,
        channel=channel,
        actor=actor,
        received_at=_moment(received_on),
        idempotency_key=idempotency_key,
    )
    if scan_id is not None:
        await _attach(session, scan_id, view.id, actor)
    return view


def _moment(day: date) -> datetime:
    """Of a day that is over nobody knows the hour: noon."""
    today = clock.today()
    if day > today:
        raise Refusal("INVALID_INPUT", "届いた日が先の日付になっています。", "received_on")
    if day < today - _OLDEST:
        raise Refusal("INVALID_INPUT", "届いた日が1年以上前になっています。年をお確かめください。", "received_on")
    return clock.now() if day == today else datetime.combine(day, _NOON, clock.JST)


async def keep_scan(
    session: AsyncSession, files: FileStore, *, data: bytes, actor: Actor, application_id: UUID | None = None
) -> ScanView:
    """Keep a PDF, JPEG or PNG of at most 10 MB, byte for byte. The bytes decide what it is. Refusals name the field `scan`."""
    content_type = await asyncio.to_thread(content_type_of, data)
    await _forget_unclaimed(session, files)
    if application_id is not None:
        await _room(session, application_id)
    scan_id = uuid7()
    key = f"{tenant_of(session)}/scans/{scan_id}.{_SUFFIXES[content_type]}"
    await files.put(key, data)
    scan = ApplicationScan(
        id=scan_id,
        application_id=application_id,
        file_key=key,
        content_type=content_type,
        byte_size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        actor_id=actor.account_id,
        actor_name=actor.name,
        kept_at=clock.now(),
    )
    session.add(scan)
    await session.flush()
    if application_id is not None:
        _note(session, application_id, actor)
    return _view(scan)


async def scan(session: AsyncSession, application_id: UUID, scan_id: UUID) -> ScanView:
    """NotFound also for a scan that belongs to another application, or to none yet."""
    statement = select(ApplicationScan).where(
        ApplicationScan.id == scan_id, ApplicationScan.application_id == application_id
    )
    row = (await session.execute(statement)).scalar_one_or_none()
    if row is None:
        raise NotFound
    return _view(row)


def content_type_of(data: bytes) -> str:
    """CPU-bound for pictures: to be called in a thread."""
    if len(data) > MAX_SCAN:
        megabytes = -(-len(data) * 10 // (1024 * 1024)) / 10
        raise Refusal(
            "FILE_TOO_LARGE",
            f"スキャンは10MBまでです（選ばれたファイルは{megabytes:g}MB）。解像度を下げて読み取り直してください。",
            "scan",
        )
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return "application/pdf"
    return _kind_of_picture(data)


def propose_reading(name: str) -> str:
    """A フリガナ to start from; empty when any word is unknown, for half a reading misleads."""
    found = list(words(normalise.clean_text(name)[:200].translate(VARIANTS)))
    parts = [word.surface if word.surface.isspace() else word.reading or word.surface for word in found]
    try:
        reading = normalise.katakana("".join(parts))
    except Unreadable:
        return ""
    for alone, joined in _COMPANIES.items():
        reading = reading.replace(alone, joined)
    return reading


async def _attach(session: AsyncSession, scan_id: UUID, application_id: UUID, actor: Actor) -> None:
    row = await locked(session, ApplicationScan, scan_id)
    if row.application_id == application_id:
        return
    if row.application_id is not None or row.actor_id != actor.account_id:
        raise NotFound
    row.application_id = application_id
    await session.flush()
    _note(session, application_id, actor)


async def _forget_unclaimed(session: AsyncSession, files: FileStore) -> None:
    """Papers of forms that nobody has finished: they name people and belong to no record."""
    old = ApplicationScan.application_id.is_(None) & (ApplicationScan.kept_at < clock.now() - _UNCLAIMED)
    gone = delete(ApplicationScan).where(ApplicationScan.tenant_id == tenant_of(session), old)
    for key in (await session.execute(gone.returning(ApplicationScan.file_key))).scalars().all():
        await files.remove(key)


async def _room(session: AsyncSession, application_id: UUID) -> None:
    await locked(session, MembershipApplication, application_id)
    statement = select(ApplicationScan.id).where(ApplicationScan.application_id == application_id)
    if len((await session.execute(statement)).all()) >= MOST_SCANS:
        raise Refusal("TOO_MANY", f"スキャンは一つの申請に{MOST_SCANS}個までです。", "scan")


def _kind_of_picture(data: bytes) -> str:
    refusal = Refusal(
        "NOT_A_SCAN",
        "このファイルは読み取れません。PDF・JPEG・PNGのファイルをお選びください（拡張子だけを変えたファイルは使えません）。",
        "scan",
    )
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG"])
        if picture.width * picture.height > MAX_PIXELS:
            raise Refusal(
                "TOO_MANY_PIXELS", "スキャンの縦横が大きすぎます。解像度を下げて読み取り直してください。", "scan"
            )
        picture.draft(None, (1000, 1000))
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise refusal from None
    return Image.MIME[str(picture.format)]


def _view(row: ApplicationScan) -> ScanView:
    return ScanView(row.id, row.file_key, row.content_type, row.byte_size, row.actor_name, row.kept_at)


def _note(session: AsyncSession, application_id: UUID, actor: Actor) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="application.scan",
        object_id=application_id,
    )
