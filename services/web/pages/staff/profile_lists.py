"""The lists of a profile, one page each: 目的, 活動, 機能, 視点, 柱, メリット …, and the contacts."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import revision_of
from services.web.pages.staff.event_rows import change_list
from services.web.rendering import page
from shared.identity.policy import Actor, Permission
from shared.kit.refusals import Conflict, NotFound, Refusal
from shared.tenants.describing import ContactDraft, ItemDraft, replace_contacts, replace_items
from shared.tenants.models import ProfileKind
from shared.tenants.queries import Profile

AnyRequest = Request[Any, Any, Any]
Row = dict[str, str]
#: As many as are read; the slice refuses fewer.
MOST_ROWS = 60
CONTACTS = "contacts"
DATES = {"valid_from": "いつから", "valid_to": "いつまで"}
_PARTS = tuple(f"{name}_{part}" for name in DATES for part in ("year", "month", "day"))
ITEM_FIELDS = ("title", "label", "body", "points")
CONTACT_TEXTS = ("purpose", "department", "desk", "phone", "fax", "email", "postal_code", "address")


class ListPage(msgspec.Struct, frozen=True):
    """A list by its address. `kind` None: the contacts. `points` names the lines below an item."""

    title: str
    kind: ProfileKind | None
    points: str = "箇条書き"

    @property
    def prefix(self) -> str:
        """Of the fields of a row, as the refusals name them."""
        return CONTACTS if self.kind is None else "items"

    @property
    def fields(self) -> tuple[str, ...]:
        return (*CONTACT_TEXTS, *_PARTS) if self.kind is None else ITEM_FIELDS


LISTS = {
    "purposes": ListPage("目的", ProfileKind.PURPOSE),
    "activities": ListPage("活動内容", ProfileKind.ACTIVITY),
    "functions": ListPage("機能", ProfileKind.FUNCTION),
    "viewpoints": ListPage("視点", ProfileKind.VIEWPOINT),
    "pillars": ListPage("柱", ProfileKind.PILLAR, points="取組"),
    "merits": ListPage("参加のメリット", ProfileKind.MERIT),
    "instruments": ListPage("手だて", ProfileKind.INSTRUMENT),
    "plans": ListPage("これからの計画", ProfileKind.PLAN),
    CONTACTS: ListPage("窓口", None),
}


@get("/staff/profile/{name:str}", policy=Permission.PROFILE_EDIT)
async def show_list(ctx: Ctx, name: FromPath[str], done: FromQuery[str] = "") -> Response[Any]:
    listed, profile = _list(name), await ctx.profile()
    rows = _stored(listed, profile)
    return await _page(ctx, name, rows, FormView(_flat(listed, rows, profile.revision)), done=bool(done))


@post("/staff/profile/{name:str}", policy=Permission.PROFILE_EDIT)
async def save_list(request: AnyRequest, ctx: Ctx, name: FromPath[str]) -> Response[Any]:
    listed = _list(name)
    form = await read_form(request, ctx)
    rows, revision = _read(form, listed), revision_of(form)
    try:
        if not form.genuine:
            raise FormExpired
        if button := form.text("rows"):
            _press(rows, button, listed)
            return await _page(ctx, name, rows, FormView(_flat(listed, rows, revision)))
        rows = [row for row in rows if any(row.values())]
        await ctx.write(_write, listed=listed, actor=ctx.actor, revision=revision, rows=rows)
    except Conflict as conflict:
        profile = await ctx.profile()
        view = FormView(_flat(listed, rows, profile.revision), Refusal(conflict.code, conflict.message))
        return await _page(ctx, name, rows, view, status=409, other=_stored(listed, profile))
    except Refusal as refusal:
        return await _page(ctx, name, rows, FormView(_flat(listed, rows, revision), refusal), status=422)
    return Redirect(f"/staff/profile/{name}?done=saved", status_code=303)


async def _write(session: AsyncSession, *, listed: ListPage, actor: Actor, revision: int, rows: list[Row]) -> int:
    if listed.kind is None:
        contacts = [_contact(row, f"{CONTACTS}.{index}") for index, row in enumerate(rows)]
        return await replace_contacts(session, actor=actor, revision=revision, contacts=contacts)
    items = [_item(row) for row in rows]
    return await replace_items(session, actor=actor, revision=revision, kind=listed.kind, items=items)


def _item(row: Row) -> ItemDraft:
    points = row["points"].split("\n")
    return ItemDraft(title=row["title"], label=row["label"], body=row["body"], points=points)


def _contact(row: Row, place: str) -> ContactDraft:
    columns: dict[str, Any] = {name: row[name] for name in CONTACT_TEXTS}
    for name, label in DATES.items():
        columns[name] = read_day(_RowForm(row, place), f"{place}.{name}", label)
    return ContactDraft(**columns)


class _RowForm(Form):
    """A row read as if it were the form, under the names that it has there."""

    def __init__(self, row: Row, place: str) -> None:
        self._row = {f"{place}.{name}": value for name, value in row.items()}

    def text(self, name: str) -> str:
        return self._row.get(name, "")


def _list(name: str) -> ListPage:
    if name not in LISTS:
        raise NotFound
    return LISTS[name]


def _stored(listed: ListPage, profile: Profile) -> list[Row]:
    if listed.kind is None:
        return [
            {
                **dict.fromkeys(_PARTS, ""),
                **{name: getattr(contact, name) or "" for name in CONTACT_TEXTS},
                **day_values("valid_from", contact.valid_from),
                **day_values("valid_to", contact.valid_to),
            }
            for contact in profile.all_contacts
        ]
    return [
        {
            "label": item.label or "",
            "title": item.title,
            "body": item.body or "",
            "points": "\n".join(item.points),
        }
        for item in profile.of_kind(listed.kind)
    ]


def _read(form: Form, listed: ListPage) -> list[Row]:
    rows: list[Row] = []
    while len(rows) <= MOST_ROWS and form.has(f"{listed.prefix}.{len(rows)}.{listed.fields[0]}"):
        rows.append({name: form.text(f"{listed.prefix}.{len(rows)}.{name}") for name in listed.fields})
    return rows


def _press(rows: list[Row], button: str, listed: ListPage) -> None:
    verb, _, place = button.removeprefix("row.").partition(".")
    numbers = [int(place)] if place.isascii() and place.isdigit() and len(place) < 4 else []
    change_list(rows, verb, numbers, dict.fromkeys(listed.fields, ""))


def _flat(listed: ListPage, rows: Sequence[Row], revision: int) -> dict[str, Any]:
    values: dict[str, Any] = {"revision": revision}
    for index, row in enumerate(rows):
        values |= {f"{listed.prefix}.{index}.{name}": value for name, value in row.items()}
    return values


async def _page(
    ctx: Context,
    name: str,
    rows: list[Row],
    view: FormView,
    *,
    status: int = 200,
    done: bool = False,
    other: list[Row] | None = None,
) -> Response[Any]:
    return await page(
        ctx,
        "staff/profile/list.html",
        status=status,
        view=view,
        rows=rows,
        name=name,
        listed=LISTS[name],
        lists=LISTS,
        done=done,
        other=other,
    )


ROUTES = [show_list, save_list]
