"""Every list of the desk as a file."""

from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context
from services.web.exporting import AnyRequest, Listing, every, export_routes
from services.web.pages.staff.letters import STATES as LETTER_STATES
from services.web.pages.staff.news import STATES as NEWS_STATES
from shared.content import queries as news
from shared.events import queries as events
from shared.events import words as event_words
from shared.identity.policy import Actor, Permission
from shared.kit import clock, post_queries
from shared.kit.post import LetterState
from shared.members import access_log, export_lists, pledges
from shared.members.models import ApplicationState

_PAGE = 100


async def ledger(ctx: Context, request: AnyRequest) -> Listing:
    rows = await ctx.read(export_lists.ledger_rows)
    return Listing("会員台帳", "ledger", export_lists.LEDGER_HEADERS, rows)


async def applications(ctx: Context, request: AnyRequest) -> Listing:
    given = request.query_params.get("state", "")
    states = [ApplicationState(given)] if given in list(ApplicationState) else []
    audience = await ctx.read(pledges.audience_for, ctx.actor)
    rows = await ctx.read(export_lists.application_rows, await ctx.profile(), states, audience=audience)
    await ctx.write(_note_applications, ctx.actor, states)
    return Listing("入会申請", "applications", export_lists.APPLICATION_HEADERS, rows)


async def _note_applications(session: AsyncSession, actor: Actor, states: list[ApplicationState]) -> None:
    ids = await export_lists.application_ids(session, states)
    await access_log.note_views(session, actor=actor, action=access_log.APPLICATIONS, object_ids=ids)
    access_log.note_taken(session, actor=actor, action=access_log.APPLICATIONS, count=len(ids))


async def announcements(ctx: Context, request: AnyRequest) -> Listing:
    async def page(first: int, offset: int) -> tuple[int, list[news.AnnouncementView]]:
        found = await ctx.read(news.all_for_staff, first=first, offset=offset)
        return found.total, found.items

    base = ctx.tenant.base_url
    rows = [
        [each.title, NEWS_STATES[each.state], each.published_at, each.updated_at, each.body, f"{base}/news/{each.id}"]
        for each in await every(page, size=_PAGE)
    ]
    headers = ("題名", "状態", "公開日時", "最後の変更", "本文", "アドレス")
    return Listing("お知らせ", "announcements", headers, rows)


async def event_list(ctx: Context, request: AnyRequest) -> Listing:
    async def page(first: int, offset: int) -> tuple[int, list[events.EventView]]:
        found = await ctx.read(events.all_for_staff, first=first, offset=offset)
        return found.total, found.items

    now = clock.now()
    rows = [
        [
            each.title,
            event_words.kind(each),
            event_words.phase(each, now),
            each.starts_at,
            each.ends_at,
            each.venue,
            "あり" if each.online else None,
            each.capacity,
            each.audience,
            each.organiser,
            each.contact_phone,
            each.contact_email,
            "、".join(f"{measure.name} {measure.value}{measure.unit}" for measure in each.measures),
            f"{ctx.tenant.base_url}/events/{each.id}",
        ]
        for each in await every(page, size=_PAGE)
    ]
    headers = (
        "行事名", "種類", "状態", "開始", "終了", "会場", "オンライン", "定員", "対象", "主催",
        "連絡先電話", "連絡先メール", "数", "アドレス",
    )  # fmt: skip
    return Listing("行事", "events", headers, rows)


async def letters(ctx: Context, request: AnyRequest) -> Listing:
    given = request.query_params.get("show", "")
    state = LetterState(given) if given in list(LetterState) else None

    async def page(first: int, offset: int) -> tuple[int, list[post_queries.LetterLine]]:
        found = await ctx.read(partial(post_queries.letters, state=state, first=first, offset=offset))
        return found.total, found.items

    rows = [
        [LETTER_STATES[each.state], each.subject, each.to_name, each.to_email, each.queued_at, each.sent_at]
        for each in await every(page, size=_PAGE)
    ]
    return Listing("郵便", "letters", ("状態", "件名", "宛名", "宛先", "書いた日時", "送った日時"), rows)


ROUTES = [
    *export_routes("/staff/exports/ledger", Permission.APPLICATION_READ, ledger),
    *export_routes("/staff/exports/applications", Permission.APPLICATION_READ, applications),
    *export_routes("/staff/exports/announcements", Permission.ANNOUNCEMENT_WRITE, announcements),
    *export_routes("/staff/exports/events", Permission.EVENT_WRITE, event_list),
    *export_routes("/staff/exports/letters", Permission.LETTER_READ, letters),
]
