"""What people write when they register, and what is checked before it is kept."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import msgspec

from shared.events.drafts import LARGEST_PARTY
from shared.events.registrations.models import Attendance
from shared.kit.japanese import Unreadable, normalise
from shared.kit.japanese.folding import fold
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Refusal, Refusals

#: Field, its name for people, and the most characters that it takes.
LINES = (("name", "お名前", 100), ("organisation_name", "団体名・所属", 200))
TEXTS = (("companions", "同行者のお名前", 2_000), ("needs", "参加への配慮", 1_000), ("remarks", "備考", 1_000))


class RegistrationDraft(msgspec.Struct, kw_only=True, frozen=True):
    """`party_size` counts the person too; `companions` are the names of the others. `attendance` null: the event's first way."""

    name: str
    kana: str | None = None
    email: str | None = None
    phone: str | None = None
    organisation_name: str | None = None
    attendance: Attendance | None = None
    party_size: int = 1
    companions: str | None = None
    needs: str | None = None
    remarks: str | None = None
    home_tenant_id: int | None = None
    organisation_id: UUID | None = None


def checked_registration(draft: RegistrationDraft, *, by_staff: bool = False) -> RegistrationDraft:
    """The draft as it is stored. Raises Refusals that name its fields.

    Who registers on the web must be reachable by mail; on the telephone and on paper one of mail and telephone will do.
    """
    cleaned = _cleaned(draft)
    problems = [*_text_problems(cleaned)]
    read: dict[str, Any] = {}
    for field, reader in _READERS:
        try:
            read[field] = _read(getattr(draft, field), reader)
        except Unreadable as unreadable:
            problems.append(Refusal("UNREADABLE", str(unreadable), field))
            read[field] = getattr(draft, field)
    problems += _contact_problems(read, by_staff)
    if problems:
        raise Refusals(problems)
    return msgspec.structs.replace(cleaned, **read)


def checked_remarks(text: str) -> str | None:
    """The secretariat's note as it is stored."""
    longest = next(longest for field, _, longest in TEXTS if field == "remarks")
    cleaned = clean_lines(text)
    if len(cleaned) > longest:
        raise Refusal("TOO_LONG", f"備考は{longest:,}文字までで入力してください。", "remarks")
    return cleaned or None


def person_key(draft: RegistrationDraft) -> str:
    """By which the same person is known again at one event. An office that shares an address registers as a group."""
    if draft.email:
        return f"mail {draft.email.casefold()}"
    return f"phone {draft.phone} {fold(draft.name)}"


_READERS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("kana", normalise.katakana),
    ("email", normalise.email),
    ("phone", normalise.phone),
)


def _cleaned(draft: RegistrationDraft) -> RegistrationDraft:
    lines = {field: clean_text(getattr(draft, field) or "") or None for field, _, _ in LINES}
    texts = {field: clean_lines(getattr(draft, field) or "") or None for field, _, _ in TEXTS}
    return msgspec.structs.replace(draft, **(lines | texts | {"name": lines["name"] or ""}))


def _text_problems(draft: RegistrationDraft) -> Iterator[Refusal]:
    if not draft.name:
        yield Refusal("REQUIRED", "お名前を入力してください。", "name")
    for field, label, longest in (*LINES, *TEXTS):
        if len(getattr(draft, field) or "") > longest:
            yield Refusal("TOO_LONG", f"{label}は{longest:,}文字までで入力してください。", field)
    if len(draft.kana or "") > 100:
        yield Refusal("TOO_LONG", "フリガナは100文字までで入力してください。", "kana")
    if not 1 <= draft.party_size <= LARGEST_PARTY:
        yield Refusal("OUT_OF_RANGE", f"人数は1人から{LARGEST_PARTY}人までで入力してください。", "party_size")


def _contact_problems(read: dict[str, Any], by_staff: bool) -> Iterator[Refusal]:
    if read["email"]:
        return
    if not by_staff:
        yield Refusal(
            "REQUIRED",
            "メールアドレスを入力してください。受付番号と、変更や取消のためのリンクをお送りします。",
            "email",
        )
    elif not read["phone"]:
        yield Refusal("REQUIRED", "電話番号かメールアドレスのどちらかを入力してください。", "phone")


def _read(text: str | None, reader: Callable[[str], str]) -> str | None:
    return reader(text) if text and text.strip() else None
