"""The only way to change an organisation: what it was before is kept, so that the ledger still knows the days before."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, false, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor
from shared.kit import audit, clock, outbox
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.refusals import Conflict, NotFound
from shared.members import secret_places
from shared.members.details import ApplicationDetails
from shared.members.facts import OrganisationJoined
from shared.members.models import (
    CONTACT_COLUMNS,
    Membership,
    Organisation,
    OrganisationField,
    OrganisationVersion,
    Source,
)
from shared.members.organisations import put_into_search
from shared.members.tags import KINDS
from shared.tenants.models import Category, Field

#: Where an organisation's column has another name than the form's field.
_COLUMNS = {"activities": "summary"}
_NUMBERS = frozenset({"founded_year", "people"})
_OF_THE_MEMBERSHIP = frozenset({"source", "charter_version", "consent"})
_LINKED = frozenset({"category", "fields"})
_PLAIN = {
    field.name: _COLUMNS.get(field.name, field.name)
    for field in msgspec.structs.fields(ApplicationDetails)
    if field.name not in _OF_THE_MEMBERSHIP | _LINKED
    and _COLUMNS.get(field.name, field.name) in Organisation.__mapper__.columns
}
#: The fields of 様式1 that an organisation keeps, in the form's order; the rest belongs to the day of joining.
CHANGEABLE = tuple(
    field.name for field in msgspec.structs.fields(ApplicationDetails) if field.name in _PLAIN or field.name in _LINKED
)


class HasLeft(Conflict):
    """Pages say what remains possible."""

    def __init__(self) -> None:
        super().__init__(
            "この団体は退会されているため、この操作はできません。ご自分の団体の記録は、マイページで確かめられます。"
        )
        self.code = "HAS_LEFT"


async def details_of(session: AsyncSession, organisation_id: UUID) -> ApplicationDetails:
    """The organisation as its form would say it today. NotFound when it is missing or another tenant's."""
    found = await details_of_all(session, [organisation_id])
    if not found:
        raise NotFound
    return found[organisation_id]


async def details_at(session: AsyncSession, organisation_id: UUID, moment: datetime | None) -> ApplicationDetails:
    """As they were right after `moment`; today's without one, or when nothing has changed since."""
    kept = await _replaced_after(session, organisation_id, moment) if moment else None
    return kept or await details_of(session, organisation_id)


async def _replaced_after(session: AsyncSession, organisation_id: UUID, moment: datetime) -> ApplicationDetails | None:
    version = (
        select(OrganisationVersion.details)
        .where(OrganisationVersion.organisation_id == organisation_id, OrganisationVersion.replaced_at > moment)
        .order_by(OrganisationVersion.replaced_at, OrganisationVersion.id)
        .limit(1)
    )
    details = (await session.execute(version)).scalar_one_or_none()
    return msgspec.convert(details, ApplicationDetails) if details else None


async def details_of_all(session: AsyncSession, organisation_ids: Collection[UUID]) -> dict[UUID, ApplicationDetails]:
    """By id, in one statement; what is missing is not in it."""
    category = select(Category.slug).where(Category.id == Organisation.category_id).scalar_subquery()
    fields = (
        select(func.array_agg(Field.slug).label("slugs"))
        .join(OrganisationField, OrganisationField.field_id == Field.id)
        .where(OrganisationField.organisation_id == Organisation.id)
        .scalar_subquery()
    )
    statement = (
        select(Organisation, category, fields)
        .where(Organisation.id.in_(organisation_ids))
        .execution_options(populate_existing=True)
    )
    rows = (await session.execute(statement)).all()
    return {row[0].id: _details(*row) for row in rows}


def _details(organisation: Organisation, slug: str | None, slugs: list[str] | None) -> ApplicationDetails:
    plain = {name: _shown(name, getattr(organisation, column)) for name, column in _PLAIN.items()}
    return ApplicationDetails(**plain, category=slug or "", fields=tuple(sorted(slugs or [])))


def columns_of(details: ApplicationDetails) -> dict[str, Any]:
    """The columns of `organisation` as the form's fields fill them; 区分 and 分野 are linked by id."""
    return {column: _stored(name, getattr(details, name)) for name, column in _PLAIN.items()}


def differences(before: ApplicationDetails, after: ApplicationDetails) -> dict[str, tuple[Any, Any]]:
    """By field, in the form's order: what it was and what it becomes."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in CHANGEABLE}
    return {name: (old, new) for name, (old, new) in pairs.items() if _compared(old) != _compared(new)}


async def change(
    session: AsyncSession, organisation_id: UUID, changes: Mapping[str, Any], *, actor: Actor
) -> ApplicationDetails:
    """Write `changes`, cleaned values by field of CHANGEABLE, and keep what was. Returns what it is now.

    Refusals name the texts in which a confidential address would be told.
    """
    organisation = await locked(session, Organisation, organisation_id)
    before = await details_of(session, organisation_id)
    after = msgspec.structs.replace(before, **changes)
    if not differences(before, after):
        return before
    secret_places.refuse_in(await secret_places.secret_place(session, organisation_id), before, after)
    session.add(
        OrganisationVersion(
            organisation_id=organisation_id,
            valid_until=clock.today(),
            details=msgspec.to_builtins(before),
            replaced_by=actor.name,
            replaced_at=clock.now(),
        )
    )
    await _write(session, organisation, after)
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="organisation.change",
        object_id=organisation_id,
        summary="、".join(differences(before, after)),
    )
    await session.flush()
    if await is_listed(session, organisation_id):
        await put_into_search(session, organisation_id)
    await bump(session)
    return after


async def is_listed(session: AsyncSession, organisation_id: UUID) -> bool:
    """A member of today or of a later day, or one of whom no date is known."""
    stays = select(Membership.left_on).where(Membership.organisation_id == organisation_id)
    ends = list((await session.execute(stays)).scalars())
    return not ends or any(end is None or end > clock.today() for end in ends)


async def require_listed(session: AsyncSession, organisation_id: UUID) -> None:
    """For whatever only members do."""
    if not await is_listed(session, organisation_id):
        raise HasLeft


async def former_members(session: AsyncSession, candidates: Collection[UUID]) -> set[UUID]:
    """Those among them that have been members and have left."""
    gone = (
        select(Membership.organisation_id)
        .where(Membership.organisation_id.in_(candidates))
        .group_by(Membership.organisation_id)
        .having(func.bool_and(func.coalesce(Membership.left_on <= clock.today(), false())))
    )
    return set((await session.execute(gone)).scalars())


async def rejoin(
    session: AsyncSession,
    organisation_id: UUID,
    details: ApplicationDetails,
    *,
    application_id: UUID,
    joined_on: date,
    actor: Actor,
) -> Organisation:
    """A new stay of an organisation that has left: it keeps its id and its history. Conflict when it is still a member."""
    organisation = await locked(session, Organisation, organisation_id)
    stays = select(Membership.left_on).where(Membership.organisation_id == organisation_id)
    ends = list((await session.execute(stays)).scalars())
    if any(end is None or end > joined_on for end in ends):
        raise Conflict(
            "この団体は、その日にはまだ参加団体です。参加日は、退会した日以後にしてください。", "effective_on"
        )
    session.add(
        Membership(
            organisation_id=organisation_id,
            application_id=application_id,
            joined_on=joined_on,
            source=Source(details.source) if details.source else None,
            created_at=clock.now(),
        )
    )
    await session.flush()
    await change(session, organisation_id, {name: getattr(details, name) for name in CHANGEABLE}, actor=actor)
    await put_into_search(session, organisation_id)
    await bump(session)
    fact = OrganisationJoined(organisation_id=organisation_id)
    await outbox.record(session, fact, dedupe_key=f"organisation joined {application_id}")
    return organisation


async def _write(session: AsyncSession, organisation: Organisation, details: ApplicationDetails) -> None:
    # The map also says who may write to the organisation: that is not on the form.
    rest = {name: shown for name, shown in organisation.visibility.items() if name not in CONTACT_COLUMNS}
    for column, value in columns_of(details).items():
        setattr(organisation, column, value)
    organisation.visibility = rest | organisation.visibility
    category = select(Category.id).where(Category.slug == details.category)
    organisation.category_id = (await session.execute(category)).scalar_one_or_none()
    organisation.updated_at, organisation.revision = clock.now(), organisation.revision + 1
    mine = (OrganisationField.tenant_id == tenant_of(session), OrganisationField.organisation_id == organisation.id)
    await session.execute(delete(OrganisationField).where(*mine))
    chosen = select(Field.id).where(Field.slug.in_(details.fields))
    for field_id in (await session.execute(chosen)).scalars():
        session.add(OrganisationField(organisation_id=organisation.id, field_id=field_id))


def _shown(name: str, value: Any) -> Any:
    if name == "visibility":
        return {column: shown for column, shown in value.items() if column in CONTACT_COLUMNS}
    if name in KINDS:
        return tuple(value or ())
    return "" if value is None else str(value)


def _stored(name: str, value: Any) -> Any:
    if name == "visibility":
        return dict(value)
    if name in KINDS:
        return list(value)
    if name in _NUMBERS:
        return int(value) if value else None
    return value or None


def _compared(value: Any) -> Any:
    """Nothing said about visibility is the same as 事務局のみ; fields and tags have no order."""
    if isinstance(value, Mapping):
        return {name: shown for name, shown in value.items() if shown != "SECRETARIAT"}
    return sorted(value) if isinstance(value, tuple | list) else value
