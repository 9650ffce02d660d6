"""最終確認: once a year an organisation says that what stands here is still right."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import invitation_queries
from shared.identity.models import Role
from shared.identity.notifications import queries as notifications
from shared.identity.policy import Actor
from shared.kit import audit, clock, outbox
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.japanese.eras import both_calendars
from shared.kit.post import LetterClass, Post
from shared.kit.refusals import Forbidden
from shared.members import versions
from shared.members.facts import ConfirmationDue
from shared.members.models import Organisation
from shared.members.policy import may_act_for
from shared.members.queries import FRESH_SINCE

ASK_AFTER, ASK_AGAIN_AFTER, STALE_AFTER = timedelta(days=365), timedelta(days=30), timedelta(days=400)

#: Two letters a year at most. Whoever never answers is asked again when the next year is over.
_ASK = text(
    f"""
    UPDATE organisation o SET reminded_on = :today, reminders = CASE WHEN o.reminders = 1 THEN 2 ELSE 1 END
    WHERE NOT o.demo AND {FRESH_SINCE} <= :a_year_ago AND (
      o.reminders = 0 OR (o.reminders = 1 AND o.reminded_on <= :a_month_ago)
      OR (o.reminders = 2 AND o.reminded_on <= :nearly_a_year_ago))
    AND EXISTS (SELECT FROM membership m WHERE m.tenant_id = o.tenant_id AND m.organisation_id = o.id
      AND m.joined_on <= :today AND (m.left_on IS NULL OR m.left_on > :today))
    RETURNING o.id
    """
).bindparams(*(bindparam(name, type_=Date) for name in ("today", "a_year_ago", "a_month_ago", "nearly_a_year_ago")))


async def confirm(session: AsyncSession, *, actor: Actor, organisation_id: UUID) -> date:
    """「内容は正しいです」. The secretariat may say it for an organisation that it has asked by telephone."""
    if not may_act_for(actor, organisation_id):
        raise Forbidden
    organisation = await locked(session, Organisation, organisation_id)
    await versions.require_listed(session, organisation_id)
    today = clock.today()
    organisation.confirmed_on, organisation.reminders, organisation.reminded_on = today, 0, None
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="organisation.confirm",
        object_id=organisation_id,
    )
    await session.flush()
    await bump(session)
    return today


async def ask_for_confirmation(session: AsyncSession) -> int:
    """The day's reminders. A second run of the day finds none."""
    today = clock.today()
    values = {
        "today": today,
        "a_year_ago": today - ASK_AFTER,
        "a_month_ago": today - ASK_AGAIN_AFTER,
        "nearly_a_year_ago": today - (ASK_AFTER - ASK_AGAIN_AFTER),
    }
    due = list((await session.execute(_ASK, values)).scalars())
    for organisation_id in due:
        fact = ConfirmationDue(organisation_id=organisation_id, on=today)
        await outbox.record(session, fact, dedupe_key=f"confirmation due {organisation_id} {today}")
    return len(due)


async def remind(session: AsyncSession, fact: ConfirmationDue, letters: Post) -> None:
    """To the managers; an organisation without any gets it at its own address. Nothing when it has confirmed meanwhile."""
    organisation = await session.get(Organisation, (tenant_of(session), fact.organisation_id))
    if organisation is None or organisation.reminded_on != fact.on:
        return
    people = await invitation_queries.people_of(session, fact.organisation_id)
    to = {each.email: each.name for each in people if each.role is Role.ORGANISATION_MANAGER}
    if not to and organisation.email:
        to = {organisation.email: organisation.name}
    not_before = await notifications.not_before(session)
    for email, name in to.items():
        await letters.write(
            template="members/confirmation",
            to_email=email,
            to_name=name,
            about_id=organisation.id,
            letter_class=LetterClass.MUST_ARRIVE,
            dedupe_key=f"confirmation {organisation.id} {fact.on} {email}",
            not_before=not_before,
            values={
                "organisation_name": organisation.name,
                "organisation_id": organisation.id,
                "confirmed_on": both_calendars(organisation.confirmed_on) if organisation.confirmed_on else None,
                "again": organisation.reminders == 2,
                "signs_in": bool(people),
            },
        )
