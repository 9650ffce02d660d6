"""What people write when they prepare an event, and what is checked before it is kept."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from shared.events.models import EventKind
from shared.kit import clock
from shared.kit.japanese import Unreadable, normalise
from shared.kit.japanese.eras import in_japan
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Refusal, Refusals

MOST_SEATS = 1_000_000
#: No registration brings more people than this, whoever enters it.
LARGEST_PARTY = 50
MOST_SESSIONS = 60
MOST_APPEARANCES = 40
YEARS = range(1989, 2101)

#: Field, its name for people, and the most characters that it takes.
LINES = (
    ("title", "行事名", 200),
    ("theme", "テーマ", 300),
    ("venue", "会場", 300),
    ("audience", "参加できる方", 500),
    ("organiser", "主催", 300),
    ("questionnaire_url", "アンケートのアドレス", 500),
)
TEXTS = (
    ("how_to_apply", "申込方法", 2_000),
    ("accessibility", "参加への配慮", 1_000),
    ("description", "内容", 20_000),
    ("description_easy", "やさしい日本語の内容", 20_000),
)


class EventDraft(msgspec.Struct, kw_only=True, frozen=True):
    """All that can be set on an event. A time without offset is one of Japan. `capacity` is that of the hall; null is no limit."""

    title: str
    kind: EventKind
    starts_at: datetime
    ends_at: datetime | None = None
    all_day: bool = False
    theme: str | None = None
    venue: str | None = None
    online: bool = False
    capacity: int | None = None
    online_capacity: int | None = None
    takes_registrations: bool = True
    members_only: bool = False
    party_limit: int = 1
    registration_opens_at: datetime | None = None
    registration_deadline: datetime | None = None
    audience: str | None = None
    how_to_apply: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    organiser: str | None = None
    accessibility: str | None = None
    description: str = ""
    description_easy: str | None = None
    flyer_id: UUID | None = None
    questionnaire_url: str | None = None


class AppearanceDraft(msgspec.Struct, kw_only=True, frozen=True):
    """A person on stage; `affiliation` is that of the day."""

    person_name: str
    role_label: str | None = None
    affiliation: str | None = None
    summary: str | None = None


class SessionDraft(msgspec.Struct, kw_only=True, frozen=True):
    """A part of an event: 第1部, ①, パネルディスカッション."""

    title: str
    label: str | None = None
    starts_at: datetime | None = None
    minutes: int | None = None
    body: str | None = None
    appearances: tuple[AppearanceDraft, ...] = ()


def checked_event(draft: EventDraft) -> EventDraft:
    """The draft as it is stored. Raises Refusals that name its fields."""
    cleaned = _cleaned(draft)
    problems = [*_text_problems(cleaned), *_time_problems(cleaned), *_seat_problems(cleaned)]
    contacts: dict[str, str | None] = {}
    for field, read in (("contact_phone", normalise.phone), ("contact_email", normalise.email)):
        try:
            contacts[field] = _read(getattr(draft, field), read)
        except Unreadable as unreadable:
            problems.append(Refusal("UNREADABLE", str(unreadable), field))
    if problems:
        raise Refusals(problems)
    return msgspec.structs.replace(cleaned, **contacts)


def checked_sessions(drafts: tuple[SessionDraft, ...]) -> tuple[SessionDraft, ...]:
    """Raises Refusals whose fields look like `sessions.0.title` and `sessions.0.appearances.1.person_name`."""
    if len(drafts) > MOST_SESSIONS:
        raise Refusal("TOO_MANY", f"プログラムは{MOST_SESSIONS}件までです。", "sessions")
    cleaned = tuple(_cleaned_session(draft) for draft in drafts)
    problems = [problem for index, draft in enumerate(cleaned) for problem in _session_problems(draft, index)]
    if problems:
        raise Refusals(problems)
    return cleaned


def _cleaned(draft: EventDraft) -> EventDraft:
    lines = {field: one_line(getattr(draft, field)) for field, _, _ in LINES}
    texts = {field: many_lines(getattr(draft, field)) for field, _, _ in TEXTS}
    times = ("starts_at", "ends_at", "registration_opens_at", "registration_deadline")
    changes = lines | texts | {field: with_offset(getattr(draft, field)) for field in times}
    changes["title"] = lines["title"] or ""
    changes["description"] = texts["description"] or ""
    return msgspec.structs.replace(draft, **changes)


def _text_problems(draft: EventDraft) -> Iterator[Refusal]:
    if not draft.title:
        yield Refusal("REQUIRED", "行事名を入力してください。", "title")
    for field, label, longest in (*LINES, *TEXTS):
        if len(getattr(draft, field) or "") > longest:
            yield Refusal("TOO_LONG", f"{label}は{longest:,}文字までで入力してください。", field)
    if draft.questionnaire_url and not is_https(draft.questionnaire_url):
        message = "アンケートのアドレスは、https:// で始まるものを入力してください。"
        yield Refusal("NOT_HTTPS", message, "questionnaire_url")


def check_times(
    starts_at: datetime,
    ends_at: datetime | None,
    *,
    all_day: bool,
    opens_at: datetime | None,
    deadline: datetime | None,
) -> None:
    """Raises Refusals when the hours of an event contradict each other."""
    if problems := list(_contradictions(starts_at, ends_at, all_day, opens_at, deadline)):
        raise Refusals(problems)


def is_https(address: str) -> bool:
    """An address that people can be sent to: encrypted, with a host, without a name and password in it."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None and " " not in address
    except ValueError:
        return False


def _time_problems(draft: EventDraft) -> Iterator[Refusal]:
    opens_at, deadline = draft.registration_opens_at, draft.registration_deadline
    return _contradictions(draft.starts_at, draft.ends_at, draft.all_day, opens_at, deadline)


def _contradictions(
    starts_at: datetime,
    ends_at: datetime | None,
    all_day: bool,
    opens_at: datetime | None,
    deadline: datetime | None,
) -> Iterator[Refusal]:
    if starts_at.year not in YEARS:
        yield Refusal("OUT_OF_RANGE", f"開始の年は{YEARS[0]}年から{YEARS[-1]}年までで入力してください。", "starts_at")
    if ends_at is not None and ends_at < starts_at:
        yield Refusal("ENDS_BEFORE_START", "終了が開始より前になっています。日時を確かめてください。", "ends_at")
    lasts = ends_at or starts_at
    if deadline is not None and _is_after(deadline, lasts, all_day):
        message = "申込の締切が行事の後になっています。日時を確かめてください。"
        yield Refusal("DEADLINE_AFTER_EVENT", message, "registration_deadline")
    if opens_at is not None and deadline is not None and opens_at >= deadline:
        yield Refusal("OPENS_AFTER_DEADLINE", "申込の受付開始が締切より後になっています。", "registration_opens_at")
    elif opens_at is not None and _is_after(opens_at, lasts, all_day):
        message = "申込の受付開始が行事の後になっています。日時を確かめてください。"
        yield Refusal("OPENS_AFTER_EVENT", message, "registration_opens_at")


def _is_after(moment: datetime, lasts: datetime, all_day: bool) -> bool:
    """Of whole days the last one counts until midnight."""
    return in_japan(moment).date() > in_japan(lasts).date() if all_day else moment > lasts


def _seat_problems(draft: EventDraft) -> Iterator[Refusal]:
    for field, label in (("capacity", "会場の定員"), ("online_capacity", "オンラインの定員")):
        seats = getattr(draft, field)
        if seats is not None and not 0 <= seats <= MOST_SEATS:
            message = f"{label}は0から{MOST_SEATS:,}までの数で入力してください。定員がないときは空欄にします。"
            yield Refusal("OUT_OF_RANGE", message, field)
    if not 1 <= draft.party_limit <= LARGEST_PARTY:
        message = f"一度に申し込める人数は1人から{LARGEST_PARTY}人までで入力してください。"
        yield Refusal("OUT_OF_RANGE", message, "party_limit")


def _cleaned_session(draft: SessionDraft) -> SessionDraft:
    return msgspec.structs.replace(
        draft,
        title=clean_text(draft.title),
        label=one_line(draft.label),
        starts_at=with_offset(draft.starts_at),
        body=many_lines(draft.body),
        appearances=tuple(
            AppearanceDraft(
                person_name=clean_text(each.person_name),
                role_label=one_line(each.role_label),
                affiliation=one_line(each.affiliation),
                summary=many_lines(each.summary),
            )
            for each in draft.appearances
        ),
    )


def _session_problems(draft: SessionDraft, index: int) -> Iterator[Refusal]:
    place = f"sessions.{index}"
    number = f"プログラム{index + 1}番目"
    if not draft.title:
        yield Refusal("REQUIRED", f"{number}の題名を入力してください。", f"{place}.title")
    if draft.minutes is not None and not 1 <= draft.minutes <= 7 * 24 * 60:
        yield Refusal("OUT_OF_RANGE", f"{number}の時間は1分以上で入力してください。", f"{place}.minutes")
    if len(draft.appearances) > MOST_APPEARANCES:
        yield Refusal("TOO_MANY", f"{number}の登壇者は{MOST_APPEARANCES}人までです。", f"{place}.appearances")
    for field, longest in (("title", 300), ("label", 40), ("body", 5_000)):
        if len(getattr(draft, field) or "") > longest:
            yield Refusal("TOO_LONG", f"{number}は{longest:,}文字までで入力してください。", f"{place}.{field}")
    for position, person in enumerate(draft.appearances):
        yield from _appearance_problems(person, f"{place}.appearances.{position}", number)


def _appearance_problems(draft: AppearanceDraft, place: str, number: str) -> Iterator[Refusal]:
    if not draft.person_name:
        yield Refusal("REQUIRED", f"{number}の登壇者の氏名を入力してください。", f"{place}.person_name")
    for field, longest in (("person_name", 100), ("role_label", 60), ("affiliation", 200), ("summary", 3_000)):
        if len(getattr(draft, field) or "") > longest:
            message = f"{number}の登壇者の欄は{longest:,}文字までで入力してください。"
            yield Refusal("TOO_LONG", message, f"{place}.{field}")


def one_line(text: str | None) -> str | None:
    return clean_text(text or "") or None


def many_lines(text: str | None) -> str | None:
    return clean_lines(text or "") or None


def with_offset(moment: datetime | None) -> datetime | None:
    """A time that people write without offset is one of Japan."""
    return moment.replace(tzinfo=clock.JST) if moment is not None and moment.tzinfo is None else moment


def _read(text: str | None, read: Callable[[str], str]) -> str | None:
    return read(text) if text and text.strip() else None
