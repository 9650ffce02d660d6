"""プロフィール: how the platform describes itself, its colours and its way out to help."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromQuery
from litestar.response import Redirect, Response

from services.web.context import Context, Ctx
from services.web.days import day_values, read_day
from services.web.forms import Form, FormExpired, FormView, read_form
from services.web.pages.arguments import revision_of
from services.web.pages.staff.profile_lists import LISTS
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.refusals import Conflict, Refusal
from shared.tenants import service
from shared.tenants.profile_changes import ProfileChanges
from shared.tenants.queries import Profile

AnyRequest = Request[Any, Any, Any]
LABELS = {
    "name": "正式名",
    "short_name": "略称",
    "aliases": "ほかの呼び名",
    "slogan": "スローガン",
    "vision": "めざす姿",
    "lead": "紹介文",
    "lead_easy": "やさしい日本語の紹介文",
    "key": "キーカラー",
    "accent": "アクセントカラー",
    "help_line_title": "相談先の見出し",
    "help_line_body": "相談先の説明",
    "help_line_phone": "相談先の電話",
    "help_line_url": "相談先のアドレス",
}
HELP_LINE = ("title", "body", "phone", "url")
TEXTS = tuple(name for name in LABELS if name != "aliases")


@get("/staff/profile", policy=Permission.PROFILE_EDIT)
async def show_profile(ctx: Ctx, done: FromQuery[str] = "") -> Response[Any]:
    return await _page(ctx, FormView(_values(await ctx.profile())), done=bool(done))


@post("/staff/profile", policy=Permission.PROFILE_EDIT)
async def save_profile(request: AnyRequest, ctx: Ctx) -> Response[Any]:
    form = await read_form(request, ctx)
    typed = form.values()
    try:
        if not form.genuine:
            raise FormExpired
        revision = revision_of(form)
        await ctx.write(service.edit_profile, actor=ctx.actor, revision=revision, changes=_changes(form))
    except Conflict as conflict:
        stored = _values(await ctx.profile())
        view = FormView({**typed, "revision": stored["revision"]}, Refusal(conflict.code, conflict.message))
        return await _page(ctx, view, status=409, other=_differences(stored, typed))
    except Refusal as refusal:
        return await _page(ctx, FormView(typed, refusal), status=422)
    return Redirect("/staff/profile?done=saved", status_code=303)


def _changes(form: Form) -> ProfileChanges:
    aliases = [line for line in form.text("aliases").split("\n") if line.strip()]
    founded_on = read_day(form, "founded_on", "設立した日")
    return ProfileChanges(aliases=aliases, founded_on=founded_on, **{name: form.text(name) for name in TEXTS})


def _values(profile: Profile) -> dict[str, Any]:
    plain = ("name", "short_name", "slogan", "vision", "lead", "lead_easy", "revision")
    help_line = profile.help_line or {}
    return {
        **{name: getattr(profile, name) or "" for name in plain},
        **{f"help_line_{name}": help_line.get(name) or "" for name in HELP_LINE},
        **day_values("founded_on", profile.founded_on),
        "aliases": "\n".join(profile.aliases),
        "key": profile.theme.get("key", ""),
        "accent": profile.theme.get("accent", ""),
    }


def _differences(stored: dict[str, Any], typed: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Label, what is stored, what was typed."""
    return [
        (label, str(stored[name]), str(typed.get(name, "")))
        for name, label in LABELS.items()
        if str(stored[name]).split() != str(typed.get(name, "")).split()
    ]


async def _page(
    ctx: Context,
    view: FormView,
    *,
    status: int = 200,
    done: bool = False,
    other: list[tuple[str, str, str]] | None = None,
) -> Response[Any]:
    return await page(
        ctx, "staff/profile/form.html", status=status, view=view, done=done, other=other, labels=LABELS, lists=LISTS
    )


ROUTES = [show_profile, save_profile]
