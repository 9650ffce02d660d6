"""Launching, suspending and editing platforms."""

from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit import audit, clock, content_version
from shared.kit.database.session import NATIONAL, bound_to, tenant_of
from shared.kit.outbox import record
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.tenants.facts import ProfileEdited, TenantLaunched, TenantResumed, TenantSuspended
from shared.tenants.indexing import index_about
from shared.tenants.models import Tenant, TenantState
from shared.tenants.policy import may_be_resumed, may_be_suspended
from shared.tenants.profile_changes import ProfileChanges, columns_of

#: Web processes listen here and read the map of hosts anew.
HOSTS_CHANNEL = "tenants"
_NOTIFY = text("SELECT pg_notify(:channel, :slug)")


class Actor(Protocol):
    """Whoever acts, as far as the audit needs to know."""

    @property
    def name(self) -> str: ...

    @property
    def account_id(self) -> UUID | None: ...


async def create_tenant(session: AsyncSession, *, actor: Actor, columns: dict[str, Any]) -> int:
    """Insert the row of a platform; `session` is bound to the nation. The id is that of the row.

    `columns` are those of `Tenant` as `bootstrap_rows.tenant_values` builds them, checked before, with `parent_id`.
    """
    now = clock.now()
    statement = insert(Tenant).values(**columns, created_at=now, updated_at=now).on_conflict_do_nothing()
    tenant_id = (await session.execute(statement.returning(Tenant.id))).scalar_one_or_none()
    if tenant_id is None:
        raise Conflict(f"{columns['slug']}（コード {columns['code']}）のプラットフォームは、すでにあります。", "slug")
    await _audit(session, actor, "tenant.launch", f"{columns['name']}（{columns['slug']}）を始めました。")
    await record(session, TenantLaunched(launched_tenant_id=tenant_id, slug=columns["slug"]))
    await announce_hosts(session, columns["slug"])
    return tenant_id


async def suspend_tenant(session: AsyncSession, *, actor: Actor, slug: str, reason: str) -> None:
    """公開 → 休止. The nation's operator does this; the platform's pages then say that it rests."""
    tenant = await _locked(session, slug)
    if not may_be_suspended(tenant.id, tenant.state):
        raise Refusal(
            "NOT_SUSPENDABLE", "公開中のプラットフォームだけを休止できます（全国プラットフォームは休止できません）。"
        )
    await _move(session, tenant, TenantState.SUSPENDED)
    await _audit(session, actor, "tenant.suspend", f"{tenant.name}を休止しました。理由: {reason}")
    await record(session, TenantSuspended(suspended_tenant_id=tenant.id, slug=slug))


async def resume_tenant(session: AsyncSession, *, actor: Actor, slug: str) -> None:
    """休止 → 公開."""
    tenant = await _locked(session, slug)
    if not may_be_resumed(tenant.state):
        raise Refusal("NOT_SUSPENDED", "休止中のプラットフォームだけを再開できます。")
    await _move(session, tenant, TenantState.LIVE)
    await _audit(session, actor, "tenant.resume", f"{tenant.name}を再開しました。")
    await record(session, TenantResumed(resumed_tenant_id=tenant.id, slug=slug))


async def edit_profile(session: AsyncSession, *, actor: Actor, revision: int, changes: ProfileChanges) -> int:
    """Change the session's own platform. Returns the new revision; Conflict when somebody saved after `revision`."""
    tenant = await claim_revision(session, revision)
    wanted = columns_of(changes, theme=tenant.theme, help_line=tenant.help_line)
    changed = {name: value for name, value in wanted.items() if getattr(tenant, name) != value}
    if not changed:
        return revision
    for name, value in changed.items():
        setattr(tenant, name, value)
    return await profile_changed(session, actor, tenant, sorted(changed))


async def claim_revision(session: AsyncSession, revision: int) -> Tenant:
    """Lock the session's own platform for an edit of what was read at `revision`."""
    statement = select(Tenant).where(Tenant.id == tenant_of(session)).with_for_update()
    tenant = (await session.execute(statement)).scalar_one()
    if tenant.revision != revision:
        raise Conflict("ほかの人が先に保存しました。最新の内容を開き直して、もう一度直してください。", "revision")
    return tenant


async def profile_changed(session: AsyncSession, actor: Actor, tenant: Tenant, parts: list[str]) -> int:
    """Close an edit: revision, audit, fact, content version. Returns the new revision."""
    tenant.revision += 1
    tenant.updated_at = clock.now()
    await session.flush()
    await _audit(session, actor, "profile.edit", "、".join(parts))
    await record(session, ProfileEdited(edited_tenant_id=tenant.id, columns=parts))
    await index_about(session)
    await content_version.bump(session)
    return tenant.revision


async def refresh_relatives_of(session: AsyncSession, fact: ProfileEdited, letters: object) -> None:
    """The reaction to an edit, in the worker."""
    await refresh_relatives(session, fact.edited_tenant_id)


async def refresh_relatives(session: AsyncSession, tenant_id: int) -> None:
    """Parent, children and the nation show this platform's name and state: their public pages are now different.

    In the worker, for the facts of this slice; a platform never writes for another by itself.
    """
    row = Tenant.__table__.alias("row")
    relatives = select(Tenant.id).where(
        (Tenant.parent_id == tenant_id)
        | (Tenant.id == select(row.c.parent_id).where(row.c.id == tenant_id).scalar_subquery())
        | (Tenant.id == NATIONAL)
    )
    for relative in (await session.execute(relatives.order_by(Tenant.id))).scalars().all():
        if relative != tenant_id:
            async with bound_to(session, relative):
                await content_version.bump(session)


async def announce_hosts(session: AsyncSession, slug: str) -> None:
    """Every web process reloads its map of hosts when this transaction commits."""
    await session.execute(_NOTIFY, {"channel": HOSTS_CHANNEL, "slug": slug})


async def _locked(session: AsyncSession, slug: str) -> Tenant:
    statement = select(Tenant).where(Tenant.slug == slug).with_for_update()
    tenant = (await session.execute(statement)).scalar_one_or_none()
    if tenant is None:
        raise NotFound(f"{slug} というプラットフォームはありません。")
    return tenant


async def _move(session: AsyncSession, tenant: Tenant, state: TenantState) -> None:
    statement = update(Tenant).where(Tenant.id == tenant.id).values(state=state, updated_at=func.now())
    await session.execute(statement)
    async with bound_to(session, tenant.id):
        await content_version.bump(session)
    await refresh_relatives(session, tenant.id)
    await announce_hosts(session, tenant.slug)


async def _audit(session: AsyncSession, actor: Actor, action: str, summary: str) -> None:
    audit.note(session, actor_id=actor.account_id, actor_name=actor.name, action=action, summary=summary)
