"""/about: everything a platform says of itself, and the story so far."""

from datetime import date
from typing import Any, Self
from uuid import UUID

import msgspec
from litestar import get
from litestar.response import Response

from services.web.context import Ctx
from services.web.pages.public.home import Series, series_of
from services.web.rendering import page
from shared.events import queries as events
from shared.events.views import EventView
from shared.identity.policy import Permission
from shared.kit import clock
from shared.tenants.models import ProfileKind, TenantState
from shared.tenants.queries import CategoryView, ContactView, Item, Profile, Relative

STEPS = 12


class Node(msgspec.Struct, frozen=True):
    """A 区分 with those below it."""

    category: CategoryView
    children: list["Node"]


class Step(msgspec.Struct, frozen=True):
    """A day in the platform's story; `path` leads to the event of that day."""

    day: date
    title: str
    path: str | None


class AboutView(msgspec.Struct, frozen=True):
    contents: list[tuple[str, str]]
    categories: list[Node]
    instruments: list[Item]
    plans: list[Item]
    series: list[Series]
    children: list[Relative]
    former_contacts: list[ContactView]
    steps: list[Step]

    @classmethod
    def of(cls, profile: Profile, past: list[EventView]) -> Self:
        today = clock.today()
        steps = steps_of(profile, past)
        return cls(
            contents=contents_of(profile, steps),
            steps=steps,
            categories=tree(profile.categories),
            instruments=profile.of_kind(ProfileKind.INSTRUMENT),
            plans=profile.of_kind(ProfileKind.PLAN),
            series=series_of(profile),
            children=[child for child in profile.children if child.state is TenantState.LIVE],
            former_contacts=[each for each in profile.all_contacts if each.valid_to and each.valid_to < today],
        )


@get("/about", policy=Permission.PUBLIC, cached=True)
async def about(ctx: Ctx) -> Response[Any]:
    past = await ctx.read(events.past, first=STEPS)
    return await page(ctx, "about/about.html", about=AboutView.of(await ctx.profile(), past.items))


def steps_of(profile: Profile, past: list[EventView]) -> list[Step]:
    """Oldest first: the day of the founding among what was held before and after it."""
    held = [Step(event.first_day, event.title, f"/events/{event.id}") for event in past]
    founded = [Step(profile.founded_on, "設立", None)] if profile.founded_on else []
    return sorted([*founded, *held], key=lambda step: (step.day, step.path is not None))


def contents_of(profile: Profile, steps: list[Step]) -> list[tuple[str, str]]:
    """The sections that this platform fills: the id of the heading and its words."""
    sections: list[tuple[str, str, object]] = [
        ("outline", "概要", True),
        ("vision", "めざす姿", profile.vision),
        ("steps", "これまでの歩み", len(steps) > 1),
        ("purposes", "目的", profile.purposes),
        ("activities", "活動", profile.activities),
        ("viewpoints", "大切にしている視点", profile.viewpoints),
        ("functions", "はたらき", profile.functions),
        ("pillars", "柱と取組", profile.pillars),
        ("instruments", "支援の手段", profile.of_kind(ProfileKind.INSTRUMENT)),
        ("plans", "これからの予定", profile.of_kind(ProfileKind.PLAN)),
        ("merits", "参加のよいところ", profile.merits),
        ("categories", "構成団体", profile.categories),
        ("fields", "分野", profile.fields),
        ("figures", "数字", profile.figures),
        ("charter", "設置要綱", profile.charter),
        ("contacts", "窓口", profile.all_contacts),
    ]
    return [(anchor, title) for anchor, title, content in sections if content]


def tree(categories: list[CategoryView], parent: UUID | None = None) -> list[Node]:
    return [Node(category, tree(categories, category.id)) for category in categories if category.parent_id == parent]


ROUTES = [about]
