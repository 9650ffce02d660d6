"""様式1 between the browser and the domain: what a form sends, and what it offers to choose from."""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from services.web.context import Context
from services.web.forms import Form
from shared.members.details import LABELS, ApplicationDetails
from shared.members.models import CONTACT_COLUMNS, Visibility
from shared.members.tags import AUDIENCES, KINDS, RESOURCES
from shared.members.words import SOURCES, VISIBILITIES
from shared.taxonomy import queries as taxonomy
from shared.tenants.models import Level
from shared.tenants.queries import CategoryView, Profile

Options = list[tuple[str, str]]
Values = dict[str, Any]

_TEXTS = tuple(field.name for field in msgspec.structs.fields(ApplicationDetails) if field.type is str)
#: Of which several can be chosen.
LISTS = ("fields", *KINDS)
_MOST_CHOSEN = 100
_VISIBILITIES = tuple(f"visibility_{column}" for column in CONTACT_COLUMNS)
#: `charter_seen` is the version that the page showed, `charter_version` the mark beside it, `key` makes two clicks one application.
_OTHERS = ("charter_seen", "charter_version", "consent", "pledge", "key")
_CHOOSE = ("", "選んでください")
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Choices(msgspec.Struct, frozen=True):
    """Everything that the form offers to choose from."""

    municipalities: Options
    categories: Options
    fields: Options
    sources: Options
    visibilities: Options
    contact_columns: Options
    audiences: Options
    resources: Options

    def label(self, kind: str, value: str) -> str:
        options: Options = getattr(self, kind)
        return dict(options).get(value, "").strip() if value else ""


async def choices(ctx: Context) -> Choices:
    profile = await ctx.profile()
    return Choices(
        municipalities=await _municipalities(ctx, profile),
        categories=[_CHOOSE, *_tree(profile.categories, None, 0)] if profile.categories else [],
        fields=[(field.slug, field.name) for field in profile.fields],
        sources=[_CHOOSE, *SOURCES.items()],
        visibilities=list(VISIBILITIES.items()),
        contact_columns=[(column, LABELS[column]) for column in CONTACT_COLUMNS],
        audiences=list(AUDIENCES.items()),
        resources=list(RESOURCES.items()),
    )


async def _municipalities(ctx: Context, profile: Profile) -> Options:
    """Those of the tenant's prefecture; the nation has none to choose from."""
    own = await ctx.read(taxonomy.municipality, profile.code)
    if own is None:
        return []
    near = await ctx.read(taxonomy.municipalities_in, own.prefecture_code)
    return [_CHOOSE, *((each.code, each.name) for each in near)]


def _tree(categories: Iterable[CategoryView], parent: UUID | None, depth: int) -> Options:
    return [
        option
        for category in categories
        if category.parent_id == parent
        for option in [
            (category.slug, "　" * depth + category.name),
            *_tree(categories, category.id, depth + 1),
        ]
    ]


def first_values(profile: Profile) -> Values:
    """An empty form: nothing is shown to strangers unless the applicant says so."""
    values: Values = dict.fromkeys(_VISIBILITIES, Visibility.SECRETARIAT)
    if profile.level is Level.MUNICIPALITY:
        values["municipality_code"] = profile.code
    return values | _fresh(profile)


def typed_values(form: Form, profile: Profile) -> Values:
    """The fields of 様式1 as typed; whatever else was sent is dropped, and of a repeated field the first counts."""
    values: Values = {name: _one(form, name) for name in (*_TEXTS, *_VISIBILITIES, *_OTHERS)}
    values |= {name: form.texts(name)[:_MOST_CHOSEN] for name in LISTS}
    fresh = _fresh(profile)
    if not _KEY.fullmatch(values["key"]):
        values["key"] = fresh["key"]
    if values["charter_seen"] != fresh["charter_seen"]:
        values |= {"charter_seen": fresh["charter_seen"], "charter_version": ""}
    return values


def stored_values(details: ApplicationDetails, profile: Profile) -> Values:
    """An application that comes back to be mended, as its form; agreed to anew."""
    values: Values = {name: getattr(details, name) for name in _TEXTS}
    shown = {f"visibility_{column}": details.visible(column) for column in CONTACT_COLUMNS}
    return values | shown | {name: list(getattr(details, name)) for name in LISTS} | _fresh(profile)


def details_of(values: Mapping[str, Any]) -> ApplicationDetails:
    agreed = values["charter_version"] == "1" and values["charter_seen"].isdigit()
    return ApplicationDetails(
        **{name: values[name] for name in _TEXTS},
        fields=tuple(values["fields"]),
        audiences=tuple(values["audiences"]),
        resources=tuple(values["resources"]),
        visibility={column: values[f"visibility_{column}"] for column in CONTACT_COLUMNS},
        charter_version=int(values["charter_seen"]) if agreed else None,
        consent=values["consent"] == "1",
        pledge=values["pledge"] == "1",
    )


def carried(values: Values) -> list[tuple[str, str]]:
    """Hidden fields that carry the form through the confirmation page."""
    single = [(name, value) for name, value in values.items() if isinstance(value, str) and value]
    return [*single, *((name, slug) for name in LISTS for slug in values[name])]


def _one(form: Form, name: str) -> str:
    """Browsers send line breaks as two characters."""
    return next(iter(form.texts(name)), "").replace("\r\n", "\n")


def _fresh(profile: Profile) -> Values:
    version = str(profile.charter.version) if profile.charter else ""
    return {
        "key": secrets.token_urlsafe(18),
        "charter_seen": version,
        "charter_version": "",
        "consent": "",
        "pledge": "",
    }
