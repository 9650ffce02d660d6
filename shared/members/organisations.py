"""How an organisation comes into the directory and the ledger."""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from shared.kit import clock, outbox, search
from shared.kit.content_version import bump
from shared.kit.refusals import NotFound
from shared.members.details import ApplicationDetails
from shared.members.facts import OrganisationJoined
from shared.members.models import Membership, Organisation, OrganisationField, Source, Visibility
from shared.members.visibility import ALLOWED, allowed, shown
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
        representative_kana=details.representative_kana or None,
        contact_department=details.contact_department or None,
        contact_name=details.contact_name or None,
        contact_kana=details.contact_kana or None,
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
        audiences=list(details.audiences),
        resources=list(details.resources),
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
    if not await put_all_into_search(session, [organisation_id]):
        raise NotFound


async def put_all_into_search(session: AsyncSession, organisation_ids: Collection[UUID]) -> int:
    """The same for many at once; how many there were."""
    await session.flush()
    rows = await session.execute(_FOUND, {"ids": list(organisation_ids), "allowed": ALLOWED[Visibility.PUBLIC]})
    found = rows.all()
    await search.put_all(session, [_document(row) for row in found])
    return len(found)


def _document(row: Any) -> search.Document:
    words = [row.kana, row.representative, row.representative_kana, *row.texts, row.category, *row.fields]
    return search.Document(
        kind="organisation",
        object_id=row.id,
        path=f"/organisations/{row.id}",
        title=row.name,
        body="\n".join(filter(None, words)),
        shown_at=datetime.combine(row.joined_on, time(), clock.JST) if row.joined_on else None,
        names=[row.name, *filter(None, [row.representative])],
    )


_FOUND = text(
    f"""
    SELECT o.id, o.name, o.kana, {shown("representative_name")} AS representative,
      {shown("representative_kana")} AS representative_kana,
      ARRAY[o.appeal, o.summary, o.purpose, o.area, o.audience] AS texts,
      (SELECT c.name FROM category c WHERE c.tenant_id = o.tenant_id AND c.id = o.category_id) AS category,
      ARRAY(SELECT f.name FROM organisation_field l JOIN field f ON f.tenant_id = l.tenant_id AND f.id = l.field_id
        WHERE l.tenant_id = o.tenant_id AND l.organisation_id = o.id ORDER BY f.ordinal) AS fields,
      (SELECT max(m.joined_on) FROM membership m
        WHERE m.tenant_id = o.tenant_id AND m.organisation_id = o.id) AS joined_on
    FROM organisation o WHERE o.id = ANY (:ids)
    """
).bindparams(allowed(), bindparam("ids", type_=ARRAY(Uuid)))
