"""参加団体のあゆみ: how the number of members came about, and how many of which kind there were on any day."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from litestar import Request, get
from litestar.datastructures import FormMultiDict
from litestar.response import Response

from services.web.context import Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormView
from services.web.pages.public.growth_curve import curve
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.japanese.eras import fiscal_year, japanese_fiscal_year
from shared.kit.refusals import Refusal
from shared.members import ledger
from shared.members.ledger import Breakdown, Change
from shared.members.stated_counts import FIGURE_NAMES

NAME = "as_of"
#: More days than that are told by year.
MOST_ROWS = 60


class Row(msgspec.Struct, frozen=True):
    """A day, or a fiscal year with the number of its end."""

    day: date | None
    words: str
    joined: int
    left: int
    count: int


@get("/organisations/growth", policy=Permission.PUBLIC, cached=True)
async def show_growth(request: Request[Any, Any, Any], ctx: Ctx) -> Response[Any]:
    day, view = _chosen(request)
    changes = await ctx.read(ledger.growth)
    profile = await ctx.profile()
    figures = sorted((each for each in profile.figures if each.name in FIGURE_NAMES), key=lambda each: each.as_of)
    counted = await ctx.read(ledger.counts_on, {each.as_of for each in figures})
    told = await ctx.read(ledger.breakdown, day)
    return await page(
        ctx,
        "ledger/growth.html",
        status=422 if view.problems else 200,
        view=view,
        curve=curve(changes, figures, counted, clock.today()) if changes else None,
        rows=_rows(changes),
        told=told,
        tables=_tables(told),
        now=changes[-1].count if changes else 0,
    )


def _chosen(request: Request[Any, Any, Any]) -> tuple[date, FormView]:
    """Today when no day is asked for, or none that exists; what was typed stays in the fields."""
    form = Form(FormMultiDict(list(request.query_params.multi_items())), genuine=True)
    today = clock.today()
    try:
        day = read_day(form, NAME, "日付")
    except Refusal as refusal:
        return today, FormView(form.values(), refusal)
    return day or today, FormView(day_values(NAME, day or today))


def _rows(changes: Sequence[Change]) -> list[Row]:
    if len(changes) <= MOST_ROWS:
        return [Row(each.day, "", each.joined, each.left, each.count) for each in changes]
    years = groupby(changes, key=lambda each: fiscal_year(each.day))
    return [_year(year, list(those)) for year, those in years]


def _year(year: int, changes: list[Change]) -> Row:
    joined, left = sum(each.joined for each in changes), sum(each.left for each in changes)
    return Row(None, japanese_fiscal_year(year), joined, left, changes[-1].count)


def _tables(told: Breakdown) -> list[tuple[str, str, list[ledger.Part]]]:
    return [
        ("category", "区分", told.categories),
        ("field", "分野", told.fields),
        ("municipality", "市町村", told.municipalities),
        ("source", "参加のきっかけ", told.sources),
    ]


ROUTES = [show_growth]
