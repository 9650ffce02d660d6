"""What follows the door: tables, certificates, viewing and counters, looked at as they are used."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import Axe, sign_in
from tests.browser.office import office_of
from tests.running import Installation

SLUG = "hyogo"


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_from_the_tables_to_the_proof(
    page: Page, running: Installation, axe: Axe, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    with office_of(running, SLUG) as office:
        door = office.door(f"幅{width}の一日", ("鳴門 渚", "阿南 光", "海部 空"))
    sign_in(page, running, SLUG, f"staff@{SLUG}.example")
    page.goto(running.url(SLUG, door.path))
    for code in door.codes.values():
        page.fill("#ticket", code)
        page.press("#ticket", "Enter")
    expect(page.locator("[data-count=come]")).to_have_text("3")
    findings: dict[str, list[str]] = {}
    wide = []

    def look(name: str) -> None:
        findings[name] = axe.findings(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)

    day = door.path.removesuffix("/check-in")
    page.goto(running.url(SLUG, f"{day}/tables"))
    page.get_by_label("来場した方", exact=True).check()
    page.get_by_role("button", name="班を作る").click()
    expect(page.locator("main")).to_contain_text("混ざり具合")
    look("tables")
    page.goto(running.url(SLUG, f"{day}/certificates"))
    page.get_by_role("button", name="この内容で証書を出す").click()
    page.get_by_role("button", name="来場した方全員に発行する（3人）").click()
    expect(page.locator("main")).to_contain_text("発行しました")
    page.locator("summary").first.click()
    look("certificates")
    proof = page.get_by_role("link", name="確認ページ").first.get_attribute("href")
    for name in ("viewing", "figures"):
        page.goto(running.url(SLUG, f"{day}/{name}"))
        look(name)
    for name, path in (("proof", str(proof)), ("asking", "/certificates"), ("no proof", "/certificates/NOTHERE234")):
        page.goto(running.url(SLUG, path))
        look(name)
    assert ({name: found for name, found in findings.items() if found}, wide) == ({}, [])
