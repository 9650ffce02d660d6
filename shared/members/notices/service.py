"""変更届 and 退会届: sent by a member or typed in by the secretariat, then accepted or refused. Nothing that was is overwritten."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor, Permission
from shared.kit import clock, outbox, search
from shared.kit.content_version import bump
from shared.kit.editing import locked
from shared.kit.idempotency import once
from shared.kit.japanese import eras
from shared.kit.refusals import Conflict, Refusal
from shared.members import days, secret_places, versions
from shared.members.details import ApplicationDetails, check
from shared.members.facts import NoticeAccepted, NoticeRefused
from shared.members.models import ChangeNotice, Channel, Membership, NoticeState, Organisation, WithdrawalNotice
from shared.members.notices import queries as notice_queries
from shared.members.notices import sayings
from shared.members.notices.queries import ChangeNoticeView, WithdrawalNoticeView
from shared.members.notices.steps import common_columns, decide, enter, open_notice, refuse, require_right, words_of
from shared.taxonomy import queries as taxonomy
from shared.tenants import queries as tenants


async def submit_change(
    session: AsyncSession,
    organisation_id: UUID,
    changes: Mapping[str, Any],
    *,
    channel: Channel,
    actor: Actor,
    idempotency_key: str | None = None,
) -> ChangeNoticeView:
    """Receive a 変更届. `changes` are values as typed, by field of 様式1; those that change nothing are left out."""

    async def effect() -> dict[str, Any]:
        before, after = await checked_change(session, organisation_id, changes, actor=actor)
        return {"id": str(await _receive_change(session, organisation_id, before, after, channel, actor))}

    body = {"organisation": organisation_id, "changes": dict(changes), "channel": channel}
    answer = await once(session, actor=f"change {actor.key}", key=idempotency_key, body=body, effect=effect)
    return await notice_queries.change_notice(session, UUID(answer["id"]))


async def checked_change(
    session: AsyncSession, organisation_id: UUID, changes: Mapping[str, Any], *, actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that would differ, before and after, cleaned; Refusals with every problem. Writes nothing."""
    require_right(actor, organisation_id)
    before = await versions.details_of(session, organisation_id)
    after = await _cleaned(session, before, changes)
    secret_places.refuse_in(await secret_places.secret_place(session, organisation_id), before, after)
    found = versions.differences(before, after)
    if not found:
        raise Refusal("NOTHING_CHANGED", "いまの登録と同じ内容です。変えたいところを直してからお送りください。")
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    return sayings.said({name: old[name] for name in found}, {name: new[name] for name in found})


async def accept_change(
    session: AsyncSession, notice_id: UUID, *, actor: Actor, revision: int | None = None
) -> ChangeNoticeView:
    """受理: the organisation is what the notice says, and what it was stays readable."""
    notice = await open_notice(session, ChangeNotice, notice_id, revision)
    await locked(session, Organisation, notice.organisation_id)
    today = await versions.details_of(session, notice.organisation_id)
    changes = sayings.applied(today, notice.before, notice.after)
    await versions.change(session, notice.organisation_id, changes, actor=actor)
    await decide(session, notice, NoticeState.ACCEPTED, actor)
    await outbox.record(session, NoticeAccepted(notice_id=notice_id, kind="CHANGE"), dedupe_key=f"accepted {notice_id}")
    return await notice_queries.change_notice(session, notice_id)


async def refuse_change(
    session: AsyncSession, notice_id: UUID, *, message: str, actor: Actor, revision: int | None = None
) -> ChangeNoticeView:
    await refuse(session, ChangeNotice, notice_id, message, actor, revision)
    await outbox.record(session, NoticeRefused(notice_id=notice_id, kind="CHANGE"), dedupe_key=f"refused {notice_id}")
    return await notice_queries.change_notice(session, notice_id)


async def submit_withdrawal(
    session: AsyncSession,
    organisation_id: UUID,
    *,
    effective_on: date,
    reason: str = "",
    channel: Channel,
    actor: Actor,
    idempotency_key: str | None = None,
) -> WithdrawalNoticeView:
    """Receive a 退会届. The organisation is a member until the day before `effective_on`."""

    async def effect() -> dict[str, Any]:
        require_right(actor, organisation_id)
        return {"id": str(await _receive_withdrawal(session, organisation_id, effective_on, reason, channel, actor))}

    body = {"organisation": organisation_id, "on": effective_on, "reason": reason, "channel": channel}
    answer = await once(session, actor=f"withdrawal {actor.key}", key=idempotency_key, body=body, effect=effect)
    return await notice_queries.withdrawal_notice(session, UUID(answer["id"]))


async def accept_withdrawal(
    session: AsyncSession, notice_id: UUID, *, actor: Actor, revision: int | None = None
) -> WithdrawalNoticeView:
    """受理: the membership ends on its date; the listing goes that day, at once when it has come already."""
    notice = await open_notice(session, WithdrawalNotice, notice_id, revision)
    await locked(session, Organisation, notice.organisation_id)
    stay = await _stay_to_end(session, notice.organisation_id, notice.effective_on)
    stay.left_on = notice.effective_on
    await decide(session, notice, NoticeState.ACCEPTED, actor)
    if notice.effective_on <= clock.today():
        await search.remove(session, kind="organisation", object_id=notice.organisation_id)
    await bump(session)
    fact = NoticeAccepted(notice_id=notice_id, kind="WITHDRAWAL")
    await outbox.record(session, fact, dedupe_key=f"accepted {notice_id}")
    return await notice_queries.withdrawal_notice(session, notice_id)


async def refuse_withdrawal(
    session: AsyncSession, notice_id: UUID, *, message: str, actor: Actor, revision: int | None = None
) -> WithdrawalNoticeView:
    """The organisation stays: it has thought again, or somebody had no right to send it."""
    await refuse(session, WithdrawalNotice, notice_id, message, actor, revision)
    fact = NoticeRefused(notice_id=notice_id, kind="WITHDRAWAL")
    await outbox.record(session, fact, dedupe_key=f"refused {notice_id}")
    return await notice_queries.withdrawal_notice(session, notice_id)


_GONE = text(
    """
    SELECT d.object_id FROM search_document d JOIN membership m ON m.tenant_id = d.tenant_id AND m.organisation_id = d.object_id
    WHERE d.kind = 'organisation' GROUP BY d.object_id HAVING max(coalesce(m.left_on, 'infinity')) <= :today
    """
)


async def let_withdrawals_take_effect(session: AsyncSession) -> int:
    """Of the day that has begun: who has left is found no more. Returns how many; a second run finds none."""
    gone = list((await session.execute(_GONE, {"today": clock.today()})).scalars())
    for organisation_id in gone:
        await search.remove(session, kind="organisation", object_id=organisation_id)
    if gone:
        await bump(session)
    return len(gone)


async def _cleaned(session: AsyncSession, before: ApplicationDetails, changes: Mapping[str, Any]) -> ApplicationDetails:
    """Only what the notice speaks of is read: an old record with a gap must not stop a new telephone number."""
    known = {name: value for name, value in changes.items() if name in versions.CHANGEABLE}
    given = msgspec.convert({"name": before.name, **known}, ApplicationDetails, strict=False)
    if "visibility" in known:
        given = msgspec.structs.replace(given, visibility={**before.visibility, **given.visibility})
    code = given.municipality_code.strip()
    known_code = await taxonomy.municipality(session, code) if code.isascii() and code.isdigit() else None
    codes = [known_code.code] if known_code else []
    cleaned = check(given, await tenants.profile(session), channel=None, municipalities=codes)
    return msgspec.structs.replace(before, **{name: getattr(cleaned, name) for name in known})


async def _receive_change(
    session: AsyncSession,
    organisation_id: UUID,
    before: dict[str, Any],
    after: dict[str, Any],
    channel: Channel,
    actor: Actor,
) -> UUID:
    organisation = await locked(session, Organisation, organisation_id)
    await versions.require_listed(session, organisation_id)
    common = await common_columns(session, organisation, channel, actor)
    return await enter(session, ChangeNotice(before=before, after=after, **common), actor)


async def _receive_withdrawal(
    session: AsyncSession, organisation_id: UUID, effective_on: date, reason: str, channel: Channel, actor: Actor
) -> UUID:
    organisation = await locked(session, Organisation, organisation_id)
    _check_day(effective_on, actor)
    words = words_of(reason, "reason")
    await _stay_to_end(session, organisation_id, effective_on)
    waiting = select(WithdrawalNotice.receipt_number).where(
        WithdrawalNotice.organisation_id == organisation_id, WithdrawalNotice.state == NoticeState.RECEIVED
    )
    number = (await session.execute(waiting)).scalars().first()
    if number is not None:
        raise Conflict(f"この団体の退会届は、すでに受け付けています（受付番号 {number}）。")
    common = await common_columns(session, organisation, channel, actor)
    return await enter(session, WithdrawalNotice(effective_on=effective_on, reason=words or None, **common), actor)


def _check_day(effective_on: date, actor: Actor) -> None:
    """Paper may arrive late; a member on the web cannot leave in the past, which others have read already."""
    if effective_on > days.latest():
        raise Refusal("INVALID_INPUT", "退会する日は、今日から1年以内の日付にしてください。", "effective_on")
    if effective_on < clock.today() and not actor.may(Permission.APPLICATION_DECIDE):
        raise Refusal("INVALID_INPUT", "退会する日は、今日か、これからの日付にしてください。", "effective_on")


async def _stay_to_end(session: AsyncSession, organisation_id: UUID, day: date) -> Membership:
    stays = (
        select(Membership)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.joined_on.desc())
        .execution_options(populate_existing=True)
    )
    stay = (await session.execute(stays)).scalars().first()
    if stay is None:
        raise Conflict("この団体は、参加した日の記録が台帳にありません。先に参加日を記録してください。")
    if stay.left_on is not None:
        left = eras.both_calendars(stay.left_on, weekday=False)
        raise Conflict(f"この団体の退会は、すでに記録されています（{left}）。")
    if day < stay.joined_on:
        joined = eras.both_calendars(stay.joined_on, weekday=False)
        raise Refusal("INVALID_INPUT", f"退会する日が、参加した日（{joined}）より前です。", "effective_on")
    return stay
