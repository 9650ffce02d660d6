"""Invitations by mail, and forgotten passwords by the same means: a letter, a link, one use.

The link's token is made when the letter is written and stands nowhere else; looking at the link changes nothing.
"""

from datetime import timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity import queries, service
from shared.identity.facts import InvitationMade
from shared.identity.invitation_queries import InvitationView, LinkState, invitation_by_token
from shared.identity.models import Account, Invitation, InvitationPurpose, Role
from shared.identity.policy import INSTALLATION, ORGANISATION_ROLES, Actor, may_grant
from shared.kit import audit, clock, outbox
from shared.kit.database.session import tenant_of
from shared.kit.editing import locked
from shared.kit.japanese.normalise import clean_text
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal

INVITATION_LIFE = timedelta(days=14)
#: A new password is wanted now; a letter that lies about longer is only a risk.
PASSWORD_LIFE = timedelta(hours=24)
MOST_OPEN = 30
KEPT = timedelta(days=90)


class Accepted(msgspec.Struct, frozen=True):
    account_id: UUID
    purpose: InvitationPurpose


async def invite(
    session: AsyncSession,
    *,
    actor: Actor,
    email: str,
    name: str,
    role: Role,
    organisation_id: UUID,
    organisation_name: str,
) -> UUID:
    """Queue the letter. An earlier one to this address for this place is worthless from now on."""
    if role not in ORGANISATION_ROLES or not may_grant(actor, role, organisation_id):
        raise Forbidden("この役割に招待する権限がありません。")
    folded, shown = service.fold_email(email), clean_text(name)
    if not shown or len(shown) > 100:
        raise Refusal("NAME_MISSING", "氏名を100文字以内で入力してください。", "name")
    await _take_back(session, folded, organisation_id)
    await _check_room(session, organisation_id)
    invitation = _invitation(
        purpose=InvitationPurpose.JOIN,
        email=folded,
        name=shown,
        role=role,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        invited_by=actor.name,
    )
    await _send(session, invitation)
    _note(session, actor, "invitation.make", organisation_id, role)
    return invitation.id


async def ask_again(session: AsyncSession, *, token: str) -> None:
    """再送: whoever holds the old link gets a new one, at the address of the old one."""
    known = await invitation_by_token(session, token)
    if known is None or known.state is not LinkState.EXPIRED:
        raise NotFound
    old = await locked(session, Invitation, known.id)
    if old.withdrawn_at is not None or old.used_at is not None:
        raise Conflict("新しいリンクは、すでにお送りしています。メールをご確認ください。")
    old.withdrawn_at = clock.now()
    fields = ("purpose", "email", "name", "role", "organisation_id", "organisation_name", "invited_by")
    await _send(session, _invitation(**{name: getattr(old, name) for name in fields}))


async def withdraw(session: AsyncSession, *, actor: Actor, organisation_id: UUID, invitation_id: UUID) -> None:
    invitation = await locked(session, Invitation, invitation_id)
    if invitation.organisation_id != organisation_id or invitation.role is None:
        raise NotFound
    if not may_grant(actor, invitation.role, organisation_id):
        raise Forbidden("この招待を取り消す権限がありません。")
    if invitation.used_at is not None:
        raise Conflict("この招待は、すでに受けられています。")
    invitation.withdrawn_at = clock.now()
    _note(session, actor, "invitation.withdraw", organisation_id, invitation.role)


async def forgot(session: AsyncSession, *, email: str) -> None:
    """Queue a letter about a new password. Does the same whether or not the address is known: the letter's writer looks."""
    await _send(
        session,
        _invitation(
            purpose=InvitationPurpose.FORGOTTEN,
            email=service.fold_email(email),
            name="",
            role=None,
            organisation_id=None,
            organisation_name=None,
            invited_by="",
        ),
    )


async def distrust_first_password(session: AsyncSession, *, account_id: UUID, email: str) -> bool:
    """To be asked before a platform gives its first role to an account that exists already.

    A first password was handed over by whoever made the account, so others may know it until its owner has set another. Then
    (True) it is void from now on, its sessions are over, and a letter goes to the address with a link to set a new one.
    """
    if await queries.roles_of(session, account_id):
        return False
    voided = (
        update(Account)
        .where(Account.id == account_id, Account.password_changed_at.is_(None), Account.password_hash.is_not(None))
        .values(password_hash=None, password_changed_at=clock.now())
        .returning(Account.id)
    )
    if (await session.execute(voided)).scalar_one_or_none() is None:
        return False
    await forgot(session, email=email)
    return True


async def accept(session: AsyncSession, *, token: str, name: str = "", password_hash: str | None = None) -> Accepted:
    """Once. An account that has a password keeps it when its owner is invited; `password_hash` is for all others."""
    known = await invitation_by_token(session, token)
    if known is None:
        raise NotFound
    invitation = await locked(session, Invitation, known.id)
    if invitation.used_at or invitation.withdrawn_at or invitation.expires_at <= clock.now():
        raise Conflict("このリンクは、もう使えません。")
    invitation.used_at = clock.now()
    if invitation.purpose is InvitationPurpose.FORGOTTEN:
        account_id = await _renew(session, invitation, password_hash)
    else:
        account_id = await _join(session, invitation, known, name, password_hash)
    await session.flush()
    return Accepted(account_id, invitation.purpose)


async def _renew(session: AsyncSession, invitation: Invitation, password_hash: str | None) -> UUID:
    account = await _account(session, invitation.email)
    if account is None or account.disabled_at is not None or password_hash is None:
        raise Conflict("このリンクは、もう使えません。")
    await service.change_password(session, account_id=account.id, password_hash=password_hash, keep=None)
    audit.note(session, actor_id=account.id, actor_name=account.name, action="password.renew", object_id=account.id)
    return account.id


async def _join(
    session: AsyncSession, invitation: Invitation, known: InvitationView, name: str, password_hash: str | None
) -> UUID:
    if invitation.role is None or (password_hash is None and not known.known):
        raise Refusal("REQUIRED", "パスワードを入力してください。", "password")
    shown = name or invitation.name
    made = await service.create_account(session, email=invitation.email, name=shown, password_hash=password_hash)
    if password_hash is not None and (made.created or not known.known):
        await service.change_password(session, account_id=made.id, password_hash=password_hash, keep=None)
    # Whoever invited had the right to; the letter carries it to its reader.
    host = msgspec.structs.replace(INSTALLATION, name=invitation.invited_by)
    await service.assign_role(
        session, actor=host, account_id=made.id, role=invitation.role, organisation_id=invitation.organisation_id
    )
    audit.note(
        session,
        actor_id=made.id,
        actor_name=shown,
        action="invitation.accept",
        object_id=invitation.organisation_id,
        summary=invitation.role,
    )
    return made.id


async def forget_old_invitations(session: AsyncSession) -> None:
    """Addresses that somebody typed into 「パスワードを忘れた方」 go after a day, answered and unanswered letters later."""
    mine, now = Invitation.tenant_id == tenant_of(session), func.now()
    forgotten = Invitation.purpose == InvitationPurpose.FORGOTTEN
    old = (forgotten & (Invitation.expires_at < now)) | (Invitation.expires_at < now - KEPT)
    await session.execute(delete(Invitation).where(mine, old))


def _invitation(**columns: object) -> Invitation:
    life = INVITATION_LIFE if columns["purpose"] is InvitationPurpose.JOIN else PASSWORD_LIFE
    return Invitation(created_at=clock.now(), expires_at=clock.now() + life, **columns)


async def _send(session: AsyncSession, invitation: Invitation) -> None:
    session.add(invitation)
    await session.flush()
    await outbox.record(session, InvitationMade(invitation_id=invitation.id))


async def _take_back(session: AsyncSession, email: str, organisation_id: UUID) -> None:
    earlier = update(Invitation).where(
        Invitation.tenant_id == tenant_of(session),
        Invitation.email == email,
        Invitation.organisation_id == organisation_id,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    await session.execute(earlier.values(withdrawn_at=clock.now()))


async def _check_room(session: AsyncSession, organisation_id: UUID) -> None:
    waiting = select(func.count()).where(
        Invitation.organisation_id == organisation_id,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    if (await session.execute(waiting)).scalar_one() >= MOST_OPEN:
        raise Refusal(
            "TOO_MANY", f"返事を待っている招待が{MOST_OPEN}通あります。取り消すか、返事を待ってください。", "email"
        )


async def _account(session: AsyncSession, email: str) -> Account | None:
    return (await session.execute(select(Account).where(Account.email == email))).scalar_one_or_none()


def _note(session: AsyncSession, actor: Actor, action: str, organisation_id: UUID, role: Role) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or actor.key,
        action=action,
        object_id=organisation_id,
        summary=role,
    )
