"""What one row of a member list would do to the ledger: found by 法人番号, else by name and place; compared; never guessed.

The dry run and the run itself ask here, so that they cannot differ. Only what a cell says is written: an empty cell erases nothing,
and the days of the ledger are never overwritten.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.kit.japanese import eras
from shared.kit.refusals import Refusal, Refusals
from shared.members.admission import hold_numbers
from shared.members.details import ApplicationDetails
from shared.members.imports.columns import MEANINGS
from shared.members.imports.known import Candidate, Known
from shared.members.imports.models import Outcome
from shared.members.imports.reading import LedgerRow
from shared.members.models import Membership, Organisation
from shared.members.secret_places import SecretPlace, refuse_in, secret_places
from shared.members.versions import CHANGEABLE, details_of_all, differences

_UNSAID = frozenset({"visibility"})
_LABELS = MEANINGS | {"municipality_code": MEANINGS["municipality"]}


class Stay(msgspec.Struct):
    """One membership: of the ledger, or (without id) planned by an earlier row."""

    id: UUID | None
    joined_on: date
    left_on: date | None
    source: str | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`changes` are cleaned values by field, `before` what stood there; of the three about the stay at most one is set beside `source`."""

    row: LedgerRow
    organisation_id: UUID
    is_new: bool = False
    changes: dict[str, Any] = {}
    before: dict[str, Any] = {}
    new_stay: Stay | None = None
    ended: Stay | None = None
    sourced: Stay | None = None
    problem: Refusal | None = None

    @property
    def outcome(self) -> Outcome:
        if self.problem:
            return Outcome.FAULTY
        if self.is_new:
            return Outcome.NEW
        touched = self.changes or self.new_stay or self.ended or self.sourced
        return Outcome.CHANGED if touched else Outcome.UNCHANGED

    @property
    def labels(self) -> list[str]:
        """What becomes different, in words."""
        stay = {"joined_on": self.new_stay, "left_on": self.ended, "source": self.sourced}
        return [_LABELS[name] for name in [*self.changes, *(name for name, planned in stay.items() if planned)]]


#: By a row's number: what may stand in the ledger where the row changes it, as the check has shown it or the import has written it.
Expected = Mapping[int, Sequence[Mapping[str, Any]]]


async def plan_all(
    session: AsyncSession,
    rows: Sequence[LedgerRow],
    *,
    guessed: Collection[int],
    default_joined_on: date | None,
    expected: Expected | None = None,
) -> list[Plan]:
    """In the order of `rows`, each seeing what the ones before it plan. `guessed` are the numbers of rows whose kana nobody wrote.

    With `expected` the plans are about to be written: nobody else changes what they speak of until the transaction ends.
    """
    known = await Known.load(session, rows)
    if expected is not None:
        await _hold(session, known, rows)
        known = await Known.load(session, rows)
    unborn: set[UUID] = set()
    found = [_find(known, row, unborn) for row in rows]
    ids = {organisation_id for organisation_id, _ in found} - unborn
    details, stays = await details_of_all(session, ids), await _stays(session, ids)
    secrets = await secret_places(session, ids)
    plans = []
    for row, (organisation_id, problem) in zip(rows, found, strict=True):
        is_new = organisation_id in unborn
        before = row.details if is_new else details[organisation_id]
        plan = Plan(row=row, organisation_id=organisation_id, is_new=is_new, problem=problem)
        if not problem:
            changes = {} if is_new else _changes(before, row.details, kana_guessed=row.number in guessed)
            overtaken = _overtaken(before, changes, (expected or {}).get(row.number))
            problem = overtaken or _told(secrets.get(organisation_id), before, changes)
            was = {name: _stored(getattr(before, name)) for name in changes}
            plan = msgspec.structs.replace(plan, problem=problem, before=was)
        if not plan.problem:
            plan = _with_stay(plan, changes, stays.setdefault(organisation_id, []), default_joined_on)
        if not plan.problem:
            details[organisation_id] = msgspec.structs.replace(before, **plan.changes)
            unborn.discard(organisation_id)
        plans.append(plan)
    return plans


async def _hold(session: AsyncSession, known: Known, rows: Sequence[LedgerRow]) -> None:
    await hold_numbers(session, [row.details.corporate_number for row in rows])
    meant = select(Organisation.id).where(Organisation.id.in_(known.ids)).order_by(Organisation.id)
    await session.execute(meant.with_for_update(key_share=True))


def _overtaken(
    before: ApplicationDetails, changes: Mapping[str, Any], expected: Sequence[Mapping[str, Any]] | None
) -> Refusal | None:
    """Refusal when somebody has changed since the check what the row would change."""
    if expected is None:
        return None
    for name in changes:
        now = _stored(getattr(before, name))
        if not any(name in each and each[name] == now for each in expected):
            return moved(name)
    return None


def _stored(value: Any) -> Any:
    """As it comes back out of the database."""
    return list(value) if isinstance(value, tuple) else value


def moved(name: str) -> Refusal:
    """Of a row that would overwrite what nobody has been shown."""
    return Refusal(
        "LEDGER_MOVED",
        f"点検のあとで、台帳の「{_LABELS[name]}」が変わりました。いまの内容を確かめてから、この行だけをもう一度取り込んでください。",
        name,
    )


def _find(known: Known, row: LedgerRow, unborn: set[UUID]) -> tuple[UUID, Refusal | None]:
    details = row.details
    try:
        organisation_id = known.match(row)
    except Refusal as refusal:
        organisation_id = uuid7()
        unborn.add(organisation_id)
        return organisation_id, refusal
    if organisation_id is None:
        organisation_id = uuid7()
        unborn.add(organisation_id)
        numbers = (details.corporate_number or None, details.municipality_code or None)
        known.add(Candidate(organisation_id, *numbers, details.address), details.name)
    return organisation_id, None


def _changes(before: ApplicationDetails, row: ApplicationDetails, *, kana_guessed: bool) -> dict[str, Any]:
    unsaid = _UNSAID | {"kana"} if kana_guessed else _UNSAID
    said = {name: getattr(row, name) for name in CHANGEABLE if name not in unsaid and getattr(row, name)}
    different = differences(before, msgspec.structs.replace(before, **said))
    return {name: after for name, (_, after) in different.items()}


def _told(place: SecretPlace | None, before: ApplicationDetails, changes: dict[str, Any]) -> Refusal | None:
    try:
        refuse_in(place, before, msgspec.structs.replace(before, **changes))
    except Refusals as refused:
        return refused.problems[0]
    return None


def _with_stay(plan: Plan, changes: dict[str, Any], stays: list[Stay], default: date | None) -> Plan:
    try:
        about_stay = _plan_stay(plan.row, stays, default)
    except Refusal as refusal:
        return msgspec.structs.replace(plan, problem=refusal)
    return msgspec.structs.replace(plan, changes=changes, **about_stay)


def _plan_stay(row: LedgerRow, stays: list[Stay], default: date | None) -> dict[str, Stay]:
    if row.ledger_id and not (stays or row.joined_on or row.left_on):
        return {}  # known without a date, and the list knows none either
    joined_on = row.joined_on or (None if stays else default)
    if row.joined_on is None and not stays and (row.left_on or default is None):
        raise Refusal("JOINED_ON_MISSING", "加入日がわかりません。加入日を入れてください。", "joined_on")
    same = _same(stays, joined_on)
    if same is None:
        stay = Stay(None, joined_on or date.min, row.left_on, row.details.source or None)
        _refuse_overlap(stay, stays)
        stays.append(stay)
        return {"new_stay": stay}
    planned = {}
    if row.left_on and row.left_on != same.left_on:
        _refuse_other_end(same, row.left_on)
        same.left_on = row.left_on
        planned["ended"] = same
    if row.details.source and same.source is None:
        same.source = row.details.source
        planned["sourced"] = same
    return planned


def _same(stays: list[Stay], joined_on: date | None) -> Stay | None:
    """Without a date a row speaks of the stay that goes on, else of the last one."""
    if joined_on is None:
        return max(stays, key=lambda stay: (stay.left_on is None, stay.joined_on))
    return next((stay for stay in stays if stay.joined_on == joined_on), None)


def _refuse_overlap(new: Stay, stays: list[Stay]) -> None:
    for old in stays:
        if new.joined_on < (old.left_on or date.max) and old.joined_on < (new.left_on or date.max):
            raise Refusal(
                "JOINED_ON_DIFFERS",
                f"台帳の加入日（{_day(old.joined_on)}）と違います。台帳の日付は取り込みでは変わりません。",
                "joined_on",
            )


def _refuse_other_end(stay: Stay, left_on: date) -> None:
    if stay.left_on is not None:
        raise Refusal(
            "LEFT_ON_DIFFERS",
            f"台帳の退会日（{_day(stay.left_on)}）と違います。台帳の日付は取り込みでは変わりません。",
            "left_on",
        )
    if left_on < stay.joined_on:
        raise Refusal(
            "LEFT_ON_TOO_EARLY", f"退会日が、台帳の加入日（{_day(stay.joined_on)}）より前になっています。", "left_on"
        )


def _day(day: date) -> str:
    return eras.japanese_date(day, weekday=False)


async def _stays(session: AsyncSession, organisation_ids: Collection[UUID]) -> dict[UUID, list[Stay]]:
    statement = (
        select(Membership.organisation_id, Membership.id, Membership.joined_on, Membership.left_on, Membership.source)
        .where(Membership.organisation_id.in_(organisation_ids))
        .order_by(Membership.joined_on)
    )
    stays: dict[UUID, list[Stay]] = {}
    for row in await session.execute(statement):
        stays.setdefault(row.organisation_id, []).append(Stay(row.id, row.joined_on, row.left_on, row.source))
    return stays
