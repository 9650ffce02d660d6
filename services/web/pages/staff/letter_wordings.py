"""申込のメールの文面: the standard, the platform's own, and a preview before anything is kept."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.forms import FormExpired, FormView, read_form, read_genuine_form
from services.web.pages.arguments import revision_of
from services.web.rendering import page
from shared.events.registrations import wording
from shared.events.registrations.wording import EXAMPLE, OCCASIONS, PLACEHOLDERS, LetterKind, Wording
from shared.identity.policy import Permission
from shared.kit.letter_text import LetterText, compose
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.tenants.letters import sender_of

AnyRequest = Request[Any, Any, Any]


@get("/staff/letter-wordings", policy=Permission.EVENT_WRITE)
async def list_wordings(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    known = await ctx.read(wording.wordings)
    return await page(ctx, "staff/wordings/list.html", wordings=known, occasions=OCCASIONS, done=done)


@get("/staff/letter-wordings/{kind:str}", policy=Permission.EVENT_WRITE)
async def edit_wording(ctx: Ctx, kind: FromPath[str]) -> Response[Any]:
    return await _form(ctx, await _stored(ctx, kind))


@post("/staff/letter-wordings/{kind:str}", policy=Permission.EVENT_WRITE)
async def save_wording(request: AnyRequest, ctx: Ctx, kind: FromPath[str]) -> Response[Any]:
    form, stored = await read_form(request, ctx), await _stored(ctx, kind)
    given = {"subject": form.text("subject"), "body": form.text("body"), "revision": form.text("revision")}
    revision = revision_of(form)
    try:
        if not form.genuine:
            raise FormExpired
        wanted = wording.checked(stored.kind, given["subject"], given["body"])
        if form.text("action") == "preview":
            return await _form(ctx, stored, given=given, preview=wanted)
        await ctx.write(
            wording.save,
            actor=ctx.actor,
            kind=stored.kind,
            subject=given["subject"],
            body=given["body"],
            revision=revision,
        )
    except Conflict as conflict:
        # What the other has written stands above the form; saving once more replaces it knowingly.
        given |= {"revision": str(stored.revision)}
        return await _form(ctx, stored, given=given, refusal=conflict, status=409, preview=stored)
    except Refusal as refusal:
        return await _form(ctx, stored, given=given, refusal=refusal, status=422)
    return Redirect(f"/staff/letter-wordings?done={stored.kind}", status_code=303)


@post("/staff/letter-wordings/{kind:str}/standard", policy=Permission.EVENT_WRITE)
async def use_standard(request: AnyRequest, ctx: Ctx, kind: FromPath[str]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    stored = await _stored(ctx, kind)
    await ctx.write(wording.reset, actor=ctx.actor, kind=stored.kind)
    return Redirect(f"/staff/letter-wordings?done={stored.kind}", status_code=303)


async def _stored(ctx: Context, kind: str) -> Wording:
    if kind not in list(LetterKind):
        raise NotFound
    return await ctx.read(wording.wording_of, LetterKind(kind))


async def _form(
    ctx: Context,
    stored: Wording,
    *,
    given: dict[str, str] | None = None,
    refusal: Refusal | None = None,
    preview: Wording | None = None,
    status: int = 200,
) -> Response[Any]:
    kept: dict[str, str | list[str]] = {
        "subject": stored.subject,
        "body": stored.body,
        "revision": str(stored.revision),
    }
    shown = preview or stored
    return await page(
        ctx,
        "staff/wordings/form.html",
        status=status,
        view=FormView({**kept, **(given or {})}, refusal),
        stored=stored,
        occasion=OCCASIONS[stored.kind],
        placeholders=PLACEHOLDERS,
        letter=await _example(ctx, shown),
        previewed=preview is not None,
        unknown=wording.unknown_brackets(shown),
    )


async def _example(ctx: Context, shown: Wording) -> LetterText:
    """With the platform's signature, as it would arrive."""
    sender = await ctx.read(sender_of, ctx.site.settings)
    filled = {"subject": wording.fill(shown.subject, EXAMPLE), "text": wording.fill(shown.body, EXAMPLE)}
    return compose("events/registration", sender, filled)


ROUTES = [list_wordings, edit_wording, save_wording, use_standard]
