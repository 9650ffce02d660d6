"""Who may register for an event, and until when."""

from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.models import Event, EventState
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance, RegistrationChannel
from shared.events.registrations.seats import ways
from shared.events.views import EventView
from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.japanese import Unreadable, normalise
from shared.kit.japanese.eras import japanese_moment
from shared.kit.refusals import NotFound, Refusal
from shared.members import pledges

#: Seats are given for these alone.
TO_BE_HELD = (EventState.ANNOUNCED, EventState.OPEN, EventState.FULL)
_CLOSED = {
    EventState.HELD: "この行事は終了しました。",
    EventState.REPORTED: "この行事は終了しました。",
    EventState.POSTPONED: "この行事は延期になりました。新しい日程が決まるまで、申込の受付を止めています。",
    EventState.CANCELLED: "この行事は中止になりました。",
}


def over(event: Event | EventView) -> bool:
    """Held, or its time has passed. A postponed event has no day until it gets a new one: the old one ends nothing."""
    if event.state is EventState.POSTPONED:
        return False
    return event.state in (EventState.HELD, EventState.REPORTED) or event.over(clock.now())


def chosen_way(event: Event | EventView, wanted: Attendance | None) -> Attendance:
    """The event's first way for those who did not say; Refusal for one that it does not have."""
    known = ways(event)
    if wanted is None:
        return known[0]
    if wanted not in known:
        words = "オンライン" if known == (Attendance.ONLINE,) else "会場"
        raise Refusal("NO_SUCH_WAY", f"この行事は{words}での参加だけです。参加方法を選び直してください。", "attendance")
    return wanted


def check_open(event: Event | EventView, *, by_staff: bool) -> None:
    """What came by telephone or FAX in time may be entered after the deadline, and people walk in until the event is over."""
    if event.state is EventState.DRAFT:
        raise NotFound
    if event.state not in TO_BE_HELD:
        raise Refusal("NOT_OPEN", _CLOSED[event.state])
    now = clock.now()
    if over(event):
        raise Refusal("TOO_LATE", "この行事は終了したため、申込を受け付けられません。")
    if by_staff:
        return
    if not event.takes_registrations:
        raise Refusal("NOT_OPEN", "この行事は、ここからの申込を受け付けていません。申込方法をご確認ください。")
    opens, deadline = event.registration_opens_at, event.registration_deadline
    if opens is not None and opens > now:
        raise Refusal("NOT_YET_OPEN", f"申込の受付は{japanese_moment(opens)}に始まります。")
    if deadline is not None and deadline < now:
        raise Refusal(
            "TOO_LATE",
            f"申込は{japanese_moment(deadline)}に締め切りました。参加をご希望の方は、問い合わせ先へご連絡ください。",
        )
    if opens is None and event.state is EventState.ANNOUNCED:
        raise Refusal(
            "NOT_YET_OPEN", "申込の受付は、まだ始まっていません。始まりましたら、このサイトでお知らせします。"
        )


def check_party(event: Event | EventView, draft: RegistrationDraft, *, by_staff: bool, before: int = 0) -> None:
    """As many as there were `before` may stay: the secretariat let them in, or the limit has come down since."""
    if by_staff or draft.party_size <= max(event.party_limit, before):
        return
    if event.party_limit == 1:
        message = "この行事は、お一人ずつ申し込んでください。"
    else:
        message = (
            f"一度に申し込めるのは{event.party_limit}人までです。それより多いときは、問い合わせ先へご連絡ください。"
        )
    raise Refusal("PARTY_TOO_LARGE", message, "party_size")


def check_address_kept(stored: str | None, given: str | None) -> None:
    """One and the same answer to every other address, known or not."""
    if not (given or "").strip():
        return
    try:
        same = normalise.email(given or "").casefold() == (stored or "").casefold()
    except Unreadable:
        same = False
    if not same:
        raise Refusal(
            "EMAIL_FIXED",
            "メールアドレスは、ここでは変えられません。アドレスを変えるときは、取り消して申し込み直すか、窓口へご連絡ください。",
            "email",
        )


def check_member(event: Event | EventView, actor: Actor, *, by_staff: bool) -> None:
    """What can be seen without the ledger; see `require_member`."""
    if event.members_only and not by_staff and not actor.organisation_ids:
        raise _members_only()


async def require_member(session: AsyncSession, event: Event | EventView, actor: Actor, *, by_staff: bool) -> None:
    """Also who belongs to an organisation that has left is no member."""
    if event.members_only and not by_staff and not await pledges.has_members_rights(session, actor):
        raise _members_only()


def _members_only() -> Refusal:
    return Refusal(
        "MEMBERS_ONLY",
        "この行事は参加団体の方に限って申込を受け付けています。団体のアカウントでサインインしてから申し込んでください。",
    )


def check_walk_in(channel: RegistrationChannel, *, confirmed: bool) -> None:
    """At the door there is no waiting: either there is a seat or there is none."""
    if channel is RegistrationChannel.WALK_IN and not confirmed:
        raise Refusal(
            "NO_SEAT",
            "定員に達しているため、当日の受付に加えられません。来ていない方の申込を取り消すか、定員を増やしてください。",
        )
