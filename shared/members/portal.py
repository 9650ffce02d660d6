"""What members do for themselves: people of an organisation, its entry, and how often its page is read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Date, Integer, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid
from uuid_utils.compat import uuid7

from shared.identity import invitation_queries, invitations, service
from shared.identity.models import Role
from shared.identity.policy import INSTALLATION, ORGANISATION_ROLES, Actor, Permission
from shared.kit import audit
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.post import Post
from shared.kit.refusals import Conflict, Forbidden, Refusal
from shared.members import versions
from shared.members.facts import ApplicationApproved
from shared.members.models import Channel, MembershipApplication, Organisation
from shared.members.notices import sayings
from shared.members.notices import service as notices
from shared.members.portal_models import MemberRules
from shared.members.portal_queries import changes_by_notice, name_of

#: Who sees what is the organisation's own decision, and hiding something must not wait for anybody.
AT_ONCE = frozenset({"visibility"})


class Edited(msgspec.Struct, frozen=True):
    """`changed` holds at once; the rest waits under `receipt_number`, None when nothing waits."""

    changed: list[str]
    receipt_number: str | None


class Views(msgspec.Struct, frozen=True):
    organisation_id: UUID
    day: date
    views: int


async def invite_contact(session: AsyncSession, fact: ApplicationApproved, letters: Post) -> None:
    """The applicant's address becomes its organisation's first manager, unless the organisation has one (it rejoined)."""
    statement = select(MembershipApplication).where(MembershipApplication.id == fact.application_id)
    application = (await session.execute(statement)).scalar_one()
    organisation_id = application.organisation_id
    if application.email is None or organisation_id is None:
        return
    if await invitation_queries.has_manager(session, organisation_id):
        return
    actor = msgspec.structs.replace(INSTALLATION, name=letters.sender.name)
    await invitations.invite(
        session,
        actor=actor,
        email=application.email,
        name=str(application.details.get("contact_name") or application.organisation_name)[:100],
        role=Role.ORGANISATION_MANAGER,
        organisation_id=organisation_id,
        organisation_name=application.organisation_name,
    )


async def invite_person(
    session: AsyncSession, *, actor: Actor, organisation_id: UUID, email: str, name: str, role: Role
) -> None:
    organisation_name = await name_of(session, organisation_id)
    if not await versions.is_listed(session, organisation_id):
        raise Conflict("この団体は退会しているため、招待できません。")
    folded = service.fold_email(email)
    people = await invitation_queries.people_of(session, organisation_id)
    if any(each.email == folded and each.role is role for each in people):
        raise Refusal("ALREADY_THERE", "この方は、すでに登録されています。", "email")
    await invitations.invite(
        session,
        actor=actor,
        email=folded,
        name=name,
        role=role,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
    )


async def remove_person(
    session: AsyncSession, *, actor: Actor, organisation_id: UUID, account_id: UUID, role: Role
) -> None:
    if role not in ORGANISATION_ROLES:
        raise Forbidden
    await service.remove_role(session, actor=actor, account_id=account_id, role=role, organisation_id=organisation_id)


async def edit_own(
    session: AsyncSession, organisation_id: UUID, changes: Mapping[str, Any], *, revision: int, actor: Actor
) -> Edited:
    """`changes` are values as typed, by field of 様式1. Where the platform wants it they become a 変更届."""
    organisation = await locked(session, Organisation, organisation_id)
    await check_revision(session, organisation_id, current=organisation.revision, read=revision)
    before = await versions.details_of(session, organisation_id)
    if all(before.visible(column) == shown for column, shown in changes.get("visibility", {}).items()):
        changes = {name: value for name, value in changes.items() if name != "visibility"}
    was, after = await notices.checked_change(session, organisation_id, changes, actor=actor)
    await versions.require_listed(session, organisation_id)
    waits = set(after) - AT_ONCE if await changes_by_notice(session) else set()
    now = [name for name in after if name not in waits]
    if now:
        at_once = sayings.applied(before, was, {name: after[name] for name in now})
        await versions.change(session, organisation_id, at_once, actor=actor)
    if not waits:
        return Edited(now, None)
    rest = {name: changes[name] for name in waits}
    notice = await notices.submit_change(session, organisation_id, rest, channel=Channel.WEB, actor=actor)
    return Edited(now, notice.receipt_number)


async def set_changes_by_notice(session: AsyncSession, *, actor: Actor, wanted: bool) -> None:
    if not actor.may(Permission.PROFILE_EDIT):
        raise Forbidden
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "changes_by_notice": wanted}
    statement = insert(MemberRules).values(**row)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id"], set_={"changes_by_notice": wanted})
    )
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="member-rules.edit",
        summary="変更届で受ける" if wanted else "すぐに反映する",
    )


_COUNT_VIEWS = text(
    """
    INSERT INTO organisation_views AS v (tenant_id, id, organisation_id, day, views)
    SELECT o.tenant_id, g.id, g.organisation_id, g.day, g.views
    FROM unnest(:ids, :organisations, :days, :views) AS g(id, organisation_id, day, views)
    JOIN organisation o ON o.id = g.organisation_id
    ON CONFLICT (tenant_id, organisation_id, day) DO UPDATE SET views = v.views + excluded.views
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Uuid)),
    bindparam("organisations", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("views", type_=ARRAY(Integer)),
)


async def count_views(session: AsyncSession, seen: Sequence[Views]) -> None:
    """Add what a web process has counted since it last did, in one statement. An organisation that is gone is left out."""
    # In one order, so that two processes that count the same pages queue and do not lock each other out.
    rows = sorted(seen, key=lambda each: (each.organisation_id, each.day))
    values = {
        "ids": [uuid7() for _ in rows],
        "organisations": [each.organisation_id for each in rows],
        "days": [each.day for each in rows],
        "views": [each.views for each in rows],
    }
    await session.execute(_COUNT_VIEWS, values)
