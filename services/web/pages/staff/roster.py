"""参加団体 at the secretariat as a list: filtered, sorted, printed and taken along. `/staff/members` was its former address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.documents import document
from services.web.exporting import Listing, export_routes
from services.web.forms import read_genuine_form
from services.web.pages.public.organisations import FILTERS, Wanted, options_of, wanted_of
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit import clock
from shared.members import access_log, exports, paper, pledges, portal, portal_queries, roster
from shared.members.roster import Freshness, Order, RosterLine, Show, Standing

AnyRequest = Request[Any, Any, Any]
PATH = "/staff/organisations"
PER_PAGE = 50
STANDINGS = {
    Standing.CURRENT: "参加中",
    Standing.LATER: "参加予定",
    Standing.LEFT: "退会",
    Standing.UNDATED: "日付の記録なし",
}
SHOWS = {
    Show.MEMBERS: "いまの参加団体",
    Show.LATER: "参加予定の団体",
    Show.LEFT: "退会した団体",
    Show.UNDATED: "日付の記録がない団体",
    Show.ALL: "退会も含めてすべて",
}
FRESHNESS = {
    Freshness.STALE: "400日より長く確認がない",
    Freshness.FRESH: "400日以内に確認・登録した",
    Freshness.NEVER: "一度も確認していない",
}
ORDERS = {
    Order.KANA: "よみの順",
    Order.KANA_BACK: "よみの逆の順",
    Order.JOINED: "参加の新しい順",
    Order.JOINED_BACK: "参加の古い順",
    Order.CONFIRMED: "確認の古い順",
    Order.CONFIRMED_BACK: "確認の新しい順",
}
DONE = {"rules": "変更の受け方を保存しました。"}


class Sought(msgspec.Struct, frozen=True):
    """What the address asks for; whatever cannot be meant is as if it were not there."""

    wanted: Wanted
    show: Show
    freshness: Freshness | None
    order: Order

    @property
    def filters(self) -> dict[str, Any]:
        return {"show": self.show, "freshness": self.freshness, "order": self.order}

    @property
    def narrowed(self) -> bool:
        return self.wanted.narrowed or self.show is not Show.MEMBERS or self.freshness is not None

    def query(self, **changes: str) -> str:
        """Without the page."""
        given = {
            "q": self.wanted.text,
            **self.wanted.filters,
            "show": "" if self.show is Show.MEMBERS else self.show.value,
            "confirmed": self.freshness.value if self.freshness else "",
            "order": "" if self.order is Order.KANA else self.order.value,
        }
        return urlencode({name: value for name, value in (given | changes).items() if value})

    def turned(self, column: str) -> str:
        """The address that sorts by this column, or the other way round when it is sorted by it already."""
        order = f"{column}_BACK" if self.order == column else column
        query = self.query(order="" if order == Order.KANA else order)
        return f"{PATH}?{query}" if query else PATH

    def sorted_by(self, column: str) -> str:
        """For aria-sort. The newest first is called descending, whatever the platform thinks of first."""
        if self.order not in (column, f"{column}_BACK"):
            return "none"
        return "descending" if self.order in (Order.KANA_BACK, Order.JOINED, Order.CONFIRMED_BACK) else "ascending"


def sought_of(request: AnyRequest) -> Sought:
    given = request.query_params
    show, confirmed, order = (given.get(name, "") for name in ("show", "confirmed", "order"))
    return Sought(
        wanted_of(request),
        Show(show) if show in list(Show) else Show.MEMBERS,
        Freshness(confirmed) if confirmed in list(Freshness) else None,
        Order(order) if order in list(Order) else Order.KANA,
    )


@get(PATH, policy=Permission.APPLICATION_READ)
async def list_organisations(request: AnyRequest, ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    sought, audience = sought_of(request), await ctx.read(pledges.audience_for, ctx.actor)
    number = sought.wanted.page
    found = await ctx.read(
        roster.roster,
        sought.wanted.sought,
        **sought.filters,
        audience=audience,
        first=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    ids = [each.id for each in found.items]
    await ctx.write(access_log.note_list, actor=ctx.actor, action=access_log.LISTED, organisation_ids=ids)
    options = options_of(sought.wanted, found, await ctx.profile())
    return await page(
        ctx,
        "staff/organisations/list.html",
        sought=sought,
        found=found,
        filters=FILTERS,
        options=options,
        shows=_counted(SHOWS, found.shows, sought.show),
        freshness=[("", "問わない"), *_counted(FRESHNESS, found.freshness, sought.freshness)],
        orders=list(ORDERS.items()),
        said=_said(sought, options),
        standings=STANDINGS,
        number=number,
        per_page=PER_PAGE,
        most_labels=paper.MOST_LABELS,
        most_rows=paper.MOST_ROWS,
        by_notice=await ctx.read(portal_queries.changes_by_notice),
        done=DONE.get(done),
    )


def _counted(words: Mapping[Any, str], counts: Mapping[Any, int], chosen: Any) -> list[tuple[str, str]]:
    """What would find nothing is not offered, unless it is chosen."""
    offered = [each for each in words if counts.get(each) or each is chosen]
    return [(each, f"{words[each]}（{counts.get(each, 0):,}）") for each in offered]


def _said(sought: Sought, options: Mapping[str, list[tuple[str, str]]]) -> list[str]:
    """The filters in words, for the printed sheet."""
    chosen = [
        dict(options[name])[value].strip().rpartition("（")[0]
        for name, value in sought.wanted.filters.items()
        if value and value in dict(options[name])
    ]
    text = [f"「{sought.wanted.text}」"] if sought.wanted.text else []
    shown = [] if sought.show is Show.MEMBERS else [SHOWS[sought.show]]
    return [*text, *chosen, *shown, *([FRESHNESS[sought.freshness]] if sought.freshness else [])]


@post(f"{PATH}/rules", policy=Permission.PROFILE_EDIT)
async def set_rules(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_genuine_form(request, ctx)
    await ctx.write(portal.set_changes_by_notice, actor=ctx.actor, wanted=form.text("by_notice") == "1")
    return Redirect(f"{PATH}?done=rules", status_code=303)


@get(f"{PATH}/labels.pdf", policy=Permission.APPLICATION_READ)
async def print_labels(request: AnyRequest, ctx: Ctx) -> Response[bytes]:
    """`?skip=` leaves out the labels that a begun sheet has already lost."""
    lines = await _taken_along(ctx, request, access_log.LABELS)
    profile = await ctx.profile()
    await ctx.release()
    given = request.query_params.get("skip", "")
    skip = int(given) if given.isascii() and given.isdigit() and len(given) < 3 else 0
    pdf = await paper.render_labels(profile, exports.address_labels(lines), skip=skip)
    return document(pdf, name="宛名ラベル.pdf", plain_name="labels.pdf", private=True)


@get(f"{PATH}/name-list.pdf", policy=Permission.APPLICATION_READ)
async def print_name_list(request: AnyRequest, ctx: Ctx) -> Response[bytes]:
    lines = await _taken_along(ctx, request, access_log.NAME_LIST)
    profile = await ctx.profile()
    await ctx.release()
    pdf = await paper.render_name_list(
        profile,
        title="参加団体名簿",
        columns=exports.NAME_LIST_COLUMNS,
        rows=exports.name_list_rows(lines),
        as_of=clock.today(),
    )
    return document(pdf, name="参加団体名簿.pdf", plain_name="name-list.pdf", private=True)


async def _export(ctx: Context, request: AnyRequest) -> Listing:
    """The columns are those that an import understands."""
    lines = await _taken_along(ctx, request, access_log.EXPORTED)
    return Listing("参加団体", "organisations", exports.staff_headers(), [exports.staff_row(each) for each in lines])


async def _taken_along(ctx: Context, request: AnyRequest, action: str) -> list[RosterLine]:
    """With the filters of the list. Whoever takes hidden contacts along is seen by the organisations."""
    sought = sought_of(request)
    audience = await ctx.read(pledges.audience_for, ctx.actor)
    lines = await ctx.read(roster.whole, sought.wanted.sought, **sought.filters, audience=audience)
    ids = [each.id for each in lines]
    await ctx.write(access_log.note_list, actor=ctx.actor, action=action, organisation_ids=ids)
    return lines


def _moved(path: str) -> Any:
    @get(f"/staff/members{path}", policy=Permission.APPLICATION_READ)
    async def moved(request: AnyRequest) -> Redirect:
        query = request.url.query
        return Redirect(f"{PATH}{path}{'?' if query else ''}{query}", status_code=301)

    return moved


ROUTES = [
    list_organisations,
    set_rules,
    print_labels,
    print_name_list,
    *export_routes("/staff/exports/organisations", Permission.APPLICATION_READ, _export),
    *(_moved(path) for path in ("", "/labels.pdf", "/name-list.pdf")),
]
