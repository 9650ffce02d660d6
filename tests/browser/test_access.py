"""Every public page, in every preference, as axe and a narrow screen see it."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.fixtures import Axe, follow, is_wide
from tests.running import Installation

TENANTS = ("national", "tokushima", "hyogo", "anan", "komatsushima", "kamiyama")
PAGES = (
    "/",
    "/about",
    "/charter",
    "/news",
    "/events",
    "/organisations",
    "/organisations/growth",
    "/open-data",
    "/join",
    "/search?q=子ども",
    "/accessibility",
    "/privacy",
    "/signin",
    "/signin/forgot",
    "/no/such/page",
)
WIDTHS = (320, 375, 768, 1280)
EVERYTHING = "size=largest&ruby=1&easy=1&contrast=1"


def first_link(page: Page, running: Installation, slug: str, listing: str) -> str | None:
    page.goto(running.url(slug, listing))
    link = page.query_selector(f"main a[href^='{listing}/']")
    return link.get_attribute("href") if link else None


@pytest.mark.parametrize("slug", TENANTS)
def test_axe_finds_nothing_on_any_public_page(page: Page, running: Installation, axe: Axe, slug: str) -> None:
    items = [first_link(page, running, slug, listing) for listing in ("/news", "/events", "/organisations")]
    findings = {}
    for path in [*PAGES, *filter(None, items)]:
        page.goto(running.url(slug, path))
        findings[path] = axe.findings(page)
    assert {path: found for path, found in findings.items() if found} == {}


# Preferences apart on one platform; on the others, whose colours differ, all at once.
@pytest.mark.parametrize(
    ("slug", "preference"),
    [
        *(("tokushima", preference) for preference in ("size=largest&easy=1", "ruby=1", "contrast=1")),
        *((slug, EVERYTHING) for slug in TENANTS),
    ],
)
def test_axe_finds_nothing_in_any_preference(
    page: Page, running: Installation, axe: Axe, slug: str, preference: str
) -> None:
    page.context.add_cookies([{"name": "preferences", "value": preference, "url": running.url(slug)}])
    items = [first_link(page, running, slug, listing) for listing in ("/news", "/events", "/organisations")]
    findings = {}
    for path in [*PAGES, *filter(None, items)]:
        page.goto(running.url(slug, path))
        findings[path] = axe.findings(page)
    assert {path: found for path, found in findings.items() if found} == {}


@pytest.mark.parametrize("slug", TENANTS)
def test_no_page_needs_sideways_scrolling(page: Page, running: Installation, slug: str) -> None:
    wide = []
    for path in PAGES:
        page.goto(running.url(slug, path))
        wide += [(path, width) for width in WIDTHS if is_wide(page, width)]
    assert wide == []


def test_the_first_tab_stop_leads_to_the_content(page: Page, running: Installation) -> None:
    page.goto(running.url("tokushima"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_preferences_are_changed_by_a_plain_form(browser: Browser, running: Installation) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(running.url("tokushima", "/about"))
    follow(tab.get_by_role("button", name="ふりがな").first)
    assert tab.url == running.url("tokushima", "/about")
    assert tab.locator("ruby").count() > 50
    context.close()
