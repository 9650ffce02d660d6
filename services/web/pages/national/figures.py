"""全国の数字: what the platforms have published of themselves, side by side, as of one day."""

import csv
import io
from datetime import date
from typing import Any

from litestar import get
from litestar.params import FromQuery
from litestar.response import Response

from services.web.context import Context, Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.statistics import queries
from shared.statistics.queries import TenantCounts
from shared.statistics.words import NAMES


@get("/national", policy=Permission.FIGURES_COMPARE, national=True)
async def show_figures(ctx: Ctx, as_of: FromQuery[str] = "") -> Response[Any]:
    days = await ctx.read(queries.published_days)
    day = _chosen(as_of, days)
    tenants = await ctx.read(queries.counts_by_tenant, day)
    totals = {name: sum(_value(tenant, name) for tenant in tenants) for name in NAMES}
    units = {name: count.unit for tenant in tenants for name, count in tenant.counts.items()}
    return await page(
        ctx,
        "national/figures.html",
        days=days,
        day=day,
        tenants=tenants,
        names=NAMES,
        totals=totals,
        units=units,
        published=sum(1 for tenant in tenants if tenant.counts),
    )


@get("/national/figures.csv", policy=Permission.FIGURES_COMPARE, national=True)
async def figures_csv(ctx: Ctx, as_of: FromQuery[str] = "") -> Response[bytes]:
    """UTF-8 with a byte order mark, as Excel wants it; a count that was not published is an empty cell."""
    day = _chosen(as_of, await ctx.read(queries.published_days))
    return await _csv(ctx, day)


async def _csv(ctx: Context, day: date) -> Response[bytes]:
    tenants = await ctx.read(queries.counts_by_tenant, day)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["プラットフォーム", "基準日", *NAMES.values()])
    for tenant in tenants:
        counts = [tenant.counts[name].value if name in tenant.counts else "" for name in NAMES]
        writer.writerow([_harmless(tenant.name), day.isoformat(), *counts])
    headers = {"Content-Disposition": f'attachment; filename="figures-{day.isoformat()}.csv"'}
    return Response(text.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


def _chosen(given: str, days: list[date]) -> date:
    """A day that has figures; else the newest that has."""
    known = {day.isoformat(): day for day in days}
    return known.get(given) or (days[0] if days else clock.today())


def _value(tenant: TenantCounts, name: str) -> int:
    return tenant.counts[name].value if name in tenant.counts else 0


def _harmless(text: str) -> str:
    """A name that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) else text


ROUTES = [show_figures, figures_csv]
