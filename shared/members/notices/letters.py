"""What organisations and the secretariat are written about 変更届 and 退会届."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.identity.notifications import queries as notifications
from shared.identity.notifications.models import NotificationKind
from shared.identity.notifications.service import News, in_turn, settle, tell
from shared.kit.japanese.eras import both_calendars
from shared.kit.post import LetterClass, Post
from shared.members.details import LABELS
from shared.members.facts import NoticeAccepted, NoticeReceived, NoticeRefused
from shared.members.letters import DESK
from shared.members.models import NoticeState
from shared.members.notices import queries as notice_queries
from shared.members.notices.queries import ChangeNoticeView, WithdrawalNoticeView
from shared.members.versions import CHANGEABLE
from shared.members.words import CHANNELS

Notice = ChangeNoticeView | WithdrawalNoticeView
AnyFact = NoticeReceived | NoticeAccepted | NoticeRefused


async def confirm_notice(session: AsyncSession, fact: NoticeReceived, letters: Post) -> None:
    await _to_member(letters, await _notice(session, fact), "received")


async def tell_secretariat_of_notice(session: AsyncSession, fact: NoticeReceived, letters: Post) -> None:
    """Not of what it has typed in itself."""
    if fact.typed_in:
        return
    await in_turn(session)
    notice, desk = await _notice(session, fact), await notifications.desk(session, DESK)
    if desk is None or notice.state is not NoticeState.RECEIVED:
        return
    values = _values(notice)
    path = f"{'changes' if isinstance(notice, ChangeNoticeView) else 'withdrawals'}/{notice.id}"
    news = News(
        kind=NotificationKind.NOTICE,
        thing_id=notice.id,
        occasion="received",
        line=f"{values['kind']}　{notice.organisation_name}（{notice.receipt_number}）",
        path=f"/staff/notices/{path}",
        template="members/notice_for_desk",
        about_id=notice.id,
        values={**values, "channel": CHANNELS[notice.channel], "path": path},
    )
    await tell(session, desk, news)


async def settle_notice(session: AsyncSession, fact: NoticeAccepted | NoticeRefused, letters: Post) -> None:
    await settle(session, fact.notice_id, NotificationKind.NOTICE)


async def announce_acceptance(session: AsyncSession, fact: NoticeAccepted, letters: Post) -> None:
    await _to_member(letters, await _notice(session, fact), "accepted")


async def announce_refusal(session: AsyncSession, fact: NoticeRefused, letters: Post) -> None:
    notice = await _notice(session, fact)
    await _to_member(letters, notice, "refused", message=notice.message)


async def _notice(session: AsyncSession, fact: AnyFact) -> Notice:
    if fact.kind == "CHANGE":
        return await notice_queries.change_notice(session, fact.notice_id)
    return await notice_queries.withdrawal_notice(session, fact.notice_id)


async def _to_member(letters: Post, notice: Notice, name: str, **values: Any) -> None:
    """Without an address the secretariat answers on paper."""
    if notice.email is None:
        return
    await letters.write(
        template=f"members/notice_{name}",
        to_email=notice.email,
        to_name=notice.organisation_name,
        about_id=notice.id,
        letter_class=LetterClass.MUST_ARRIVE,
        dedupe_key=f"notice {name} {notice.id} {notice.email}",
        values={**_values(notice), **values},
    )


def _values(notice: Notice) -> dict[str, Any]:
    """Which fields change is named, not what they say: a hidden telephone number need not travel by mail."""
    shared = {
        "receipt_number": notice.receipt_number,
        "organisation_name": notice.organisation_name,
        "organisation_id": notice.organisation_id,
    }
    if isinstance(notice, WithdrawalNoticeView):
        return shared | {"kind": "退会届", "effective_on": both_calendars(notice.effective_on), "fields": []}
    fields = [LABELS[name] for name in CHANGEABLE if name in notice.after]
    return shared | {"kind": "変更届", "effective_on": "", "fields": fields}
