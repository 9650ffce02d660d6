"""What the rows of one batch do to the ledger, once they are planned."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor
from shared.kit import clock, search
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.refusals import Refusal
from shared.members.imports.models import MemberImport
from shared.members.imports.plans import Plan, Stay, moved
from shared.members.models import Membership, Organisation, OrganisationField, Source
from shared.members.organisations import put_all_into_search
from shared.members.versions import change, columns_of, is_listed
from shared.tenants.models import Category, Field


async def write_plans(session: AsyncSession, job: MemberImport, plans: Sequence[Plan]) -> list[Plan]:
    """The plans, with a problem where it could not be done after all."""
    good = [plan for plan in plans if not plan.problem]
    await _create(session, job, [plan for plan in good if plan.is_new])
    done = [plan if plan.problem else await _with_stay(session, plan) for plan in plans]
    good = [plan for plan in done if not plan.problem]
    await session.flush()
    actor = Actor(name=job.created_by, account_id=job.account_id)
    for plan in good:
        if plan.changes:
            await change(session, plan.organisation_id, plan.changes, actor=actor)
    await _make_findable(session, good)
    await bump(session)
    return done


async def _create(session: AsyncSession, job: MemberImport, plans: Sequence[Plan]) -> None:
    categories = {row.slug: row.id for row in await session.execute(select(Category.slug, Category.id))}
    fields = {row.slug: row.id for row in await session.execute(select(Field.slug, Field.id))}
    now = clock.now()
    for plan in plans:
        details = msgspec.structs.replace(plan.row.details, visibility=job.visibility)
        session.add(
            Organisation(
                id=plan.organisation_id,
                category_id=categories.get(details.category),
                created_at=now,
                updated_at=now,
                **columns_of(details),
            )
        )
    await session.flush()
    links = [
        {
            "tenant_id": tenant_of(session),
            "id": uuid7(),
            "organisation_id": plan.organisation_id,
            "field_id": fields[slug],
        }
        for plan in plans
        for slug in plan.row.details.fields
        if slug in fields
    ]
    if links:
        await session.execute(insert(OrganisationField), links)


async def _with_stay(session: AsyncSession, plan: Plan) -> Plan:
    problem = await _write_stay(session, plan)
    return msgspec.structs.replace(plan, problem=problem) if problem else plan


async def _write_stay(session: AsyncSession, plan: Plan) -> Refusal | None:
    """Only what is planned, and only where nothing stands: whoever has written there in the meantime is right."""
    if plan.new_stay:
        session.add(_membership(plan.organisation_id, plan.new_stay))
    stay = plan.ended or plan.sourced
    if stay is None:
        return None
    values: dict[str, Any] = {"left_on": stay.left_on} if plan.ended else {}
    values |= {"source": stay.source} if plan.sourced else {}
    columns = Membership.__table__.columns
    free = [columns[name].is_(None) | (columns[name] == value) for name, value in values.items()]
    mine = (Membership.organisation_id == plan.organisation_id, Membership.joined_on == stay.joined_on)
    written = update(Membership).where(*mine, *free).values(**values).returning(Membership.id)
    if (await session.execute(written)).first() is not None:
        return None
    name = "left_on" if plan.ended else "source"
    return moved(name)


def _membership(organisation_id: UUID, stay: Stay) -> Membership:
    return Membership(
        organisation_id=organisation_id,
        joined_on=stay.joined_on,
        left_on=stay.left_on,
        source=Source(stay.source) if stay.source else None,
        created_at=clock.now(),
    )


async def _make_findable(session: AsyncSession, plans: Sequence[Plan]) -> None:
    """New ones and those that have come back; not those of whom the list says that they have left."""
    shown = [plan.organisation_id for plan in plans if plan.is_new and not plan.row.left_on]
    touched = {plan.organisation_id for plan in plans if plan.new_stay or plan.ended} - set(shown)
    for organisation_id in touched:
        if await is_listed(session, organisation_id):
            shown.append(organisation_id)
        else:
            await search.remove(session, kind="organisation", object_id=organisation_id)
    await put_all_into_search(session, shown)
