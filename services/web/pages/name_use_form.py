"""後援名義 between the browser and the domain: the form of the request, and files as downloads."""

import secrets
from typing import Any

from litestar.response import Response

from services.web.context import Context
from services.web.days import read_day
from services.web.documents import document
from services.web.forms import Form
from shared.kit.refusals import Refusal, Refusals
from shared.members.name_use import details, files
from shared.members.name_use.details import LABELS, Asked
from shared.members.name_use.paper import render_permission
from shared.members.name_use.queries import LogoView, NameUseView

KEY = "form_key"
#: A drawing opened by itself is a document: it may show itself and nothing else.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_DAYS = ("starts_on", "ends_on", "answer_by")
_WORDS = ("title", "place", "purpose", "participants", "fee", "materials")


def first_values() -> dict[str, Any]:
    return {KEY: secrets.token_urlsafe(12)}


def asked_of(form: Form) -> Asked:
    """Raises Refusals with every problem, those of the days and those of the words together."""
    problems: list[Refusal] = []
    days: dict[str, Any] = {}
    for name in _DAYS:
        try:
            days[name] = read_day(form, name, LABELS[name], required=name == "starts_on")
        except Refusal as refusal:
            problems.append(refusal)
    words: dict[str, Any] = {name: form.text(name) for name in _WORDS}
    asked = Asked(**words, **days)
    if problems:
        known = {problem.field for problem in problems}
        raise Refusals([*problems, *(each for each in _problems(asked) if each.field not in known)])
    return asked


def key_of(form: Form) -> str | None:
    """Of the form that was opened: two clicks are one request."""
    return form.text(KEY)[:100] or None


async def permission_of(ctx: Context, request: NameUseView) -> Response[bytes]:
    profile = await ctx.profile()
    await ctx.release()
    pdf = await render_permission(profile, request)
    number = request.receipt_number
    return document(pdf, name=f"後援名義承認書_{number}.pdf", plain_name=f"permission-{number}.pdf", private=True)


async def logo_of(ctx: Context, logo: LogoView) -> Response[bytes]:
    """To be saved, never to be shown in the platform's own pages."""
    await ctx.release()
    data = await files.bytes_of(ctx.site.files, logo.file_key)
    suffix = files.SUFFIXES[logo.content_type]
    response = document(
        data,
        name=f"ロゴ_{logo.name}.{suffix}",
        plain_name=f"logo.{suffix}",
        media_type=logo.content_type,
        save=True,
        private=True,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _problems(asked: Asked) -> list[Refusal]:
    try:
        details.read(asked)
    except Refusals as refusals:
        return refusals.problems
    return []
