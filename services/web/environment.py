"""Jinja with the filters that Japanese pages need. Templates are strict: a missing value is an error, not a blank."""

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from services.web.form_token import new_form_key
from shared.identity.policy import Permission
from shared.kit import clock
from shared.kit.japanese import eras
from shared.kit.settings import ROOT, Settings

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
NODE_MODULES = ROOT / "node_modules"
#: What of the npm packages is served, below /static/vendor/: nothing else leaves node_modules.
VENDOR = {
    "design-tokens": NODE_MODULES / "@digital-go-jp" / "design-tokens" / "dist",
    "graphiql": NODE_MODULES / "graphiql",
    "react": NODE_MODULES / "react" / "umd",
    "react-dom": NODE_MODULES / "react-dom" / "umd",
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def make_environment(settings: Settings) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.development,
    )
    environment.filters.update(
        markdown=markdown,
        date=eras.both_calendars,
        short_date=eras.japanese_date,
        jst=lambda moment: moment.astimezone(clock.JST),
        time=eras.japanese_time,
        phrases=phrases,
    )
    environment.globals.update(
        static=static_url,
        picture=picture_url,
        today=clock.today,
        Permission=Permission,
        new_form_key=new_form_key,
        platform_url=lambda relative: settings.tenant_url(relative.slug, relative.host),
    )
    return environment


def phrases(text: str) -> list[str]:
    """A slogan in the pieces after which a line may well end: behind 、 and 。, before 「 and （."""
    return [piece for piece in re.split(r"(?<=[、。\u3000])|(?=[（「])", text) if piece]


def markdown(source: str) -> Markup:
    """Markdown to safe HTML: raw HTML is off, and what comes out is sanitised once more."""
    html = _MARKDOWN.render(source)
    return Markup(nh3.clean(html, link_rel="noopener"))  # noqa: S704 - sanitised


@cache
def static_url(path: str) -> str:
    """The address of an own or vendored static file, with its content's hash so that it may be kept for long."""
    digest = hashlib.blake2b(_static_file(path).read_bytes(), digest_size=6).hexdigest()
    return f"/static/{path}?v={digest}"


def _static_file(path: str) -> Path:
    kind, _, rest = path.partition("/")
    if kind != "vendor":
        return STATIC / path
    package, _, name = rest.partition("/")
    return VENDOR[package] / name


def picture_url(name: str, size: str = "original") -> str:
    """Where a tenant's picture is served, by its name in the manifest or its id."""
    return f"/media/{quote(name)}/{size}"
