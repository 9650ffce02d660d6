"""The pages behind the sign-in, as axe, a narrow screen and a browser without scripts see them."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.fixtures import Axe, follow, is_wide, sign_in
from tests.running import Installation
from tests.scenarios.steps import let_letters_go_by_night, letter_to

STAFF = (
    "/staff",
    "/staff/applications",
    "/staff/applications/new",
    "/staff/members/import",
    "/staff/organisations",
    "/staff/organisations?show=ALL&order=JOINED&confirmed=NEVER&audience=elderly",
    "/staff/organisations?q=だれもいない会",
    "/staff/notices",
    "/staff/notices/new",
    "/staff/ledger",
    "/staff/proposals",
    "/staff/news",
    "/staff/news/new",
    "/staff/events",
    "/staff/events/new",
    "/staff/profile",
    "/staff/profile/viewpoints",
    "/staff/profile/contacts",
    "/staff/letters",
    "/staff/notifications",
    "/staff/people",
    "/staff/record",
    "/signin/password",
)
MEMBER = (
    "/member",
    "/member/profile",
    "/member/preview",
    "/member/withdraw",
    "/member/notices",
    "/member/news",
    "/member/news/new",
    "/member/events",
    "/member/events/new",
    "/member/people",
    "/member/access",
    "/member/gains",
    "/member/notifications",
)
WALKS = (
    ("tokushima", "staff@tokushima.example", STAFF),
    ("tokushima", "member@tokushima.example", MEMBER),
    ("national", "viewer@national.example", ("/national",)),
    ("national", "operator@national.example", ("/operator", "/operator/new", "/operator/kamiyama")),
)


@pytest.mark.parametrize(("slug", "email", "paths"), WALKS)
@pytest.mark.parametrize("preference", ["", "contrast=1&size=largest&ruby=1"])
def test_axe_finds_nothing_behind_the_sign_in(
    page: Page, running: Installation, axe: Axe, slug: str, email: str, paths: tuple[str, ...], preference: str
) -> None:
    sign_in(page, running, slug, email)
    if preference:
        page.context.add_cookies([{"name": "preferences", "value": preference, "url": running.url(slug)}])
    findings = {}
    for path in paths:
        page.goto(running.url(slug, path))
        findings[path] = axe.findings(page)
    assert {path: found for path, found in findings.items() if found} == {}


@pytest.mark.parametrize(("slug", "email", "paths"), WALKS)
def test_no_page_behind_the_sign_in_needs_sideways_scrolling(
    page: Page, running: Installation, slug: str, email: str, paths: tuple[str, ...]
) -> None:
    sign_in(page, running, slug, email)
    wide = []
    for path in paths:
        page.goto(running.url(slug, path))
        wide += [(path, width) for width in (320, 1280) if is_wide(page, width)]
    assert wide == []


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_from_one_organisation_to_what_its_umbrella_relays(
    page: Page, running: Installation, axe: Axe, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    findings: dict[str, list[str]] = {}
    wide = []

    def look(name: str) -> None:
        findings[name] = axe.findings(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)

    sign_in(page, running, "tokushima", "member@tokushima.example")
    own = page.get_by_role("link", name="登録内容を変える").get_attribute("href")
    assert own is not None
    organisation_id = own.partition("organisation=")[2]
    page.goto(running.url("tokushima", f"/member/umbrella/{organisation_id}"))
    look("umbrella for its manager")
    page.context.clear_cookies()
    sign_in(page, running, "tokushima", "staff@tokushima.example")
    let_letters_go_by_night(page, running.url("tokushima", "/staff/notifications"))
    page.goto(running.url("tokushima", f"/staff/organisations/{organisation_id}"))
    look("organisation")
    follow(page.get_by_role("link", name="傘下の団体と一覧への掲載"))
    look("umbrella for the secretariat")
    receiver = f"child{width}@example.jp"
    page.fill("input[name=name]", f"小さな集い{width}")
    page.fill("input[name=email]", receiver)
    follow(page.get_by_role("button", name="傘下に登録する"))
    page.fill("input[name=subject]", "寄付のお米があります")
    page.fill("textarea[name=body]", "取りに来られる方は、ご連絡ください。")
    follow(page.get_by_role("button", name=re.compile("団体へ送る")))
    page.get_by_text("寄付のお米があります").first.click()
    look("umbrella with a notice")
    link = re.search(r"http://\S+/relay/\S+", letter_to(running, receiver, "").get_content())
    assert link is not None
    page.goto(link.group())
    look("relayed notice")
    follow(page.locator("main form button[type=submit]"))
    look("receipt confirmed")
    assert ({name: found for name, found in findings.items() if found}, wide) == ({}, [])


def test_an_event_with_its_programme_is_written_without_a_script(browser: Browser, running: Installation) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, running, "kamiyama", "staff@kamiyama.example")
    tab.goto(running.url("kamiyama", "/staff/events/new"))
    tab.fill("#title", "石積みと、お茶の会")
    tab.select_option("#kind", "WORKSHOP")
    for part, typed in (("year", "令和９年"), ("month", "３"), ("day", "７"), ("time", "午前10時")):
        tab.fill(f"[name=starts_at_{part}]", typed)
    tab.get_by_role("button", name="プログラムを加える").click()
    tab.fill("[name='sessions.0.title']", "石を積む")
    tab.get_by_role("button", name="登壇者を加える").click()
    tab.fill("[name='sessions.0.appearances.0.person_name']", "神山 六郎")
    follow(tab.get_by_role("button", name="公開する"))
    assert "公開しました" in tab.inner_text("main")
    follow(tab.get_by_role("link", name="サイトで見る"))
    assert "神山 六郎" in tab.inner_text("main")
    context.close()


def test_the_session_is_extended_without_leaving_the_page(page: Page, running: Installation) -> None:
    sign_in(page, running, "hyogo", "staff@hyogo.example")
    page.goto(running.url("hyogo", "/staff/news/new"))
    page.fill("#title", "書きかけ")
    page.get_by_role("button", name="延長する").click()
    page.get_by_text("延長しました").wait_for()
    assert page.input_value("#title") == "書きかけ"
