"""What changed between two versions of an event, in the words that stand in its public history."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.events.drafts import EventDraft
from shared.events.models import Event
from shared.events.words import span
from shared.kit.japanese.eras import in_japan

#: What people plan by. A change of these goes into the public history and to everybody who follows the event.
PLANNED_BY = ("starts_at", "ends_at", "all_day", "venue", "online")

#: What decides, with the clock, whether registration is open.
REGISTERED_BY = (
    "takes_registrations",
    "registration_opens_at",
    "registration_deadline",
    "starts_at",
    "ends_at",
    "all_day",
)


def plans_differ(before: EventDraft, after: EventDraft) -> bool:
    return any(getattr(before, field) != getattr(after, field) for field in PLANNED_BY)


def plans_changed(event: Event, draft: EventDraft) -> bool:
    return any(getattr(event, field) != getattr(draft, field) for field in PLANNED_BY)


def registration_changed(event: Event, draft: EventDraft) -> bool:
    return any(getattr(event, field) != getattr(draft, field) for field in REGISTERED_BY)


def whole_days(before: datetime, after: datetime) -> timedelta:
    """From the one day in Japan to the other, whatever the hour."""
    return in_japan(after).date() - in_japan(before).date()


def anything_changed(event: Event, draft: EventDraft) -> bool:
    return any(getattr(event, field) != getattr(draft, field) for field in draft.__struct_fields__)


def words_of_change(event: Event, draft: EventDraft, reason: str | None) -> str:
    """`当初は…の予定でしたが、…に変わりました。` for each thing that people plan by."""
    return "".join([*_sentences(event, draft), *_because(reason)])


def words_of_cancellation(reason: str) -> str:
    return "".join(["中止になりました。", *_because(reason)])


def words_of_postponement(event: Event, reason: str, starts_at: datetime | None, ends_at: datetime | None) -> str:
    before = span(event.starts_at, event.ends_at, event.all_day)
    after = "延期になりました。新しい日程は決まり次第お知らせします。"
    if starts_at is not None:
        verb = "延期になりました" if starts_at > event.starts_at else "変わりました"
        after = f"{span(starts_at, ends_at, event.all_day)}に{verb}。"
    return "".join([f"当初は{before}の予定でしたが、{after}", *_because(reason)])


def _sentences(event: Event, draft: EventDraft) -> Iterator[str]:
    before = span(event.starts_at, event.ends_at, event.all_day)
    after = span(draft.starts_at, draft.ends_at, draft.all_day)
    if before != after:
        yield f"当初は{before}の予定でしたが、{after}に変わりました。"
    if event.venue != draft.venue:
        yield _venue_sentence(event.venue, draft.venue)
    if event.online != draft.online:
        yield "オンラインでも参加できるようになりました。" if draft.online else "オンラインでの参加はなくなりました。"


def _venue_sentence(before: str | None, after: str | None) -> str:
    if before and after:
        return f"会場は、当初は「{before}」の予定でしたが、「{after}」に変わりました。"
    return (
        f"会場が「{after}」に決まりました。"
        if after
        else f"会場は、当初は「{before}」の予定でしたが、未定になりました。"
    )


def _because(reason: str | None) -> Iterator[str]:
    if reason:
        yield f"理由：{reason}"
