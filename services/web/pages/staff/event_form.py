"""An event as a form: flat names for what is typed, drafts for what it means.

Rows are named as the refusals of the slice name them: `sessions.0.title`, `sessions.0.appearances.1.person_name`.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.web.days import clock_face, moment_values, read_moment, time_of
from services.web.forms import Form
from services.web.pages.staff.event_rows import PERSON_FIELDS, Rows, SessionRow
from shared.events.drafts import YEARS, AppearanceDraft, EventDraft, SessionDraft, checked_event, checked_sessions
from shared.events.models import EventKind
from shared.events.queries import EventView
from shared.kit import clock
from shared.kit.japanese.normalise import clean_text, digits
from shared.kit.refusals import Refusal, Refusals

TEXTS = (
    "title",
    "theme",
    "venue",
    "audience",
    "how_to_apply",
    "contact_phone",
    "contact_email",
    "organiser",
    "accessibility",
    "questionnaire_url",
    "description",
    "description_easy",
)
CHECKS = ("all_day", "online", "takes_registrations", "members_only")
MOMENTS = {
    "starts_at": "開始の日時",
    "ends_at": "終了の日時",
    "registration_opens_at": "申込の受付開始",
    "registration_deadline": "申込の締切",
}
#: As the form has them from top to bottom.
IN_ORDER = (
    "title",
    "kind",
    "theme",
    "starts_at",
    "ends_at",
    "venue",
    "capacity",
    "online_capacity",
    "organiser",
    "description",
    "description_easy",
    "registration_opens_at",
    "registration_deadline",
    "party_limit",
    "audience",
    "how_to_apply",
    "contact_phone",
    "contact_email",
    "accessibility",
    "questionnaire_url",
)
SEATS = {"capacity": "会場の定員", "online_capacity": "オンラインの定員"}
PARTY = ("party_limit", "一度に申し込める人数")
#: Days.
LONGEST_EVENT = 366


class EventInput(msgspec.Struct, frozen=True):
    draft: EventDraft
    sessions: tuple[SessionDraft, ...]


class _Reader:
    """Reads field by field and collects what is wrong, so that the form shows everything at once."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[Refusal] = []

    def moment(self, name: str, label: str, same_day: datetime | None = None) -> datetime | None:
        try:
            return read_moment(self.form, name, label, required=name == "starts_at", same_day=same_day)
        except Refusal as refusal:
            self.problems.append(refusal)
            return None

    def number(self, typed: str, name: str, label: str) -> int | None:
        text = digits(clean_text(typed)).replace(",", "").replace("，", "").rstrip("人名分 　")
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        self.problems.append(Refusal("UNREADABLE", f"{label}は0以上の数字で入力してください。", name))
        return None

    def day(self, typed: str, name: str, label: str, first_day: date) -> date:
        """The n-th day of the event; the first where nothing was typed."""
        nth = self.number(typed.removesuffix("日目"), name, label)
        if nth is None:
            return first_day
        if not 1 <= nth <= LONGEST_EVENT or first_day.year not in YEARS:
            self.problems.append(
                Refusal("OUT_OF_RANGE", f"{label}は1から{LONGEST_EVENT}までで入力してください。", name)
            )
            return first_day
        return first_day + timedelta(days=nth - 1)

    def session(self, index: int, row: SessionRow, first_day: date) -> SessionDraft:
        place, number = f"sessions.{index}", f"プログラム{index + 1}番目"
        starts_at = None
        try:
            clocked = time_of(row.values["time"], f"{place}.time", f"{number}の開始")
            day = self.day(row.values["day"], f"{place}.day", f"{number}の「何日目」", first_day)
            starts_at = datetime.combine(day, clocked, clock.JST) if clocked else None
        except Refusal as refusal:
            self.problems.append(refusal)
        return SessionDraft(
            title=row.values["title"],
            label=row.values["label"],
            starts_at=starts_at,
            minutes=self.number(row.values["minutes"], f"{place}.minutes", f"{number}の長さ"),
            body=row.values["body"],
            appearances=tuple(
                AppearanceDraft(**{name: person[name] for name in PERSON_FIELDS}) for person in row.people
            ),
        )

    def check(self, check: Any, draft: Any) -> None:
        """The slice's own rules; of two problems in one field the first is told."""
        known = {problem.field for problem in self.problems}
        try:
            check(draft)
        except Refusal as refusal:
            found = refusal.problems if isinstance(refusal, Refusals) else [refusal]
            self.problems += [problem for problem in found if problem.field not in known]


def read_event(form: Form, rows: Rows, flyer_id: UUID | None) -> EventInput:
    """Raises Refusals with everything that is wrong. `rows` are those of the form, without the empty ones."""
    reader = _Reader(form)
    begins = reader.moment("starts_at", MOMENTS["starts_at"])
    same_day = {"ends_at": begins}
    moments: dict[str, Any] = {
        name: reader.moment(name, label, same_day.get(name)) for name, label in MOMENTS.items() if name != "starts_at"
    }
    starts_at = begins or datetime.combine(clock.today(), datetime.min.time(), clock.JST)
    kind = form.text("kind")
    if kind not in list(EventKind):
        reader.problems.append(Refusal("REQUIRED", "種類を選んでください。", "kind"))
    columns: dict[str, Any] = {name: form.text(name) for name in TEXTS}
    columns |= {name: form.checked(name) for name in CHECKS}
    # What a button offers in place of too few seats goes before what was typed.
    seats = {name: form.text(f"{name}_instead") or form.text(name) for name in SEATS}
    columns |= {name: reader.number(seats[name], name, label) for name, label in SEATS.items()}
    limit = reader.number(form.text(PARTY[0]), *PARTY)
    columns[PARTY[0]] = 1 if limit is None else limit
    known_kind = EventKind(kind) if kind in list(EventKind) else EventKind.MEETING
    draft = EventDraft(kind=known_kind, starts_at=starts_at, flyer_id=flyer_id, **columns, **moments)
    first_day = starts_at.astimezone(clock.JST).date()
    sessions = tuple(reader.session(index, row, first_day) for index, row in enumerate(rows.sessions))
    reader.check(checked_event, draft)
    reader.check(checked_sessions, sessions)
    if reader.problems:
        raise Refusals(sorted(reader.problems, key=_place_on_the_form))
    return EventInput(checked_event(draft), checked_sessions(sessions))


def _place_on_the_form(problem: Refusal) -> int:
    """The summary names mistakes in the order in which one comes across them; the programme is last, in its own order."""
    return IN_ORDER.index(problem.field) if problem.field in IN_ORDER else len(IN_ORDER)


def values_of(event: EventView) -> dict[str, Any]:
    """What the form shows for a stored event, without its rows."""
    values: dict[str, Any] = {name: getattr(event, name) for name in (*TEXTS, *SEATS, PARTY[0])}
    values |= {name: "1" if getattr(event, name) else "" for name in CHECKS}
    for name in MOMENTS:
        values |= moment_values(name, getattr(event, name), all_day=event.all_day)
    flyer = {"image_id": event.flyer.id, "chosen_alt": event.flyer.alt} if event.flyer else {"image_id": ""}
    return values | flyer | {"kind": event.kind, "revision": event.revision}


def rows_of(event: EventView) -> Rows:
    return Rows([_row(event, session) for session in event.sessions])


def _row(event: EventView, session: Any) -> SessionRow:
    local = session.starts_at.astimezone(clock.JST) if session.starts_at else None
    values = {
        "label": session.label or "",
        "title": session.title,
        "time": clock_face(local) if local else "",
        "day": str((local.date() - event.first_day).days + 1) if local and local.date() > event.first_day else "",
        "minutes": str(session.minutes or ""),
        "body": session.body or "",
    }
    people = [{name: getattr(person, name) or "" for name in PERSON_FIELDS} for person in session.appearances]
    return SessionRow(values, people)
