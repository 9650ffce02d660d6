"""How an organisation comes into the directory and the ledger."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import clock, outbox, search
from shared.kit.content_version import bump
from shared.kit.refusals import NotFound
from shared.members.details import ApplicationDetails
from shared.members.facts import OrganisationJoined
from shared.members.models import Membership, Organisation, OrganisationField, Source
from shared.members.visibility import public_representative
from shared.tenants.models import Category, Field


async def admit(
    session: AsyncSession, details: ApplicationDetails, *, application_id: UUID, joined_on: date
) -> Organisation:
    """Make the organisation, and its membership from `joined_on`. A second time for one application breaks a constraint."""
    organisation = await _create(session, details)
    session.add(
        Membership(
            organisation_id=organisation.id,
            application_id=application_id,
            joined_on=joined_on,
            source=Source(details.source) if details.source else None,
            created_at=clock.now(),
        )
    )
    await session.flush()
    await put_into_search(session, organisation.id)
    await bump(session)
    fact = OrganisationJoined(organisation_id=organisation.id)
    await outbox.record(session, fact, dedupe_key=f"organisation joined {application_id}")
    return organisation


async def _create(session: AsyncSession, details: ApplicationDetails) -> Organisation:
    category = select(Category.id).where(Category.slug == details.category)
    now = clock.now()
    organisation = Organisation(
        name=details.name,
        kana=details.kana or None,
        corporate_number=details.corporate_number or None,
        category_id=(await session.execute(category)).scalar_one_or_none(),
        municipality_code=details.municipality_code or None,
        representative_title=details.representative_title or None,
        representative_name=details.representative_name or None,
        contact_department=details.contact_department or None,
        contact_name=details.contact_name or None,
        postal_code=details.postal_code or None,
        address=details.address or None,
        phone=details.phone or None,
        mobile=details.mobile or None,
        fax=details.fax or None,
        email=details.email or None,
        website=details.website or None,
        summary=details.activities or None,
        purpose=details.purpose or None,
        area=details.area or None,
        audience=details.audience or None,
        appeal=details.appeal or None,
        founded_year=int(details.founded_year) if details.founded_year else None,
        people=int(details.people) if details.people else None,
        visibility=dict(details.visibility),
        created_at=now,
        updated_at=now,
    )
    session.add(organisation)
    await session.flush()
    fields = select(Field.id).where(Field.slug.in_(details.fields))
    for field_id in (await session.execute(fields)).scalars():
        session.add(OrganisationField(organisation_id=organisation.id, field_id=field_id))
    await session.flush()
    return organisation


async def put_into_search(session: AsyncSession, organisation_id: UUID) -> None:
    """What the directory's search finds: what everybody may read. Of the guarded columns only a public representative."""
    organisation = await session.get(Organisation, (session.info["tenant_id"], organisation_id))
    if organisation is None:
        raise NotFound
    joined_on = await session.scalar(
        select(Membership.joined_on)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.joined_on.desc())
        .limit(1)
    )
    representative = await public_representative(session, organisation_id)
    words = [organisation.kana, representative, *await _words(session, organisation)]
    await search.put(
        session,
        kind="organisation",
        object_id=organisation.id,
        path=f"/organisations/{organisation.id}",
        title=organisation.name,
        body="\n".join(filter(None, words)),
        shown_at=datetime.combine(joined_on, time(), clock.JST) if joined_on else None,
        names=[organisation.name, *filter(None, [representative])],
    )


async def _words(session: AsyncSession, organisation: Organisation) -> list[str | None]:
    fields = (
        select(Field.name)
        .join(OrganisationField, OrganisationField.field_id == Field.id)
        .where(OrganisationField.organisation_id == organisation.id)
        .order_by(Field.ordinal)
    )
    category = select(Category.name).where(Category.id == organisation.category_id)
    return [
        organisation.appeal,
        organisation.summary,
        organisation.purpose,
        organisation.area,
        organisation.audience,
        await session.scalar(category),
        *(await session.execute(fields)).scalars(),
    ]
