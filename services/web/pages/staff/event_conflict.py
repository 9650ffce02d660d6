"""Two people at one event: both versions field by field, and a button for each that takes over what is stored."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from litestar.datastructures import FormMultiDict

from services.web.days import PARTS
from services.web.forms import Form
from services.web.pages.staff.event_form import MOMENTS, PARTY, SEATS, EventInput, rows_of, values_of
from services.web.pages.staff.event_rows import Rows
from shared.events import words
from shared.events.copies import draft_of, programme_of
from shared.events.drafts import LINES, TEXTS, SessionDraft
from shared.events.views import EventView

#: The button's name; its value is the field.
TAKE = "take"
PROGRAMME = "sessions"
LABELS = {
    "title": "行事名",
    "kind": "種類",
    **{name: label for name, label, _ in LINES if name != "title"},
    **MOMENTS,
    "all_day": "終日",
    "online": "オンライン参加",
    **SEATS,
    "takes_registrations": "申込の受付",
    "members_only": "参加団体だけ",
    PARTY[0]: PARTY[1],
    **{name: label for name, label, _ in TEXTS},
    "contact_phone": "問い合わせの電話",
    "contact_email": "問い合わせのメール",
    "flyer_id": "チラシ・写真",
}
_BOX_OF = {"flyer_id": "image_id"}


class Difference(msgspec.Struct, frozen=True):
    """`box` is where the field stands on the form."""

    field: str
    label: str
    stored: str
    typed: str
    box: str


def differences(stored: EventView, given: EventInput) -> list[Difference]:
    """What differs between what is stored now and what was typed, from top to bottom."""
    return list(_differences(stored, given))


def _differences(stored: EventView, given: EventInput) -> Iterator[Difference]:
    kept, typed = draft_of(stored), given.draft
    for field, label in LABELS.items():
        if getattr(kept, field) != getattr(typed, field):
            shown = [
                _flyer(stored, draft.flyer_id) if field == "flyer_id" else _shown(field, draft)
                for draft in (kept, typed)
            ]
            yield Difference(field, label, shown[0], shown[1], _BOX_OF.get(field, field))
    programmes = (programme_of(stored), given.sessions)
    if programmes[0] != programmes[1]:
        before, after = (_programme(parts) for parts in programmes)
        yield Difference(PROGRAMME, "プログラム", before, after, "rows")


def take_stored(form: Form, typed: dict[str, Any], rows: Rows, stored: EventView) -> tuple[dict[str, Any], Rows]:
    """The typed values with one field as it is stored."""
    field = form.text(TAKE)
    if field == PROGRAMME:
        return typed, rows_of(stored)
    values = values_of(stored)
    if field in MOMENTS:
        names = [f"{field}_{part}" for part in (*PARTS, "time")]
    else:
        names = [_BOX_OF.get(field, field)] if field in LABELS else []
    kept = {name: value for name, value in typed.items() if name not in names}
    return kept | {name: values.get(name, "") for name in names}, rows


def form_of(typed: dict[str, Any], rows: Rows) -> Form:
    """As if a browser had sent these values."""
    values = {name: "" if value is None else str(value) for name, value in (typed | rows.flat()).items()}
    return Form(FormMultiDict(list(values.items())), genuine=True)


def _shown(field: str, draft: Any) -> str:
    value = getattr(draft, field)
    if field == "kind":
        return words.KINDS[value]
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, datetime):
        return words.moment(value)
    return f"{value:,}人" if isinstance(value, int) else value or "（なし）"


def _flyer(stored: EventView, flyer_id: Any) -> str:
    if flyer_id is None:
        return "（なし）"
    known = stored.flyer
    return known.alt or "飾りの画像" if known and known.id == flyer_id else "下の欄で選ばれている画像"


def _programme(parts: tuple[SessionDraft, ...]) -> str:
    return "\n".join(map(_part, parts)) or "（なし）"


def _part(part: SessionDraft) -> str:
    people = "、".join(
        " ".join(filter(None, (who.role_label, who.affiliation, who.person_name))) for who in part.appearances
    )
    begins = words.moment(part.starts_at) if part.starts_at else None
    length = f"{part.minutes}分" if part.minutes else None
    return " ".join(filter(None, (part.label, part.title, begins, length, people, part.body)))
