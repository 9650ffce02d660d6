"""証書の確認: whether a certificate is genuine, for everybody who holds it in the hand; and the holder's own sheet."""

from typing import Any

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response

from services.web.context import Ctx
from services.web.pages.staff.certificates import print_certificates
from services.web.rendering import page
from shared.events import words
from shared.events.attendance import certificate_queries
from shared.events.registrations import queries as registrations
from shared.identity.policy import Permission
from shared.kit.refusals import NotFound

HIDDEN = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
#: A page of the tablet's worker would be no certificate; neither is a book.
LONGEST_CODE = 40


@get("/certificates", policy=Permission.PUBLIC)
async def ask_for_code(ctx: Ctx, code: FromQuery[str] = "") -> Response[Any]:
    """For who cannot read the square: the code is typed."""
    bare = "".join(each for each in code if each.isalnum() and each.isascii())[:LONGEST_CODE]
    if bare:
        return Redirect(f"/certificates/{bare}", status_code=303)
    return await page(ctx, "certificates/ask.html")


@get("/certificates/{code:str}", policy=Permission.PUBLIC)
async def verify(ctx: Ctx, code: FromPath[str]) -> Response[Any]:
    proof = await ctx.read(certificate_queries.proof, code) if len(code) <= LONGEST_CODE else None
    status = 404 if proof is None else 200
    return await page(ctx, "certificates/proof.html", status=status, headers=HIDDEN, proof=proof, words=words)


@get("/registrations/{key:str}/certificate.pdf", policy=Permission.PUBLIC)
async def own_certificate(ctx: Ctx, key: FromPath[str]) -> Response[Any]:
    """All of the registration's people, one sheet each."""
    registration = await ctx.read(registrations.registration_by_key, key)
    wanted = await ctx.read(certificate_queries.certificates_of, registration.id)
    if not wanted:
        raise NotFound("証書は、まだ発行されていません。")
    answer = await print_certificates(ctx, wanted)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


ROUTES = [ask_for_code, verify, own_certificate]
