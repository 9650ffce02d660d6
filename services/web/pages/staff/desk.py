"""机: what waits for the secretariat today, then numbers."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.rendering import page
from shared.content import queries as news
from shared.content.models import AnnouncementState
from shared.events import proposal_queries, stated_counts, words
from shared.events import queries as events
from shared.events.models import EventState
from shared.events.pictures import pictures_alike
from shared.events.registrations import queries as registrations
from shared.identity.policy import Permission
from shared.kit import clock, post
from shared.kit.japanese.eras import japanese_date
from shared.members import application_queries as applications
from shared.members.models import ApplicationState
from shared.members.name_use import queries as name_use
from shared.members.notices import queries as notice_queries
from shared.members.notices.queries import NoticeKind
from shared.members.words import STATES
from shared.statistics import queries as statistics
from shared.statistics.words import NAMES

#: Mail that has waited longer than this is something that the staff should hear of.
LATE = timedelta(minutes=15)
#: How long the desk tells that a waiting list has moved.
RECENT = timedelta(days=3)
#: Older events are not asked about any more.
REPORTED_WITHIN = timedelta(days=90)
_BEGUN = [EventState.ANNOUNCED, EventState.OPEN, EventState.FULL, EventState.HELD]
OPEN_STATES = (ApplicationState.RECEIVED, ApplicationState.IN_REVIEW, ApplicationState.RETURNED)


class Waiting(msgspec.Struct, frozen=True):
    """One line of the desk: how many of what, and where to go on. `urgent` stands out."""

    number: int
    unit: str
    words: str
    path: str
    note: str = ""
    urgent: bool = False


@get("/staff", policy=Permission.DESK_SEE)
async def show_desk(ctx: Ctx) -> Response[Any]:
    waiting = [*await _applications(ctx), *await _notices(ctx), *await _name_uses(ctx)]
    waiting += [*await _letters(ctx), *await _drafts(ctx), *await _moved(ctx)]
    upcoming = await ctx.read(events.upcoming, limit=5)
    counts = await ctx.read(statistics.count_today)
    return await page(
        ctx,
        "staff/desk.html",
        waiting=[line for line in waiting if line.number],
        upcoming=upcoming,
        counts=counts,
        names=NAMES,
        words=words,
        now=clock.now(),
        today_date=clock.today(),
    )


async def _applications(ctx: Context) -> list[Waiting]:
    counts = await ctx.read(applications.application_counts)
    oldest = (await ctx.read(applications.applications, states=OPEN_STATES, first=1)).items
    since = f"いちばん古いものは{_days(oldest[0].received_at)}" if oldest else ""
    return [
        Waiting(
            counts[state],
            "件",
            f"入会申請（{STATES[state]}）",
            f"/staff/applications?state={state}",
            note=since if oldest and oldest[0].state is state else "",
            urgent=state is ApplicationState.RECEIVED,
        )
        for state in OPEN_STATES
    ]


def _days(moment: Any) -> str:
    days = (clock.today() - moment.astimezone(clock.JST).date()).days
    return f"{days}日前に受け付け" if days else "きょう受け付け"


async def _notices(ctx: Context) -> list[Waiting]:
    counts = await ctx.read(notice_queries.waiting_notices)
    wrong = await ctx.read(stated_counts.disagreements)
    received = "/staff/notices?state=RECEIVED"
    return [
        Waiting(counts[NoticeKind.CHANGE], "件", "変更届（受付）", received, urgent=True),
        Waiting(counts[NoticeKind.WITHDRAWAL], "件", "退会届（受付）", received, urgent=True),
        Waiting(len(wrong), "件", "台帳と違う数", "/staff/ledger", note="公開している文章の、参加団体の数"),
    ]


async def _name_uses(ctx: Context) -> list[Waiting]:
    number, earliest = await ctx.read(name_use.waiting)
    late = earliest is not None and earliest < clock.today()
    note = f"いちばん早い返事の期日は{japanese_date(earliest)}" if earliest else ""
    return [Waiting(number, "件", "後援名義の申請（決定待ち）", "/staff/name-use", note=note, urgent=late)]


async def _letters(ctx: Context) -> list[Waiting]:
    backlog = await ctx.read(post.backlog)
    late = backlog.oldest is not None and backlog.oldest < clock.now() - LATE
    return [
        Waiting(backlog.failed, "通", "届けられなかったメール", "/staff/letters?show=FAILED", urgent=True),
        Waiting(
            backlog.uncertain,
            "通",
            "届いたか確かめられないメール（要確認）",
            "/staff/letters?show=UNCERTAIN",
            urgent=True,
        ),
        Waiting(backlog.waiting if late else 0, "通", "15分以上送信を待っているメール", "/staff/letters"),
    ]


async def _drafts(ctx: Context) -> list[Waiting]:
    written = await ctx.read(news.all_for_staff, state=AnnouncementState.DRAFT, first=1)
    planned = await ctx.read(events.all_for_staff, states=[EventState.DRAFT], first=1)
    begun = await ctx.read(events.all_for_staff, states=_BEGUN, first=100)
    proposed = await ctx.read(proposal_queries.waiting, first=1)
    over = sum(event.state is not EventState.HELD and event.over(clock.now()) for event in begun.items)
    lately = clock.today() - REPORTED_WITHIN
    unreported = sum(event.state is EventState.HELD and event.last_day >= lately for event in begun.items)
    alike = await ctx.read(pictures_alike)
    return [
        Waiting(proposed.total, "件", "会員の投稿（公開の確認待ち）", "/staff/proposals", urgent=True),
        Waiting(over, "件", "予定日を過ぎた行事（翌朝、終了になります）", "/staff/events"),
        Waiting(unreported, "件", "開催報告を待っている行事", "/staff/events"),
        Waiting(sum(len(group.pictures) for group in alike), "枚", "同じ説明（代替テキスト）の画像", "/staff/pictures"),
        Waiting(written.total, "件", "お知らせの下書き", "/staff/news"),
        Waiting(planned.total, "件", "行事の下書き", "/staff/events"),
    ]


async def _moved(ctx: Context) -> list[Waiting]:
    """Waiting lists that moved: whoever has no mail wants to be called."""
    if not ctx.actor.may(Permission.REGISTRATION_READ):
        return []
    moved = await ctx.read(registrations.moved, since=clock.now() - RECENT)
    return [line for each in moved for line in _moved_lines(each)]


def _moved_lines(each: registrations.Moved) -> list[Waiting]:
    path = f"/staff/events/{each.event_id}/registrations"
    waiting = f"{path}?status=WAITLISTED"
    return [
        Waiting(each.promoted, "組", "キャンセル待ちから参加確定", path, note=f"この3日間、{each.title}"),
        Waiting(each.passed_over, "組", "席が足りず見送られたキャンセル待ち", waiting, note=each.title),
    ]


ROUTES = [show_desk]
