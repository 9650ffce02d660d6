"""The checklist as the secretariat writes it: what is asked, in which order, and what an approval needs.

What applications were checked against is not rewritten: a criterion that was used is retired instead of deleted, and one whose words
change gives way to a new one.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.policy import Actor, Permission
from shared.kit import audit, clock
from shared.kit.content_version import bump
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Forbidden, Refusal, Refusals
from shared.members.screening_models import RETIRED, Criterion, CriterionCheck, CriterionKind
from shared.tenants.models import Tenant
from shared.tenants.service import claim_revision

MOST_CRITERIA = 50
LONGEST_NAME, LONGEST_HINT = 200, 500


class CriterionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """One line. Without a `slug` it is a new one; the kind of a known one stays. `used` False: a line that is switched off."""

    name: str
    slug: str = ""
    kind: CriterionKind = CriterionKind.STATEMENT
    required: bool = True
    hint: str = ""
    used: bool = True


async def replace_checklist(
    session: AsyncSession, *, actor: Actor, revision: int, wanted: Sequence[CriterionDraft]
) -> int:
    """The whole list in its new order; what it does not name any more is asked no more. Returns the platform's new revision.

    Conflict when somebody saved after `revision`. Refusals name `criteria.0.name` …
    """
    if not actor.may(Permission.PROFILE_EDIT):
        raise Forbidden
    drafts = _checked(wanted)
    tenant = await claim_revision(session, revision)
    known = {row.slug: row for row in await _locked(session)}
    _refuse_strangers(drafts, known)
    before = _now(known)
    used = set((await session.execute(select(CriterionCheck.criterion_id).distinct())).scalars())
    kept = [_place(session, draft, known, used, ordinal) for ordinal, draft in enumerate(drafts, start=1)]
    for row in [row for row in known.values() if row not in kept]:
        if row.id in used:
            row.ordinal = RETIRED
        else:
            await session.delete(row)
    await session.flush()
    if _now({row.slug: row for row in kept}) == before:
        return revision
    _close(session, actor, tenant, kept)
    await session.flush()
    # The revision stands in the profile, which is kept in memory for as long as this version holds.
    await bump(session)
    return tenant.revision


def _checked(wanted: Sequence[CriterionDraft]) -> list[CriterionDraft]:
    """Those that are used, cleaned; places in refusals count all of them."""
    if len(wanted) > MOST_CRITERIA:
        raise Refusal("TOO_MANY", f"審査の基準は{MOST_CRITERIA}件までにしてください。", "criteria")
    problems: list[Refusal] = []
    drafts: list[CriterionDraft] = []
    for index, draft in enumerate(wanted):
        if draft.used:
            drafts.append(
                msgspec.structs.replace(draft, name=clean_text(draft.name), hint=clean_lines(draft.hint).strip())
            )
            problems += _problems(drafts[-1], f"criteria.{index}")
    if problems:
        raise Refusals(problems)
    return drafts


def _problems(draft: CriterionDraft, place: str) -> list[Refusal]:
    found = []
    if not draft.name:
        found.append(Refusal("REQUIRED", "何を確かめるかを入力してください。", f"{place}.name"))
    if len(draft.name) > LONGEST_NAME:
        found.append(Refusal("TOO_LONG", f"{LONGEST_NAME}字までで入力してください。", f"{place}.name"))
    if len(draft.hint) > LONGEST_HINT:
        found.append(Refusal("TOO_LONG", f"説明は{LONGEST_HINT}字までで入力してください。", f"{place}.hint"))
    return found


async def _locked(session: AsyncSession) -> list[Criterion]:
    """A finding refers to its criterion: until this transaction ends nobody can add one to a line that is about to go."""
    return list((await session.execute(select(Criterion).order_by(Criterion.slug).with_for_update())).scalars())


def _refuse_strangers(drafts: list[CriterionDraft], known: dict[str, Criterion]) -> None:
    slugs = [draft.slug for draft in drafts if draft.slug]
    if len(set(slugs)) < len(slugs) or not set(slugs) <= set(known):
        raise Refusal("INVALID_INPUT", "この基準はありません。画面を開き直してください。", "criteria")


def _place(
    session: AsyncSession, draft: CriterionDraft, known: dict[str, Criterion], used: set[UUID], ordinal: int
) -> Criterion:
    row = known.get(draft.slug)
    if row is None or (row.id in used and row.name != draft.name):
        kind = draft.kind if row is None else row.kind
        row = Criterion(slug=_free_slug(kind, known), name=draft.name, kind=kind)
        known[row.slug] = row
        session.add(row)
    row.name, row.required, row.hint, row.ordinal = draft.name, draft.required, draft.hint or None, ordinal
    return row


def _free_slug(kind: CriterionKind, known: dict[str, Criterion]) -> str:
    return next(slug for number in range(1, len(known) + 2) if (slug := f"{kind.lower()}-{number}") not in known)


def _now(rows: dict[str, Criterion]) -> list[tuple[object, ...]]:
    asked = sorted((row for row in rows.values() if row.ordinal != RETIRED), key=lambda row: (row.ordinal, row.slug))
    return [(row.slug, row.name, row.required, row.hint) for row in asked]


def _close(session: AsyncSession, actor: Actor, tenant: Tenant, rows: list[Criterion]) -> None:
    tenant.revision += 1
    tenant.updated_at = clock.now()
    lines = [row.name + ("（承認に必要）" if row.required else "") for row in rows]
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action="checklist.edit",
        summary="、".join(lines) or "なし",
    )
