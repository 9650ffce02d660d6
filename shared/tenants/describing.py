"""The longer parts of a profile, edited by the staff: lists of texts, contact desks, field names, the charter.

Each verb is guarded by the tenant's revision, like `service.edit_profile`, and returns the new one.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.japanese import Unreadable
from shared.kit.japanese.normalise import clean_lines, clean_text, email, phone, postal_code
from shared.kit.refusals import NotFound, Refusal, Refusals
from shared.tenants.models import Charter, Contact, Field, ProfileItem, ProfileKind
from shared.tenants.service import Actor, claim_revision, profile_changed

_MOST_ENTRIES = 50
_LONGEST_NAME = 200
_LONGEST_BODY = 4000
_LONGEST_CHARTER = 100_000


class ItemDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One 目的, 活動, 機能, 視点, 柱 …; `points` are its bullets (取組 for a pillar)."""

    title: str
    label: str | None = None
    body: str | None = None
    points: list[str] = []


class ContactDraft(msgspec.Struct, frozen=True, kw_only=True):
    purpose: str
    department: str
    desk: str | None = None
    phone: str | None = None
    fax: str | None = None
    email: str | None = None
    postal_code: str | None = None
    address: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


async def replace_items(
    session: AsyncSession, *, actor: Actor, revision: int, kind: ProfileKind, items: Sequence[ItemDraft]
) -> int:
    """The whole list of one kind in its new order. Refusals name `items.0.title` …"""
    wanted = _cleaned(items, "items", _item_columns)
    tenant = await claim_revision(session, revision)
    stored = select(ProfileItem).where(ProfileItem.kind == kind).order_by(ProfileItem.ordinal)
    known = list((await session.execute(stored)).scalars())
    if not await _bring_to(session, known, wanted, lambda columns: ProfileItem(kind=kind, **columns)):
        return revision
    return await profile_changed(session, actor, tenant, [kind.value.lower()])


async def replace_contacts(
    session: AsyncSession, *, actor: Actor, revision: int, contacts: Sequence[ContactDraft]
) -> int:
    """All desks, past ones included: a renamed department keeps its row with `valid_to`.

    Refusals name `contacts.0.phone` …
    """
    wanted = _cleaned(contacts, "contacts", _contact_columns)
    tenant = await claim_revision(session, revision)
    known = list((await session.execute(select(Contact).order_by(Contact.ordinal))).scalars())
    if not await _bring_to(session, known, wanted, lambda columns: Contact(**columns)):
        return revision
    return await profile_changed(session, actor, tenant, ["contacts"])


async def rename_field(session: AsyncSession, *, actor: Actor, revision: int, field_id: UUID, name: str) -> int:
    """The id and the slug stay, so old links and memberships stay; the old name is still understood by the search."""
    new_name = clean_text(name)
    if not 0 < len(new_name) <= _LONGEST_NAME:
        raise Refusal("INVALID", f"分野の名前を{_LONGEST_NAME}字までで入力してください。", "name")
    tenant = await claim_revision(session, revision)
    field = (await session.execute(select(Field).where(Field.id == field_id))).scalar_one_or_none()
    if field is None:
        raise NotFound
    if field.name != new_name:
        field.aliases = [*(alias for alias in field.aliases if alias != new_name), field.name]
        field.name = new_name
    return await profile_changed(session, actor, tenant, ["fields"])


async def adopt_charter(
    session: AsyncSession, *, actor: Actor, revision: int, title: str, body: str, adopted_on: date | None
) -> int:
    """A new version of the 設置要綱; older ones stay, because members have agreed to them."""
    text = clean_lines(body)
    problems = []
    if not clean_text(title):
        problems.append(Refusal("REQUIRED", "要綱の題名を入力してください。", "title"))
    if not 0 < len(text) <= _LONGEST_CHARTER:
        problems.append(Refusal("INVALID", f"要綱の本文を{_LONGEST_CHARTER:,}字までで入力してください。", "body"))
    if text and "守秘義務" not in text:
        problems.append(Refusal("REQUIRED", "要綱には守秘義務の条が必要です。", "body"))
    if problems:
        raise Refusals(problems)
    tenant = await claim_revision(session, revision)
    latest = (await session.execute(select(func.coalesce(func.max(Charter.version), 0)))).scalar_one()
    session.add(Charter(version=latest + 1, title=clean_text(title), adopted_on=adopted_on, body=text))
    return await profile_changed(session, actor, tenant, ["charter"])


async def _bring_to(
    session: AsyncSession, known: list[Any], wanted: list[dict[str, Any]], new: Callable[[dict[str, Any]], Any]
) -> bool:
    """Rows at their places in the order of the list; an entry that stays at its place keeps its id. False: no change."""
    now = [{name: getattr(row, name) for name in columns} for row, columns in zip(known, wanted, strict=False)]
    if now == wanted and len(known) == len(wanted):
        return False
    for row in known[len(wanted) :]:
        await session.delete(row)
    await session.flush()
    for ordinal, columns in enumerate(wanted, start=1):
        if ordinal > len(known):
            session.add(new({"ordinal": ordinal, **columns}))
        else:
            _set(known[ordinal - 1], {"ordinal": ordinal, **columns})
    return True


def _set(row: Any, columns: dict[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _cleaned(
    drafts: Sequence[Any], name: str, read: Callable[[Any, str], tuple[dict[str, Any], list[Refusal]]]
) -> list[dict[str, Any]]:
    if len(drafts) > _MOST_ENTRIES:
        raise Refusal("TOO_MANY", f"{_MOST_ENTRIES}件までにしてください。", name)
    cleaned = [read(draft, f"{name}.{index}") for index, draft in enumerate(drafts)]
    if problems := [problem for _, found in cleaned for problem in found]:
        raise Refusals(problems)
    return [columns for columns, _ in cleaned]


def _item_columns(item: ItemDraft, place: str) -> tuple[dict[str, Any], list[Refusal]]:
    problems = []
    columns: dict[str, Any] = {
        "title": clean_text(item.title),
        "label": clean_text(item.label or "") or None,
        "body": clean_lines(item.body or "") or None,
        "points": [point for given in item.points if (point := clean_text(given))],
    }
    for name, label in (("title", "題名"), ("label", "番号")):
        if len(columns[name] or "") > _LONGEST_NAME:
            problems.append(
                Refusal("TOO_LONG", f"{label}を{_LONGEST_NAME}字までで入力してください。", f"{place}.{name}")
            )
    if not columns["title"]:
        problems.append(Refusal("REQUIRED", "題名を入力してください。", f"{place}.title"))
    if sum(map(len, [columns["body"] or "", *columns["points"]])) > _LONGEST_BODY:
        message = f"本文と項目は、合わせて{_LONGEST_BODY:,}字までにしてください。"
        problems.append(Refusal("TOO_LONG", message, f"{place}.body"))
    return columns, problems


def _contact_columns(contact: ContactDraft, place: str) -> tuple[dict[str, Any], list[Refusal]]:
    problems = []
    columns: dict[str, Any] = {"valid_from": contact.valid_from, "valid_to": contact.valid_to}
    for name, read in _READ.items():
        try:
            columns[name] = read(getattr(contact, name) or "")
        except Unreadable as error:
            problems.append(Refusal("INVALID", str(error), f"{place}.{name}"))
    for name, label in (("purpose", "用件"), ("department", "部署")):
        if name in columns and not columns[name]:
            problems.append(Refusal("REQUIRED", f"{label}を入力してください。", f"{place}.{name}"))
    if contact.valid_from and contact.valid_to and contact.valid_to < contact.valid_from:
        problems.append(Refusal("INVALID", "終わりの日が始まりの日より前になっています。", f"{place}.valid_to"))
    return columns, problems


def _line(text: str) -> str | None:
    kept = clean_text(text)
    if len(kept) > _LONGEST_NAME:
        raise Unreadable(f"{_LONGEST_NAME}字までで入力してください。")
    return kept or None


def _if_given(read: Callable[[str], str]) -> Callable[[str], str | None]:
    return lambda text: read(text) if text.strip() else None


_READ: dict[str, Callable[[str], str | None]] = {
    "purpose": _line,
    "department": _line,
    "desk": _line,
    "address": _line,
    "phone": _if_given(phone),
    "fax": _if_given(phone),
    "email": _if_given(email),
    "postal_code": _if_given(postal_code),
}
