"""郵便: every letter that went out or waits, and sending anew what did not arrive."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.forms import read_genuine_form
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import post_queries
from shared.kit.post import LetterState, send_again
from shared.kit.refusals import NotFound

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = 50
LAST_PAGE = 10_000
STATES = {
    LetterState.QUEUED: "送信待ち",
    LetterState.CLAIMED: "送信中",
    LetterState.HANDING_OVER: "送信中",
    LetterState.SENT: "送信済み",
    LetterState.UNCERTAIN: "要確認",
    LetterState.FAILED: "届けられず",
    LetterState.LAPSED: "取りやめ（送らず）",
}
MARKS = {LetterState.SENT: "ok", LetterState.UNCERTAIN: "warn", LetterState.FAILED: "warn", LetterState.LAPSED: "off"}


@get("/staff/letters", policy=Permission.LETTER_READ)
async def list_letters(ctx: Ctx, show: FromQuery[str] = "", page_number: FromQuery[int] = 1) -> Response[Any]:
    chosen = LetterState(show) if show in list(LetterState) else None
    number = min(max(page_number, 1), LAST_PAGE)
    listed = await ctx.read(post_queries.letters, state=chosen, first=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return await page(
        ctx,
        "staff/letters/list.html",
        listed=listed,
        chosen=chosen,
        number=number,
        more=number * PAGE_SIZE < listed.total,
        states=STATES,
        marks=MARKS,
    )


@get("/staff/letters/{letter_id:uuid}", policy=Permission.LETTER_READ)
async def show_letter(ctx: Ctx, letter_id: FromPath[UUID], done: FromQuery[str] = "") -> Response[Any]:
    letter = await ctx.read(post_queries.letter, letter_id)
    if letter is None:
        raise NotFound
    return await page(
        ctx, "staff/letters/letter.html", letter=letter, states=STATES, marks=MARKS, done=done == "queued"
    )


@post("/staff/letters/{letter_id:uuid}/send-again", policy=Permission.LETTER_SEND)
async def send_letter_again(request: AnyRequest, ctx: Ctx, letter_id: FromPath[UUID]) -> Response[Any]:
    await read_genuine_form(request, ctx)
    await ctx.write(send_again, letter_id)
    return Redirect(f"/staff/letters/{letter_id}?done=queued", status_code=303)


ROUTES = [list_letters, show_letter, send_letter_again]
