"""修了証・参加証: the verbs. Only for who came or took part from afar, each person one, with a number that stays."""

import secrets
from collections.abc import Iterable, Sequence
from itertools import count
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.events.attendance.certificate_queries import HolderView, all_holders
from shared.events.attendance.models import Certificate, CertificateCounter, CertificateRule, CheckIn, OnlineAttendance
from shared.events.models import Event, EventState
from shared.events.registrations.retention import FORGOTTEN
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Conflict, NotFound, Refusal, Refusals

LONGEST = {"title": 20, "body": 300, "issuer": 200}
LONGEST_NAME = 60
_LABELS = {"title": "証書の名前", "body": "証書の文", "issuer": "発行者"}
#: Without those that are misread: 0 O, 1 I L, 2 Z, 5 S, B 8, U V. Sixteen of them cannot be guessed.
_CLEAR = "34679ACDEFGHJKMNPQRTWXY"


async def set_rule(
    session: AsyncSession, *, actor: Actor, event_id: UUID, title: str, body: str, issuer: str
) -> CertificateRule:
    """The event gives certificates of this title. Those that are issued keep theirs."""
    event = await locked(session, Event, event_id)
    values = {"title": clean_text(title), "body": clean_lines(body), "issuer": clean_lines(issuer)}
    _check_rule(values)
    known = await _rule(session, event_id)
    if known is None:
        known = CertificateRule(event_id=event_id)
        session.add(known)
    for name, value in values.items():
        setattr(known, name, value)
    known.updated_at = clock.now()
    await session.flush()
    _note(session, actor, "certificate.rule", event.id, values["title"])
    return known


async def drop_rule(session: AsyncSession, *, actor: Actor, event_id: UUID) -> None:
    """The event gives none after all. Conflict once one is issued."""
    event = await locked(session, Event, event_id)
    # An issue that is under way holds the rule: it is waited for, then it counts.
    known = await _rule(session, event_id, lock=True)
    issued = select(Certificate.id).where(Certificate.event_id == event_id).limit(1)
    if await session.scalar(issued) is not None:
        raise Conflict("すでに発行した証書があるため、やめられません。")
    if known is not None:
        await session.delete(known)
        _note(session, actor, "certificate.rule", event.id, "なし")


async def issue(
    session: AsyncSession, *, actor: Actor, event_id: UUID, platform: str, registration_ids: Sequence[UUID] = ()
) -> list[Certificate]:
    """For everybody who came and has none yet, or for these registrations only. Issuing twice is issuing once.

    `platform` is the tenant's slug, which begins the number. Two issuers queue at the event's rule.
    """
    rule = await _rule(session, event_id, lock=True)
    if rule is None:
        raise Refusal("NO_RULE", "この行事は証書を出しません。先に証書の名前と文を決めてください。")
    event = await _held(session, event_id)
    for known in (CheckIn, OnlineAttendance):
        await session.execute(select(known.id).where(known.event_id == event_id).with_for_update(read=True))
    wanted = list(_without(await _holders(session, event_id, registration_ids)))
    numbers = await _numbers(session, platform, len(wanted))
    made = [
        Certificate(
            event_id=event_id,
            registration_id=holder.id,
            ordinal=ordinal,
            number=number,
            code="".join(secrets.choice(_CLEAR) for _ in range(16)),
            title=rule.title,
            body=rule.body,
            issuer=rule.issuer,
            event_title=event.title,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            all_day=event.all_day,
            name=name,
            issued_on=clock.today(),
            issued_by=actor.name,
        )
        for (holder, ordinal, name), number in zip(wanted, numbers, strict=True)
    ]
    session.add_all(made)
    await session.flush()
    if made:
        _note(session, actor, "certificate.issue", event_id, f"{made[0].number} から {len(made)}件")
    return made


async def reissue(session: AsyncSession, *, actor: Actor, certificate_id: UUID, name: str | None = None) -> Certificate:
    """The same number and code again, with the name written right where it was not. Counted."""
    certificate = await locked(session, Certificate, certificate_id)
    if certificate.revoked_at is not None:
        raise Conflict("この証書は取り消されているため、再発行できません。")
    if name is not None:
        cleaned = clean_text(name)
        if not cleaned:
            raise Refusal("REQUIRED", "お名前を入力してください。", "name")
        if len(cleaned) > LONGEST_NAME:
            raise Refusal("TOO_LONG", f"お名前は{LONGEST_NAME}文字までで入力してください。", "name")
        certificate.name = cleaned
    certificate.reissues += 1
    certificate.reissued_at = clock.now()
    await session.flush()
    _note(session, actor, "certificate.reissue", certificate.id, f"{certificate.number}（{certificate.reissues}回目）")
    return certificate


async def revoke(session: AsyncSession, *, actor: Actor, certificate_id: UUID, reason: str) -> Certificate:
    """It was given by mistake: whoever verifies it is told that it no longer holds. Its number is never given again."""
    certificate = await locked(session, Certificate, certificate_id)
    cleaned = clean_text(reason)
    if not cleaned:
        raise Refusal("REQUIRED", "取り消す理由を入力してください。", "reason")
    if certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_reason = clock.now(), cleaned[:300]
        await session.flush()
        _note(session, actor, "certificate.revoke", certificate.id, certificate.number)
    return certificate


def _without(every: Iterable[HolderView]) -> Iterable[tuple[HolderView, int, str]]:
    """Who came and has none; whose certificate was revoked gets no other, nor who was forgotten since."""
    for holder in every:
        if holder.name == FORGOTTEN:
            continue
        taken = {each.ordinal for each in holder.certificates}
        free = (ordinal for ordinal in count() if ordinal not in taken)
        yield from ((holder, next(free), name) for name, own in holder.places if own is None)


async def _holders(session: AsyncSession, event_id: UUID, only: Sequence[UUID]) -> list[HolderView]:
    everybody = await all_holders(session, event_id)
    if not only:
        return everybody
    found = [each for each in everybody if each.id in only]
    if len(found) < len(set(only)):
        raise Refusal("NOT_PRESENT", "来場かオンライン参加の記録がない方には、証書を発行できません。")
    return found


async def _numbers(session: AsyncSession, platform: str, wanted: int) -> list[str]:
    """`tokushima-2026-0001`, as many as are wanted. A number that is rolled back is given out again."""
    if not wanted:
        return []
    year = clock.today().year
    statement = insert(CertificateCounter).values(tenant_id=tenant_of(session), id=uuid7(), year=year, last=wanted)
    counted = statement.on_conflict_do_update(
        index_elements=["tenant_id", "year"], set_={"last": CertificateCounter.last + wanted}
    ).returning(CertificateCounter.last)
    last = (await session.execute(counted)).scalar_one()
    return [f"{platform}-{year}-{number:04}" for number in range(last - wanted + 1, last + 1)]


async def _rule(session: AsyncSession, event_id: UUID, *, lock: bool = False) -> CertificateRule | None:
    statement = select(CertificateRule).where(CertificateRule.event_id == event_id)
    return await session.scalar(statement.with_for_update() if lock else statement)


async def _held(session: AsyncSession, event_id: UUID) -> Event:
    """As it is now: what the certificates say of it, they say for good."""
    event = await session.get(Event, (tenant_of(session), event_id), populate_existing=True)
    if event is None:
        raise NotFound
    if event.state in (EventState.DRAFT, EventState.CANCELLED, EventState.POSTPONED):
        raise Refusal("NOT_HELD", "開催していない行事の証書は、発行できません。")
    if event.starts_at > clock.now():
        raise Refusal("NOT_YET", "行事が始まる前は、証書を発行できません。")
    return event


def _check_rule(values: dict[str, str]) -> None:
    problems = [
        Refusal("REQUIRED", f"{_LABELS[name]}を入力してください。", name) for name, value in values.items() if not value
    ]
    problems += [
        Refusal("TOO_LONG", f"{_LABELS[name]}は{LONGEST[name]}文字までで入力してください。", name)
        for name, value in values.items()
        if len(value) > LONGEST[name]
    ]
    if problems:
        raise Refusals(problems)


def _note(session: AsyncSession, actor: Actor, action: str, object_id: UUID, summary: str) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=object_id,
        summary=summary,
    )
