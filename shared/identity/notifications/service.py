"""Telling the desk and organisations' people what waits for them: at once, with the morning letter, or not at all."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.notifications import queries
from shared.identity.notifications.models import Notification, NotificationChoice, NotificationKind, NotificationManner
from shared.identity.notifications.queries import Choices, Receiver
from shared.identity.notifications.words import KINDS, MANNERS
from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.lapsing import let_lapse
from shared.kit.post import Letter, LetterClass, write_letter
from shared.kit.refusals import Forbidden, Refusal

_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtext('notifications'), :tenant)")
#: Where each chooses.
DESK_PAGE, PERSON_PAGE = "/staff/notifications", "/member/notifications"


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What is told: `line` and `path` in the morning letter, `template` and `values` in a letter of its own.

    `occasion` tells the thing's occasions apart; each is told once.
    """

    kind: NotificationKind
    thing_id: UUID
    occasion: str
    line: str
    path: str
    template: str
    values: Mapping[str, Any]
    about_id: UUID


async def in_turn(session: AsyncSession) -> None:
    """Until the commit nobody else tells or settles here. Take it before you read whether a thing still waits."""
    await session.execute(_IN_TURN, {"tenant": tenant_of(session)})


async def tell(session: AsyncSession, to: Receiver, news: News) -> None:
    """Once for each receiver, thing and occasion, in the manner that the receiver has chosen."""
    await in_turn(session)
    manner = (await queries.choices(session, to.account_id)).manners[news.kind]
    if manner is NotificationManner.NEVER:
        return
    at_once = manner is NotificationManner.AT_ONCE or (
        manner is NotificationManner.GATHERED and not await _had_a_letter_today(session, to, news.kind)
    )
    noted = await _note(session, to, news, at_once)
    if noted is not None and at_once:
        await write_letter(
            session,
            template=news.template,
            to_email=to.email,
            to_name=to.name,
            about_id=news.about_id,
            letter_class=LetterClass.MUST_ARRIVE,
            dedupe_key=_key(noted),
            values={**news.values, "choice_path": DESK_PAGE if to.account_id is None else PERSON_PAGE},
            not_before=await queries.not_before(session),
        )


async def settle(
    session: AsyncSession, thing_id: UUID, kind: NotificationKind | None = None, *, occasion: str | None = None
) -> None:
    """It is done: nobody is told any more, and a letter that has not left stays here. Without a kind: all of the thing."""
    await in_turn(session)
    statement = update(Notification).where(
        Notification.tenant_id == tenant_of(session),
        Notification.thing_id == thing_id,
        Notification.settled_at.is_(None),
        *([Notification.kind == kind] if kind else []),
        *([Notification.occasion == occasion] if occasion else []),
    )
    rows = await session.execute(statement.values(settled_at=clock.now()).returning(Notification.id))
    settled = rows.scalars().all()
    if settled:
        await let_lapse(session, Letter.dedupe_key.in_([_key(each) for each in settled]))


async def choose(
    session: AsyncSession,
    *,
    actor: Actor,
    desk: bool,
    manners: Mapping[str, str],
    by_night: bool | None = None,
) -> Choices:
    """For the desk (who edits the profile may), or for oneself. What is not named stays as it is."""
    if (desk and not actor.may(Permission.PROFILE_EDIT)) or (not desk and actor.account_id is None):
        raise Forbidden
    account_id = None if desk else actor.account_id
    await in_turn(session)
    before = await queries.choices(session, account_id)
    after = Choices(
        before.manners | _read(manners, before.manners),
        by_night if desk and by_night is not None else before.by_night,
    )
    if after != before:
        await _keep(session, account_id, after)
        await _let_go(
            session, account_id, [kind for kind, each in after.manners.items() if each is NotificationManner.NEVER]
        )
        audit.note(
            session,
            actor_id=actor.account_id,
            actor_name=actor.name or actor.key,
            action="notification.change",
            object_id=account_id,
            summary=_differences(before, after),
        )
        await session.flush()
    return after


async def _had_a_letter_today(session: AsyncSession, to: Receiver, kind: NotificationKind) -> bool:
    statement = select(Notification.id).where(
        Notification.tenant_id == tenant_of(session),
        Notification.receiver == to.email,
        Notification.account_id.is_not_distinct_from(to.account_id),
        Notification.kind == kind,
        Notification.at_once,
        Notification.told_at >= queries.last_digest(clock.now()),
    )
    return (await session.execute(statement.limit(1))).scalar_one_or_none() is not None


async def _note(session: AsyncSession, to: Receiver, news: News, at_once: bool) -> UUID | None:
    """None when it was told, or gathered, before."""
    now = clock.now()
    statement = (
        insert(Notification)
        .values(
            tenant_id=tenant_of(session),
            id=uuid7(),
            receiver=to.email,
            receiver_name=to.name,
            account_id=to.account_id,
            kind=news.kind,
            thing_id=news.thing_id,
            occasion=news.occasion,
            line=news.line,
            path=news.path,
            noted_at=now,
            at_once=at_once,
            told_at=now if at_once else None,
        )
        .on_conflict_do_nothing()
        .returning(Notification.id)
    )
    return (await session.execute(statement)).scalar_one_or_none()


def _key(notification_id: UUID) -> str:
    return f"notification {notification_id}"


def _read(given: Mapping[str, str], known: Collection[NotificationKind]) -> dict[NotificationKind, NotificationManner]:
    for kind, manner in given.items():
        if kind not in known or manner not in list(NotificationManner):
            raise Refusal("INVALID_INPUT", "通知の種類ごとに、受け取り方を一つ選んでください。", kind)
    return {NotificationKind(kind): NotificationManner(manner) for kind, manner in given.items()}


async def _keep(session: AsyncSession, account_id: UUID | None, wanted: Choices) -> None:
    said = {"manners": dict(wanted.manners), "by_night": wanted.by_night, "changed_at": clock.now()}
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "account_id": account_id}
    statement = insert(NotificationChoice).values(**row, **said)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "account_id"], set_=said))


async def _let_go(session: AsyncSession, account_id: UUID | None, kinds: Collection[NotificationKind]) -> None:
    """What waits for the morning letter and is not wanted any more."""
    statement = update(Notification).where(
        Notification.tenant_id == tenant_of(session),
        Notification.account_id.is_not_distinct_from(account_id),
        Notification.kind.in_(kinds),
        Notification.told_at.is_(None),
        Notification.settled_at.is_(None),
    )
    await session.execute(statement.values(settled_at=clock.now()))


def _differences(before: Choices, after: Choices) -> str:
    changed = [
        f"{KINDS[kind]}：{MANNERS[each]}" for kind, each in after.manners.items() if before.manners[kind] != each
    ]
    if after.by_night != before.by_night:
        changed.append("夜間も送る" if after.by_night else "夜間は送らない")
    return "、".join(changed)
