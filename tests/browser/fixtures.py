"""A real browser on the real program. The tests of one file run in one process and share its installation."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from shared.kit.settings import ROOT
from tests.running import Installation

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = ROOT / "node_modules" / "axe-core"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation(tmp_path_factory.mktemp("run")) as installation:
        yield installation


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else the one that Playwright brought."""
    system = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=system, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    fresh = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900})
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab whose console must stay silent: an error there is a broken page or a policy that was hit."""
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    silent = [text for text in complaints if "status of 4" not in text]
    assert silent == []


class Axe:
    """axe-core in a page: what it finds, as readable lines."""

    def __init__(self) -> None:
        self._source = (AXE / "axe.min.js").read_text()
        self._words = json.loads((AXE / "locales" / "ja.json").read_text())

    def findings(self, page: Page) -> list[str]:
        page.evaluate(self._source)
        page.evaluate("words => axe.configure({locale: words})", self._words)
        found: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['impact']} {violation['id']}: {violation['help']} at {node['target']}"
            for violation in found["violations"]
            for node in violation["nodes"][:3]
        ]


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


def sign_in(page: Page, running: Installation, slug: str, email: str) -> None:
    page.goto(running.url(slug, "/signin"))
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", "tsunagari-demo")
    follow(page.locator("main form button[type=submit]"))


def follow(target: Locator) -> None:
    """Presses a link or a button and waits for the page behind it. On a busy machine the press alone returns before the page is asked for."""
    with target.page.expect_navigation():
        target.click()


def is_wide(page: Page, width: int) -> bool:
    """Whether one would have to scroll sideways on a screen of `width` pixels."""
    page.set_viewport_size({"width": width, "height": 800})
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
