"""Accounts, roles, sessions and programs' tokens: the only writer of the slice. Everything happens in the session's tenant."""

from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.models import AccessToken, Account, ApiClient, Role, RoleAssignment, SignInSession
from shared.identity.policy import NATIONAL_ROLES, ORGANISATION_ROLES, Actor, may_grant
from shared.identity.queries import IDLE
from shared.identity.tokens import hash_of, new_token
from shared.identity.words import ROLES
from shared.kit import audit, clock
from shared.kit.database.session import NATIONAL, tenant_of
from shared.kit.japanese import Unreadable, normalise
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal

#: However busy a session is, after this somebody signs in anew.
LONGEST_SESSION = timedelta(hours=12)
TOKEN_LIFE = timedelta(hours=1)


class CreatedAccount(msgspec.Struct, frozen=True):
    """`created` is False when the address had an account already (perhaps for another platform); nothing of it was changed."""

    id: UUID
    created: bool


def fold_email(text: str, *, field: str = "email") -> str:
    """The spelling by which accounts are found. Refused, in the name of `field`, when it is no address."""
    try:
        return normalise.email(text).lower()
    except Unreadable as error:
        raise Refusal("EMAIL_UNREADABLE", str(error), field) from None


async def create_account(
    session: AsyncSession, *, email: str, name: str, password_hash: str | None = None
) -> CreatedAccount:
    folded, shown = fold_email(email), normalise.clean_text(name)
    if not shown or len(shown) > 100:
        raise Refusal("NAME_MISSING", "氏名を100文字以内で入力してください。", "name")
    values = {"id": uuid7(), "email": folded, "name": shown, "password_hash": password_hash, "created_at": clock.now()}
    statement = insert(Account).values(**values).on_conflict_do_nothing(index_elements=["email"]).returning(Account.id)
    new_id = (await session.execute(statement)).scalar_one_or_none()
    if new_id is not None:
        return CreatedAccount(new_id, created=True)
    known = (await session.execute(select(Account.id).where(Account.email == folded))).scalar_one()
    return CreatedAccount(known, created=False)


async def change_password(session: AsyncSession, *, account_id: UUID, password_hash: str, keep: UUID | None) -> None:
    """Ends the account's other sessions, here at once and elsewhere by their age; `keep` is the one at the keyboard."""
    now = clock.now()
    values = {"password_hash": password_hash, "password_changed_at": now}
    await session.execute(update(Account).where(Account.id == account_id).values(**values))
    if keep:
        await session.execute(update(SignInSession).where(SignInSession.id == keep).values(created_at=now))
    others = delete(SignInSession).where(SignInSession.account_id == account_id)
    await session.execute(others.where(SignInSession.id != keep) if keep else others)


async def assign_role(
    session: AsyncSession, *, actor: Actor, account_id: UUID, role: Role, organisation_id: UUID | None = None
) -> bool:
    """False when the account has had it before. Nobody grants a role above their own."""
    if not may_grant(actor, role, organisation_id):
        raise Forbidden("この役割を割り当てる権限がありません。")
    if role in NATIONAL_ROLES and tenant_of(session) != NATIONAL:
        raise Refusal("ROLE_NATIONAL_ONLY", "この役割は全国プラットフォームだけで割り当てられます。", "role")
    if (role in ORGANISATION_ROLES) != (organisation_id is not None):
        raise Refusal("ROLE_ORGANISATION", "団体の役割には団体を、それ以外の役割には団体なしを選んでください。", "role")
    statement = (
        insert(RoleAssignment)
        .values(
            tenant_id=tenant_of(session),
            id=uuid7(),
            account_id=account_id,
            role=role,
            organisation_id=organisation_id,
            created_at=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(RoleAssignment.id)
    )
    if (await session.execute(statement)).scalar_one_or_none() is None:
        return False
    _note(session, actor, "role.assign", account_id, role)
    return True


async def remove_role(
    session: AsyncSession, *, actor: Actor, account_id: UUID, role: Role, organisation_id: UUID | None = None
) -> None:
    """Ends the account's sessions in this tenant. The last administrator of a platform cannot go."""
    if not may_grant(actor, role, organisation_id):
        raise Forbidden("この役割を外す権限がありません。")
    if role is Role.SECRETARIAT_ADMIN:
        await _keep_one_administrator(session, account_id)
    statement = (
        delete(RoleAssignment)
        .where(
            RoleAssignment.account_id == account_id,
            RoleAssignment.role == role,
            RoleAssignment.organisation_id.is_not_distinct_from(organisation_id),
        )
        .returning(RoleAssignment.id)
    )
    if (await session.execute(statement)).scalar_one_or_none() is None:
        raise NotFound("この役割は、すでに外されています。")
    await sign_out_everywhere(session, account_id=account_id)
    _note(session, actor, "role.remove", account_id, role)


async def _keep_one_administrator(session: AsyncSession, leaving: UUID) -> None:
    """Locks all administrators' rows in one order, so that two who remove each other queue."""
    statement = (
        select(RoleAssignment.account_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(
            RoleAssignment.tenant_id == tenant_of(session),
            RoleAssignment.role == Role.SECRETARIAT_ADMIN,
            Account.disabled_at.is_(None),
        )
        .order_by(RoleAssignment.id)
        .with_for_update(of=RoleAssignment)
    )
    remaining = set((await session.execute(statement)).scalars()) - {leaving}
    if not remaining:
        raise Conflict("最後の管理者は外せません。先に、ほかの方を管理者にしてください。")


def _note(session: AsyncSession, actor: Actor, action: str, account_id: UUID, role: Role) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or actor.key,
        action=action,
        object_id=account_id,
        summary=ROLES[role],
    )


async def open_session(session: AsyncSession, *, account_id: UUID, replaces: str | None = None) -> str:
    """The new token, known to nobody else. `replaces` is the token that the browser brought: it is worthless from now on.

    Call it after `passwords.verify`. Forbidden when the account was disabled, or lost its last role here, in the meantime.
    """
    now = clock.now()
    alive = (
        select(Account.name)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(Account.id == account_id, Account.disabled_at.is_(None))
        .limit(1)
    )
    name = (await session.execute(alive)).scalar_one_or_none()
    if name is None:
        raise Forbidden
    await _forget_old_sessions(session, account_id, replaces)
    token = new_token()
    row = SignInSession(
        token_hash=hash_of(token), account_id=account_id, created_at=now, seen_at=now, expires_at=now + LONGEST_SESSION
    )
    session.add(row)
    audit.note(session, actor_id=account_id, actor_name=name, action="session.open", object_id=row.id)
    await session.flush()
    return token


async def _forget_old_sessions(session: AsyncSession, account_id: UUID, replaces: str | None) -> None:
    ended = delete(SignInSession).where(
        SignInSession.account_id == account_id,
        (SignInSession.expires_at < clock.now()) | (SignInSession.seen_at < clock.now() - IDLE),
    )
    await session.execute(ended)
    if replaces:
        await session.execute(delete(SignInSession).where(SignInSession.token_hash == hash_of(replaces)))


async def touch(session: AsyncSession, *, session_id: UUID) -> None:
    """Somebody is at the keyboard. Changes a living row only: a slow request never revives a session that was ended."""
    await session.execute(update(SignInSession).where(SignInSession.id == session_id).values(seen_at=clock.now()))


async def sign_out(session: AsyncSession, *, session_id: UUID) -> None:
    await session.execute(delete(SignInSession).where(SignInSession.id == session_id))


async def sign_out_everywhere(session: AsyncSession, *, account_id: UUID) -> None:
    """On every device, in this tenant."""
    await session.execute(delete(SignInSession).where(SignInSession.account_id == account_id))


async def ensure_client(session: AsyncSession, *, client_id: str, name: str, secret_hash: str, role: Role) -> None:
    """A program that may ask for tokens. One that exists gets this name, secret and role."""
    given = {"secret_hash": secret_hash, "name": name, "role": role}
    row = {"tenant_id": tenant_of(session), "id": uuid7(), "client_id": client_id, "created_at": clock.now()}
    statement = insert(ApiClient).values(**row, **given)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "client_id"], set_=given))


async def keep_token(session: AsyncSession, *, client_id: str, token: str) -> None:
    """A program's bearer token, for an hour. Its expired ones go."""
    now = clock.now()
    expired = delete(AccessToken).where(AccessToken.client_id == client_id, AccessToken.expires_at < now)
    await session.execute(expired)
    session.add(AccessToken(token_hash=hash_of(token), client_id=client_id, expires_at=now + TOKEN_LIFE))
    await session.flush()
