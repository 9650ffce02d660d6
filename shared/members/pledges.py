"""守秘義務の誓約: with an application, or by a person before confidential data are shown.

What is held back until then: from members, what others show to members only; from the secretariat, where a shelter is, and
papers as they came. A new version of the 設置要綱 asks again. Programs promise nothing: whoever connects them has.
"""

import re
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Date, Uuid
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Conflict, Forbidden, NotFound
from shared.members import visibility
from shared.members.details import ApplicationDetails
from shared.members.models import Channel, MembershipApplication, Organisation
from shared.members.queries import LISTED
from shared.members.screening_models import ConfidentialityPledge
from shared.members.visibility import Audience
from shared.tenants import queries as tenants

_PARTS = re.compile(r"(?m)^(?=#{1,6}\s|第[0-9０-９一二三四五六七八九十百]+条)")
_SECRECY = ("守秘", "秘密")


class PledgeNeeded(Forbidden):
    """Pages lead to /pledge and back."""

    def __init__(self) -> None:
        super().__init__("この内容を見るには、先に守秘義務の誓約に署名してください。")
        self.code = "PLEDGE_NEEDED"


class Pledge(msgspec.Struct, frozen=True):
    """What is to be signed. `clauses` are the parts of the 設置要綱 about secrecy, as Markdown; all of it where none is marked."""

    version: int
    title: str
    clauses: str
    signed: bool


async def sign_pledge(session: AsyncSession, *, actor: Actor, version: int | None = None) -> int:
    """By the person who is signed in, to the 設置要綱 in force, whose version is returned. Twice is once.

    `version` is the one that was read: Conflict when there has been a newer one since.
    """
    in_force = await _version_in_force(session)
    if actor.account_id is None or in_force is None:
        raise NotFound
    if version not in (None, in_force):
        raise Conflict("設置要綱が新しくなりました。いまの内容を読んで、もう一度署名してください。")
    if await _keep(session, in_force, signed_by=actor.name, channel=Channel.WEB, account_id=actor.account_id):
        audit.note(
            session,
            actor_id=actor.account_id,
            actor_name=actor.name,
            action="pledge.sign",
            summary=f"設置要綱 第{in_force}版",
        )
    return in_force


async def sign_with_application(
    session: AsyncSession, application: MembershipApplication, details: ApplicationDetails
) -> None:
    """What the applicant has marked on 様式1. Where there is no 設置要綱 there is nothing to promise by."""
    version = await _version_in_force(session) if details.pledge else None
    if version is not None:
        signed_by = details.representative_name or details.contact_name or details.name
        await _keep(session, version, signed_by=signed_by, channel=application.channel, application_id=application.id)


_STANDING = text(
    f"""
    SELECT NOT EXISTS (SELECT FROM charter) OR EXISTS (
      SELECT FROM confidentiality_pledge p WHERE p.account_id = :account_id
        AND p.charter_version = (SELECT max(version) FROM charter)) AS bound,
      EXISTS (SELECT FROM {LISTED} AND o.id = ANY (:organisations)) AS listed
    """
).bindparams(
    bindparam("account_id", type_=Uuid), bindparam("organisations", type_=ARRAY(Uuid)), bindparam("today", type_=Date)
)


async def is_bound(session: AsyncSession, actor: Actor) -> bool:
    """Whether confidential data may be shown to this actor: a person has signed what is in force, if anything is."""
    return (await _standing(session, actor))[0]


async def audience_for(session: AsyncSession, actor: Actor) -> Audience:
    """THE question of whoever shows organisations. People of an organisation that has left see what everybody sees."""
    if not actor.signed_in:
        return Audience.PUBLIC
    pledged, listed = await _standing(session, actor)
    return visibility.audience_of(actor, pledged=pledged, listed=listed)


async def has_members_rights(session: AsyncSession, actor: Actor) -> bool:
    """Whether one of the actor's organisations is a member today."""
    return bool(actor.organisation_ids) and (await _standing(session, actor))[1]


async def _standing(session: AsyncSession, actor: Actor) -> tuple[bool, bool]:
    """Bound by the pledge, and of an organisation that is a member today: one statement for both."""
    if actor.account_id is None and not actor.organisation_ids:
        return actor.client_id is not None, False
    organisations = sorted(actor.organisation_ids)
    values = {"account_id": actor.account_id, "organisations": organisations, "today": clock.today()}
    row = (await session.execute(_STANDING, values)).one()
    return (actor.client_id is not None if actor.account_id is None else row.bound), row.listed


async def require_pledge(session: AsyncSession, *, actor: Actor) -> None:
    if not await is_bound(session, actor):
        raise PledgeNeeded


async def require_pledge_for(session: AsyncSession, organisation_id: UUID | None, *, actor: Actor) -> None:
    """Only where the organisation's address is confidential."""
    statement = select(Organisation.address_confidential).where(Organisation.id == organisation_id)
    if organisation_id is not None and (await session.execute(statement)).scalar_one_or_none():
        await require_pledge(session, actor=actor)


async def pledge(session: AsyncSession, *, actor: Actor) -> Pledge:
    """For the page on which it is signed. NotFound where there is no 設置要綱."""
    charter = (await tenants.profile(session)).charter
    if charter is None:
        raise NotFound("設置要綱がまだないため、署名するものがありません。")
    return Pledge(charter.version, charter.title, clauses_of(charter.body), await is_bound(session, actor))


def clauses_of(body: str) -> str:
    """The parts whose heading speaks of secrecy, else those that speak of it at all, else everything."""
    parts = _PARTS.split(body)
    headed = [part for part in parts if _speaks(part.partition("\n")[0]) and not part.startswith(">")]
    return "\n".join(headed or [part for part in parts if _speaks(part)]) or body


def _speaks(words: str) -> bool:
    return any(word in words for word in _SECRECY)


async def _version_in_force(session: AsyncSession) -> int | None:
    charter = (await tenants.profile(session)).charter
    return charter.version if charter else None


async def _keep(
    session: AsyncSession,
    version: int,
    *,
    signed_by: str,
    channel: Channel,
    account_id: UUID | None = None,
    application_id: UUID | None = None,
) -> bool:
    """Whether it is new."""
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "account_id": account_id, "application_id": application_id}
    signed = {"charter_version": version, "signed_by": signed_by, "channel": channel, "signed_at": clock.now()}
    statement = insert(ConfidentialityPledge).values(**row, **signed).on_conflict_do_nothing()
    kept = await session.execute(statement.returning(ConfidentialityPledge.id))
    return kept.scalar_one_or_none() is not None
