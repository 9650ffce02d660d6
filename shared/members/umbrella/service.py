"""Verbs of 傘下団体: what is declared, who is registered, and notices that are passed on with a receipt."""

import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock, outbox
from shared.kit.content_version import bump
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision, locked
from shared.kit.japanese import normalise
from shared.kit.japanese.folding import fold
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal, Refusals
from shared.kit.search import SearchDocument
from shared.members import pledges, tags, versions
from shared.members.facts import RelayRequested
from shared.members.models import Organisation
from shared.members.organisations import put_into_search
from shared.members.policy import may_act_for
from shared.members.portal_queries import name_of
from shared.members.umbrella.models import Affiliation, DeclaredAffiliates, RelayReceipt, RelayRequest
from shared.members.umbrella.queries import MOST_CHILDREN

_LONGEST_NAME, _LONGEST_BODY = 200, 5000
_MOST = 1_000_000


async def declare_affiliates(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation_id: UUID,
    count: int,
    unit: str,
    approximate: bool,
    as_of: date,
    source: str | None = None,
) -> None:
    """As of a day; the same day again corrects it."""
    await _require_own(session, actor, organisation_id)
    _refuse(
        [
            None
            if 0 < count <= _MOST
            else Refusal("COUNT_INVALID", "傘下の数を1以上の数で入力してください。", "count"),
            None if unit else Refusal("UNIT_MISSING", "単位（社、か所など）を入力してください。", "unit"),
            None if as_of <= clock.today() else Refusal("DAY_AHEAD", "今日までの日付を入力してください。", "as_of"),
        ]
    )
    said = {"count": count, "unit": unit, "approximate": approximate, "source": source or None}
    keys = {"tenant_id": tenant_of(session), "id": uuid7(), "organisation_id": organisation_id, "as_of": as_of}
    await session.execute(
        insert(DeclaredAffiliates)
        .values(**keys, **said)
        .on_conflict_do_update(index_elements=["tenant_id", "organisation_id", "as_of"], set_=said)
    )
    _note(session, actor, "umbrella.declare", organisation_id, f"{as_of.isoformat()} {count}{unit}")
    await bump(session)


async def register_child(session: AsyncSession, *, actor: Actor, parent_id: UUID, name: str, email: str = "") -> None:
    """A name that belongs to an organisation of the tenant registers that organisation. Conflict when it is there already."""
    await _require_own(session, actor, parent_id)
    name = " ".join(name.split())
    folded = fold(name)
    if not folded or len(name) > _LONGEST_NAME:
        raise Refusal("NAME_MISSING", "傘下の団体の名前を入力してください。", "name")
    address = _address(email)
    known = await _organisation_named(session, folded)
    if known == parent_id:
        raise Refusal("CHILD_IS_ITSELF", "団体自身を傘下に加えることはできません。", "name")
    registered = select(func.count()).select_from(Affiliation).where(Affiliation.parent_id == parent_id)
    if (await session.execute(registered)).scalar_one() >= MOST_CHILDREN:
        raise Refusal("CHILDREN_TOO_MANY", f"登録できる傘下の団体は{MOST_CHILDREN:,}までです。", "name")
    child = {"child_id": known} if known else {"name": name, "folded_name": folded, "email": address}
    keys = {"tenant_id": tenant_of(session), "id": uuid7(), "parent_id": parent_id, "created_at": clock.now()}
    added = insert(Affiliation).values(**keys, **child).on_conflict_do_nothing().returning(Affiliation.id)
    if (await session.execute(added)).one_or_none() is None:
        raise Conflict("この団体は、すでに傘下に登録されています。")
    _note(session, actor, "umbrella.register", parent_id, name)
    await bump(session)


async def remove_child(session: AsyncSession, *, actor: Actor, parent_id: UUID, affiliation_id: UUID) -> None:
    await _require_own(session, actor, parent_id)
    gone = delete(Affiliation).where(Affiliation.id == affiliation_id, Affiliation.parent_id == parent_id)
    row = (await session.execute(gone.returning(Affiliation.name, Affiliation.child_id))).one_or_none()
    if row is None:
        raise NotFound
    _note(session, actor, "umbrella.remove", parent_id, row.name or await name_of(session, row.child_id))
    await bump(session)


async def request_relay(session: AsyncSession, *, actor: Actor, organisation_id: UUID, subject: str, body: str) -> UUID:
    """One letter to each address among the registered children, with a link by which receipt is confirmed."""
    await _require_own(session, actor, organisation_id)
    subject = " ".join(subject.split())
    _refuse(
        [
            None
            if 0 < len(subject) <= 100
            else Refusal("SUBJECT_MISSING", "件名を100字までで入力してください。", "subject"),
            None
            if 0 < len(body) <= _LONGEST_BODY
            else Refusal("BODY_MISSING", "本文を5,000字までで入力してください。", "body"),
        ]
    )
    receivers = await _receivers(session, organisation_id)
    if not receivers:
        raise Refusal("NOBODY_REACHABLE", "メールアドレスのわかる傘下の団体が登録されていません。")
    request = RelayRequest(
        organisation_id=organisation_id,
        subject=subject,
        body=body,
        requested_by=actor.name,
        requested_at=clock.now(),
    )
    session.add(request)
    await session.flush()
    session.add_all(
        RelayReceipt(relay_request_id=request.id, name=name, email=email, receipt_key=secrets.token_urlsafe(24))
        for email, name in receivers.items()
    )
    await session.flush()
    _note(session, actor, "umbrella.relay", organisation_id, f"「{subject}」{len(receivers)}件")
    await outbox.record(session, RelayRequested(relay_request_id=request.id))
    return request.id


async def confirm_receipt(session: AsyncSession, *, receipt_key: str) -> None:
    """Pressed twice, the first time counts."""
    statement = select(RelayReceipt).where(RelayReceipt.receipt_key == receipt_key).with_for_update()
    receipt = (await session.execute(statement)).scalar_one_or_none()
    if receipt is None:
        raise NotFound
    receipt.confirmed_at = receipt.confirmed_at or clock.now()


async def describe_for_directory(
    session: AsyncSession,
    *,
    actor: Actor,
    organisation_id: UUID,
    audiences: Sequence[str],
    resources: Sequence[str],
    address_confidential: bool,
    reason: str,
    revision: int | None = None,
) -> None:
    """The tags that the directory is filtered by, and whether the place is kept secret. The secretariat's.

    Conflict when the organisation has changed since `revision`. Who shows a place again has signed the pledge before.
    """
    if not actor.may(Permission.APPLICATION_DECIDE):
        raise Forbidden
    organisation = await locked(session, Organisation, organisation_id)
    if revision is not None:
        await check_revision(session, organisation_id, current=organisation.revision, read=revision)
    if address_confidential and not reason:
        raise Refusal("REASON_MISSING", "所在地を伏せる理由を入力してください（事務局だけが見ます）。", "reason")
    chosen = {
        "audiences": tuple(tags.checked(audiences, tags.AUDIENCES, "audiences")),
        "resources": tuple(tags.checked(resources, tags.RESOURCES, "resources")),
    }
    if organisation.address_confidential and not address_confidential:
        await pledges.require_pledge(session, actor=actor)
    await versions.change(session, organisation_id, chosen, actor=actor)
    await _keep_secret(session, organisation, address_confidential, reason, actor)


async def _keep_secret(
    session: AsyncSession, organisation: Organisation, address_confidential: bool, reason: str, actor: Actor
) -> None:
    why = reason if address_confidential else None
    if (organisation.address_confidential, organisation.address_confidential_reason) == (address_confidential, why):
        return
    organisation.address_confidential, organisation.address_confidential_reason = address_confidential, why
    organisation.updated_at, organisation.revision = clock.now(), organisation.revision + 1
    action = "organisation.hide-address" if address_confidential else "organisation.show-address"
    _note(session, actor, action, organisation.id)
    await session.flush()
    if await versions.is_listed(session, organisation.id):
        await put_into_search(session, organisation.id)
    await bump(session)


async def _require_own(session: AsyncSession, actor: Actor, organisation_id: UUID) -> None:
    """Its manager or the secretariat, for an organisation that has not left."""
    if not may_act_for(actor, organisation_id):
        raise Forbidden
    if await session.get(Organisation, (tenant_of(session), organisation_id)) is None:
        raise NotFound
    await versions.require_listed(session, organisation_id)


def _note(session: AsyncSession, actor: Actor, action: str, organisation_id: UUID, summary: str | None = None) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name or actor.key,
        action=action,
        object_id=organisation_id,
        summary=summary,
    )


def _refuse(problems: list[Refusal | None]) -> None:
    found = [problem for problem in problems if problem]
    if found:
        raise Refusals(found)


def _address(email: str) -> str | None:
    if not email.strip():
        return None
    try:
        return normalise.email(email)
    except ValueError:
        raise Refusal("EMAIL_INVALID", "メールアドレスの形を確かめてください。", "email") from None


async def _organisation_named(session: AsyncSession, folded: str) -> UUID | None:
    """The search keeps every organisation's folded name, before the first line feed."""
    title = func.split_part(SearchDocument.folded, "\n", 1)
    found = select(SearchDocument.object_id).where(SearchDocument.kind == "organisation", title == folded).limit(1)
    return (await session.execute(found)).scalar_one_or_none()


async def _receivers(session: AsyncSession, parent_id: UUID) -> dict[str, str]:
    """By address, so that two children with one address get one letter. Not of children that have left."""
    address = func.coalesce(Affiliation.email, Organisation.email)
    rows = await session.execute(
        select(address, func.coalesce(Affiliation.name, Organisation.name), Affiliation.child_id)
        .outerjoin(Organisation, Organisation.id == Affiliation.child_id)
        .where(Affiliation.parent_id == parent_id, address.is_not(None))
        .order_by(Affiliation.id)
        .limit(MOST_CHILDREN)
    )
    found = rows.all()
    gone = await versions.former_members(session, [child_id for _, _, child_id in found if child_id])
    receivers: dict[str, str] = {}
    for email, name, child_id in found:
        if child_id not in gone:
            receivers.setdefault(email, name)
    return receivers
