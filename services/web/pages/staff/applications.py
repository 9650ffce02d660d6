"""入会申請 on the secretariat's desk: the list, one application, and the four steps that can be taken."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import id_of, page_number, revision_of
from services.web.pages.public import join_form
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.refusals import Conflict, Forbidden, NotFound, Refusal
from shared.members import (
    access_log,
    application_queries,
    criteria,
    lookalikes,
    looking,
    pledges,
    service,
    versions,
)
from shared.members.models import ApplicationState
from shared.members.screening_models import CriterionKind
from shared.members.words import CHANNELS, RESULTS, STATES

AnyRequest = Request[Any, Any, Any]
PER_PAGE = 50
#: What is shown first: everything that somebody is waiting for.
WAITING = (ApplicationState.RECEIVED, ApplicationState.IN_REVIEW, ApplicationState.RETURNED)


@get("/staff/applications", policy=Permission.APPLICATION_READ)
async def list_applications(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    chosen = request.query_params.get("state", "")
    states = [ApplicationState(chosen)] if chosen in list(ApplicationState) else list(WAITING)
    current = page_number(request)
    found = await ctx.read(
        application_queries.applications, states=states, first=PER_PAGE, offset=(current - 1) * PER_PAGE
    )
    counts = await ctx.read(application_queries.application_counts)
    return await page(
        ctx,
        "applications/list.html",
        found=found,
        chosen=states[0] if len(states) == 1 else None,
        counts=counts,
        none_chosen="none" in request.query_params,
        waiting=sum(counts[state] for state in WAITING),
        states=STATES,
        channels=CHANNELS,
        current=current,
        pages=max(1, -(-found.total // PER_PAGE)),
    )


@get("/staff/applications/{application_id:uuid}", policy=Permission.APPLICATION_READ)
async def show_application(ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    return await show_item(ctx, application_id, FormView(day_values("effective_on", clock.today())))


@post("/staff/applications/{application_id:uuid}/take-up", policy=Permission.APPLICATION_DECIDE)
async def take_up(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, application_id, service.take_up, lambda form: {})


@post("/staff/applications/{application_id:uuid}/return", policy=Permission.APPLICATION_DECIDE)
async def send_back(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, application_id, service.return_application, _message)


@post("/staff/applications/{application_id:uuid}/approve", policy=Permission.APPLICATION_DECIDE)
async def approve(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, application_id, service.approve_application, _effective_on)


@post("/staff/applications/{application_id:uuid}/reject", policy=Permission.APPLICATION_DECIDE)
async def reject(request: AnyRequest, ctx: Ctx, application_id: FromPath[UUID]) -> Response[Any]:
    return await _decide(request, ctx, application_id, service.reject_application, _message)


async def _decide(
    request: AnyRequest,
    ctx: Context,
    application_id: UUID,
    verb: Callable[..., Awaitable[Any]],
    values_of: Callable[[Form], Mapping[str, Any]],
) -> Response[Any]:
    form = await read_form(request, ctx)
    try:
        if not form.genuine:
            raise FormExpired
        revision = revision_of(form)
        await ctx.write(verb, application_id, actor=ctx.actor, revision=revision, **values_of(form))
    except (NotFound, Forbidden):
        raise
    except Refusal as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        view = FormView({**day_values("effective_on", clock.today()), **form.values()}, _beside_its_form(refusal, form))
        # Of these only one that names nothing on the page is about what somebody else has done.
        overtaken = refusal.code == "CONFLICT" and refusal.field is None
        return await show_item(ctx, application_id, view, status=status, conflict=overtaken)
    return Redirect(f"/staff/applications/{application_id}", status_code=303)


def _message(form: Form) -> dict[str, Any]:
    """The page has two texts, so each has a name of its own."""
    return {"message": form.text("question") or form.text("reason")}


def _effective_on(form: Form) -> dict[str, Any]:
    day = read_day(form, "effective_on", "参加日", required=True)
    return {"effective_on": day, "rejoins": id_of(form.text("rejoins")) if form.text("rejoins") else None}


def _beside_its_form(refusal: Refusal, form: Form) -> Refusal:
    if refusal.field == "message":
        return Refusal(refusal.code, refusal.message, "question" if "question" in form.values() else "reason")
    return refusal


async def show_item(
    ctx: Context, application_id: UUID, view: FormView, *, status: int = 200, conflict: bool = False
) -> Response[Any]:
    application = await ctx.read(application_queries.application, application_id)
    await ctx.write(
        looking.look_at,
        actor=ctx.actor,
        organisation_id=application.organisation_id,
        action=access_log.APPLICATION,
        object_id=application_id,
    )
    alike = await ctx.read(lookalikes.lookalikes, application_id) if application.is_open else []
    former = await ctx.read(versions.former_members, [each.id for each in alike if each.receipt_number is None])
    checks = await ctx.read(criteria.checks, application_id)
    asks_who = any(check.kind is CriterionKind.RECOMMENDATION for check in checks) and application.is_open
    members = await ctx.read(criteria.members_of_today) if asks_who else []
    return await page(
        ctx,
        "applications/item.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        application=application,
        bound=await ctx.read(pledges.is_bound, ctx.actor),
        alike=alike,
        former=former,
        checks=checks,
        results=RESULTS,
        members=members,
        choices=await join_form.choices(ctx),
        view=view,
        conflict=conflict,
        states=STATES,
        channels=CHANNELS,
    )


ROUTES = [list_applications, show_application, take_up, send_back, approve, reject]
