"""Who becomes a member by an application: a new organisation, or the one that has left under the same 法人番号.

法人番号 names one body for ever, so it stands in the ledger for one member, however many applications come and whoever is faster.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Conflict, Refusal
from shared.members import days, organisations, versions
from shared.members.details import ApplicationDetails
from shared.members.models import Membership, Organisation
from shared.tenants import queries as tenants

_HOLD = text(
    "SELECT pg_advisory_xact_lock(:tenant, hashtext('corporate number ' || n)) FROM unnest(:numbers) AS n"
).bindparams(bindparam("tenant", type_=Integer), bindparam("numbers", type_=ARRAY(Text)))


class AlreadyMember(Conflict):
    """Nobody was faster: it is there under the same 法人番号."""

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            f"法人番号 {number} の団体は、「{name}」として、すでに台帳にあります。"
            "同じ団体なら、この申請は承認せずに、変更届で登録の内容を直してください。番号の誤りなら、申請を差し戻してください。"
        )
        self.code = "ALREADY_MEMBER"


async def hold_numbers(session: AsyncSession, numbers: Collection[str]) -> None:
    """Until the transaction ends nobody else brings an organisation with one of these 法人番号."""
    await session.execute(_HOLD, {"tenant": tenant_of(session), "numbers": sorted(set(numbers) - {""})})


async def admit(
    session: AsyncSession,
    details: ApplicationDetails,
    *,
    application_id: UUID,
    joined_on: date,
    actor: Actor,
    rejoins: UUID | None = None,
) -> Organisation:
    """AlreadyMember while a member of that day has the same 法人番号. `rejoins`: the organisation that comes back."""
    await _check_day(session, joined_on)
    await hold_numbers(session, [details.corporate_number])
    known = await _with_number(session, details.corporate_number)
    for organisation_id, name in known.items():
        if organisation_id != rejoins and await _stays_on(session, organisation_id, joined_on):
            raise AlreadyMember(details.corporate_number, name)
    former = rejoins or await _former(session, known)
    if former is None:
        return await organisations.admit(session, details, application_id=application_id, joined_on=joined_on)
    return await versions.rejoin(
        session, former, details, application_id=application_id, joined_on=joined_on, actor=actor
    )


async def _former(session: AsyncSession, known: Collection[UUID]) -> UUID | None:
    """Whoever has left comes back; else one that the documents name without a date gets its first one."""
    gone = await versions.former_members(session, known) if known else ()
    return next((each for each in known if each in gone), next(iter(known), None))


async def _check_day(session: AsyncSession, joined_on: date) -> None:
    if joined_on > days.latest():
        raise Refusal("INVALID_INPUT", "参加日は、今日から1年以内の日付にしてください。", "effective_on")
    profile = await tenants.profile(session)
    if joined_on < days.earliest(profile):
        raise Refusal("INVALID_INPUT", days.too_early(profile, "参加日"), "effective_on")


async def _with_number(session: AsyncSession, number: str) -> dict[UUID, str]:
    """The oldest first."""
    columns = select(Organisation.id, Organisation.name).where(Organisation.corporate_number == number)
    rows = await session.execute(columns.order_by(Organisation.created_at, Organisation.id)) if number else ()
    return {row.id: row.name for row in rows}


async def _stays_on(session: AsyncSession, organisation_id: UUID, day: date) -> bool:
    ends = await session.execute(select(Membership.left_on).where(Membership.organisation_id == organisation_id))
    return any(end is None or end > day for end in ends.scalars())
