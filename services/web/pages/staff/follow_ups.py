"""その後: what becomes of people's opinions, across all events."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.exporting import Listing, every, export_routes
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import as_id, page_number, revision_of
from services.web.pages.staff.events import known_event
from services.web.rendering import page
from shared.content import queries as news
from shared.content.models import AnnouncementState
from shared.events import queries as events
from shared.events import words as event_words
from shared.events.discussion import queries, service, words
from shared.events.discussion.drafts import FollowUpDraft
from shared.events.discussion.queries import DeskFollowUp
from shared.events.models import FollowUpState
from shared.events.queries import EventView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, NotFound, Refusal

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = 30
#: To choose from when a follow-up is linked.
_CHOICES = 100


@get("/staff/follow-ups", policy=Permission.EVENT_WRITE)
async def list_follow_ups(ctx: Ctx, request: AnyRequest) -> Response[Any]:
    number = page_number(request)
    wanted = _wanted(request)
    found = await ctx.read(queries.follow_ups, **wanted, first=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    discussed = await ctx.read(events.listed, first=_CHOICES, newest_first=True)
    asked = {
        "state": wanted["state"] or "",
        "event": wanted["event_id"] or "",
        "overdue": "1" if wanted["overdue"] else "",
    }
    return await page(
        ctx,
        "staff/follow_ups/list.html",
        found=found,
        number=number,
        per_page=PAGE_SIZE,
        view=FormView(asked),
        query=urlencode({name: value for name, value in asked.items() if value}),
        events=[event for event in discussed.items if event.topics],
        words=words,
        event_words=event_words,
        today_date=clock.today(),
    )


@get("/staff/events/{event_id:uuid}/follow-ups/new", policy=Permission.EVENT_WRITE)
async def new_follow_up(ctx: Ctx, request: AnyRequest, event_id: FromPath[UUID]) -> Response[Any]:
    known = await known_event(ctx, event_id)
    chosen = request.query_params.getall("opinion", [])
    return await _form_page(ctx, FormView({"opinions": chosen, "state": FollowUpState.NOT_STARTED}), known, None)


@get("/staff/follow-ups/{follow_up_id:uuid}", policy=Permission.EVENT_WRITE)
async def edit_follow_up(ctx: Ctx, follow_up_id: FromPath[UUID]) -> Response[Any]:
    found = await _known(ctx, follow_up_id)
    return await _form_page(ctx, FormView(_values(found)), await known_event(ctx, found.event_id), found)


@post("/staff/events/{event_id:uuid}/follow-ups/new", policy=Permission.EVENT_WRITE)
async def create(request: AnyRequest, ctx: Ctx, event_id: FromPath[UUID]) -> Response[Any]:
    return await _save(request, ctx, await known_event(ctx, event_id), None)


@post("/staff/follow-ups/{follow_up_id:uuid}", policy=Permission.EVENT_WRITE)
async def save(request: AnyRequest, ctx: Ctx, follow_up_id: FromPath[UUID]) -> Response[Any]:
    found = await _known(ctx, follow_up_id)
    return await _save(request, ctx, await known_event(ctx, found.event_id), found)


@post("/staff/follow-ups/{follow_up_id:uuid}/remove", policy=Permission.EVENT_WRITE)
async def remove(request: AnyRequest, ctx: Ctx, follow_up_id: FromPath[UUID]) -> Response[Any]:
    found = await _known(ctx, follow_up_id)
    event = await known_event(ctx, found.event_id)
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(
            service.remove_follow_up, actor=ctx.actor, follow_up_id=follow_up_id, revision=revision_of(form)
        )
    except Refusal as refusal:
        return await _form_page(ctx, FormView(_values(found), refusal), event, found, status=409)
    return Redirect(f"/staff/events/{event.id}/discussion?done=removed", status_code=303)


async def _save(request: AnyRequest, ctx: Context, event: EventView, known: DeskFollowUp | None) -> Response[Any]:
    form = await read_form(request, ctx)
    typed: dict[str, Any] = form.values()
    try:
        if not form.genuine:
            raise FormExpired
        await ctx.write(
            service.save_follow_up,
            actor=ctx.actor,
            event_id=event.id,
            draft=_draft(form),
            follow_up_id=known.id if known else None,
            revision=revision_of(form),
        )
    except Conflict as conflict:
        current = await _known(ctx, known.id) if known else None
        view = FormView(typed | {"revision": current.revision if current else ""}, conflict)
        return await _form_page(ctx, view, event, current, status=409)
    except Refusal as refusal:
        return await _form_page(ctx, FormView(typed, refusal), event, known, status=422)
    return Redirect(f"/staff/events/{event.id}/discussion?done=followed", status_code=303)


def _draft(form: Form) -> FollowUpDraft:
    state = form.text("state")
    if state not in list(FollowUpState):
        raise Refusal("REQUIRED", "状態を選んでください。", "state")
    return FollowUpDraft(
        title=form.text("title"),
        opinion_ids=tuple(given for text in form.texts("opinions") if (given := as_id(text))),
        state=FollowUpState(state),
        responsible=form.text("responsible"),
        due_on=read_day(form, "due_on", "期限"),
        result=form.text("result"),
        note=form.text("note"),
        published=form.checked("published"),
        linked_event_id=as_id(form.text("linked_event_id")),
        announcement_id=as_id(form.text("announcement_id")),
    )


def _values(found: DeskFollowUp) -> dict[str, Any]:
    names = ("title", "state", "responsible", "result", "note", "linked_event_id", "announcement_id", "revision")
    values: dict[str, Any] = {name: getattr(found, name) for name in names}
    chosen = [str(voice.id) for voice in found.voices]
    published = {"published": "1" if found.published else ""}
    return values | published | {"opinions": chosen} | day_values("due_on", found.due_on)


async def _form_page(
    ctx: Context, view: FormView, event: EventView, known: DeskFollowUp | None, *, status: int = 200
) -> Response[Any]:
    topics = await ctx.read(queries.desk_topics, event.id)
    others = await ctx.read(queries.follow_ups, event_id=event.id, first=queries.MOST_ROWS)
    later = await ctx.read(events.listed, first=_CHOICES, newest_first=True)
    published = await ctx.read(news.all_for_staff, state=AnnouncementState.PUBLISHED, first=_CHOICES)
    return await page(
        ctx,
        "staff/follow_ups/form.html",
        status=status,
        view=view,
        event=event,
        known=known,
        topics=topics,
        followed={voice.id: each.title for each in others.items for voice in each.voices if each != known},
        states=list(words.STATES.items()),
        events=[("", "なし"), *((each.id, each.title) for each in later.items if each.id != event.id)],
        announcements=[("", "なし"), *((each.id, each.title) for each in published.items)],
        event_words=event_words,
    )


async def _known(ctx: Context, follow_up_id: UUID) -> DeskFollowUp:
    found = await ctx.read(queries.follow_up, follow_up_id)
    if found is None:
        raise NotFound
    return found


def _wanted(request: AnyRequest) -> dict[str, Any]:
    state = request.query_params.get("state", "")
    return {
        "state": FollowUpState(state) if state in list(FollowUpState) else None,
        "event_id": as_id(request.query_params.get("event", "")),
        "overdue": request.query_params.get("overdue") == "1",
    }


HEADERS = (
    "行事", "開催日", "取り組むこと", "状態", "担当", "期限", "意見", "その後", "公開", "つながる行事",
    "つながるお知らせ", "事務局のメモ", "最後の変更",
)  # fmt: skip


async def follow_up_list(ctx: Context, request: AnyRequest) -> Listing:
    """With the filters of the list."""

    async def part(first: int, offset: int) -> tuple[int, list[DeskFollowUp]]:
        found = await ctx.read(queries.follow_ups, **_wanted(request), first=first, offset=offset)
        return found.total, found.items

    rows = [
        [
            each.event_title,
            each.event_starts_at.astimezone(clock.JST).date(),
            each.title,
            words.STATES[each.state],
            each.responsible,
            each.due_on,
            "\n".join(voice.said + (f"（{voice.gloss}）" if voice.gloss else "") for voice in each.voices),
            each.result,
            "公開" if each.published else None,
            each.linked_event_title,
            each.announcement_title,
            each.note,
            each.updated_at,
        ]
        for each in await every(part, size=queries.MOST_ROWS)
    ]
    return Listing("意見のその後", "follow-ups", HEADERS, rows)


ROUTES = [
    list_follow_ups,
    new_follow_up,
    edit_follow_up,
    create,
    save,
    remove,
    *export_routes("/staff/exports/follow-ups", Permission.EVENT_WRITE, follow_up_list),
]
