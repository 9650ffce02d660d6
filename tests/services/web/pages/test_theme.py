"""Each platform in its own colours, readable in every one of them."""

import pytest

from services.web.colours import FALLBACK, darkened_for, readable_on, theme_css
from services.web.site import Site
from shared.kit.database.session import Database
from shared.tenants.contrast import contrast
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor

KEYS = ["#1f3668", "#1f5a45", "#31475e", "#1a2150", "#0b5f63", "#4a6a10", "#767676", "#c74700"]


def properties(theme: dict[str, str]) -> dict[str, str]:
    lines = [line.strip(" ;") for line in theme_css(theme).splitlines() if line.startswith("  --")]
    return dict(line.removeprefix("--").split(": ", 1) for line in lines)


@pytest.mark.parametrize("key", KEYS)
def test_every_pair_of_text_and_ground_can_be_read(key: str) -> None:
    shades = properties({"key": key, "accent": "#ffd36b", "motif": "lights"})
    pairs = [("on-key", "key"), ("key-dark", "tint"), ("key-dark", "key-light"), ("key-deep", "key-light")]
    pairs += [("accent-dark", "tint"), ("on-ground", "ground")]
    assert [pair for pair in pairs if contrast(shades[pair[0]], shades[pair[1]]) < 4.0] == []
    assert contrast(shades["accent-dark"], "#ffffff") >= 4.5


@pytest.mark.parametrize("ground", ["#f4f7fa", "#f7f6ef", "#12183c", "#808080"])
def test_the_slogan_can_be_read_on_the_ground_of_the_picture(ground: str) -> None:
    shades = properties({"key": "#1f3668", "accent": "#e98a3c", "ground": ground})
    assert contrast(shades["on-ground"], ground) >= 3.9


def test_a_colour_that_cannot_be_read_gives_the_quiet_one() -> None:
    assert properties({"key": "red; } body { display: none", "accent": "#fff"})["key"] == FALLBACK


def test_white_stands_on_dark_and_black_on_light() -> None:
    assert (readable_on("#1a2150"), readable_on("#ffd36b")) == ("#ffffff", "#000000")
    assert darkened_for("#ffffff", "#ffffff") != "#ffffff"


async def test_two_platforms_have_two_style_sheets(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    indigo = await make_tenant(worker_database, theme={"key": "#1f3668", "accent": "#e98a3c", "motif": "whirl"})
    pine = await make_tenant(worker_database, theme={"key": "#1f5a45", "accent": "#f0b429", "motif": "fields"})
    await site._reload_hosts()
    sheets = [await client_for(tenant).get("/theme.css") for tenant in (indigo, pine)]
    assert [sheet.headers["content-type"] for sheet in sheets] == ["text/css; charset=utf-8"] * 2
    assert ["--key: #1f3668" in sheets[0].text, "--key: #1f5a45" in sheets[1].text] == [True, True]


async def test_the_design_tokens_are_served_and_nothing_else_of_node_modules(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    client = client_for(await make_tenant(worker_database))
    await site._reload_hosts()
    tokens = await client.get("/static/vendor/design-tokens/tokens.css")
    assert (tokens.status_code, "--color-primitive-blue-50" in tokens.text) == (200, True)
    assert "max-age=31536000" in tokens.headers["cache-control"]
    for path in ("/static/vendor/axe-core/axe.js", "/static/vendor/design-tokens/../package.json"):
        assert (await client.get(path)).status_code == 404
