"""参加申込 from the first click to the last seat, as a citizen with an old phone and a secretariat with a telephone live it."""

import re

from playwright.sync_api import Browser, Page

from tests.browser.fixtures import Axe, follow, sign_in
from tests.running import Installation

TITLE = "小さな部屋のお茶会"
PLATFORM = "tokushima"


class Walk:
    """A tab, and what axe and the edges of the screen have to say about each of its pages."""

    def __init__(self, page: Page, axe: Axe) -> None:
        self.page, self._axe = page, axe
        self.findings: dict[str, list[str]] = {}

    def look(self, name: str) -> None:
        found = self._axe.findings(self.page)
        if self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append("wider than the screen")
        if found:
            self.findings[name] = found

    def press(self, name: str) -> None:
        follow(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        follow(self.page.get_by_role("link", name=name, exact=True).first)

    def state(self) -> str:
        return self.page.locator("#state").inner_text().strip()


def publish_event(page: Page, running: Installation) -> str:
    """Its public address: a room with two seats, in which up to three may be registered at once."""
    sign_in(page, running, PLATFORM, "staff@tokushima.example")
    page.goto(running.url(PLATFORM, "/staff/events/new"))
    page.fill("#title", TITLE)
    page.select_option("#kind", "MEETING")
    for part, words in (("year", "令和12"), ("month", "４"), ("day", "1"), ("time", "午後1時半")):
        page.fill(f"[name=starts_at_{part}]", words)
    page.fill("#venue", "架空の和室")
    page.fill("#capacity", "2")
    page.fill("#party_limit", "3")
    follow(page.get_by_role("button", name="公開する"))
    follow(page.get_by_role("link", name="サイトで見る"))
    return page.url


def register(walk: Walk, event: str, name: str, email: str) -> str:
    """The own page, by way of the confirmation page."""
    walk.page.goto(event)
    walk.page.get_by_role("link", name=re.compile("^(キャンセル待ちに)?申し込む$")).click()
    walk.page.fill("#name", name)
    walk.page.fill("#email", email)
    walk.press("入力内容を確認する")
    walk.page.locator("main form button[value=send]").click()
    walk.page.wait_for_url("**/registrations/*")
    return walk.page.url.partition("?")[0]


def look_in_every_dress(walk: Walk, running: Installation, addresses: tuple[str, ...]) -> None:
    """With high contrast alone, and with everything at once."""
    context = walk.page.context
    for preference in ("contrast=1", "size=largest&ruby=1&easy=1&contrast=1"):
        context.add_cookies([{"name": "preferences", "value": preference, "url": running.url(PLATFORM)}])
        for address in addresses:
            walk.page.goto(address)
            walk.look(f"{address} {preference}")
    context.clear_cookies(name="preferences")


def test_a_citizen_registers_waits_moves_up_and_cancels_while_the_secretariat_keeps_the_list(
    browser: Browser, running: Installation, axe: Axe
) -> None:
    desk = Walk(browser.new_context(locale="ja-JP", viewport={"width": 1280, "height": 900}).new_page(), axe)
    event = publish_event(desk.page, running)
    listed = event.replace("/events/", "/staff/events/") + "/registrations"

    # A phone of 320 pixels.
    phone_context = browser.new_context(locale="ja-JP", viewport={"width": 320, "height": 640})
    phone = Walk(phone_context.new_page(), axe)
    phone.page.goto(event)
    phone.look("event")
    phone.follow("申し込む")
    phone.look("form")
    phone.press("入力内容を確認する")
    phone.look("form with mistakes")
    phone.page.fill("#name", "灯台 もと子")
    phone.page.fill("#kana", "とうだい もとこ")
    phone.page.fill("#email", "motoko@example.jp")
    phone.page.get_by_label("手話通訳").check()
    phone.press("入力内容を確認する")
    assert "いま申し込むと：参加確定" in phone.page.inner_text("main")
    phone.look("confirmation")
    phone.press("この内容で申し込む")
    first = phone.page.url.partition("?")[0]
    assert phone.state() == "参加確定"
    assert phone.page.locator(".ticket__picture svg").count() == 1
    phone.look("ticket")
    phone.page.go_back()
    phone.press("この内容で申し込む")
    assert phone.page.url.partition("?")[0] == first

    # The secretariat takes a call: keyboard only, and ready for the next one.
    desk.page.goto(listed)
    desk.look("list")
    desk.follow("電話・FAXなどの申込を入力する")
    desk.page.wait_for_url("**/registrations/new")
    desk.page.wait_for_function("document.activeElement.id == 'name'")
    desk.page.keyboard.type("電話 かけ子")
    desk.page.locator("#phone").fill("088-621-2179")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_url("**last=*")
    assert "受付番号 0002" in desk.page.locator("main [role=status]").inner_text()
    assert desk.page.evaluate("document.activeElement.id") == "name"
    desk.look("entry")

    # Full: the next one waits, and is told before.
    phone.page.goto(event)
    assert "満席" in phone.page.inner_text("main")
    phone.look("full event")
    third = register(phone, event, "三番目 みつ子", "third@example.jp")
    assert phone.state() == "キャンセル待ち 1番目"
    phone.look("waiting")

    # The same person again learns nothing here.
    phone.page.goto(f"{event}/register")
    phone.page.fill("#name", "だれか")
    phone.page.fill("#email", "MOTOKO@example.jp")
    phone.press("入力内容を確認する")
    follow(phone.page.locator("main form button[value=send]"))
    assert "お申し込みの状況をお送りしました" in phone.page.inner_text("main")
    phone.look("known already")

    look_in_every_dress(phone, running, (f"{event}/register", first, f"{first}/change", f"{first}/cancel", third))

    # A change, then the cancellation: whoever opens the link cancels nothing.
    phone.page.goto(first)
    phone.follow("内容を変更する")
    phone.look("change")
    phone.page.fill("#organisation_name", "灯りの会")
    phone.press("この内容に変更する")
    assert "灯りの会" in phone.page.inner_text("main")
    phone.page.goto(f"{first}/cancel")
    phone.look("cancellation")
    phone.page.goto(first)
    assert phone.state() == "参加確定"
    phone.follow("申込を取り消す")
    phone.press("申込を取り消す")
    assert phone.state() == "取消済み"
    phone.look("cancelled")
    phone.page.goto(f"{first}/cancel")
    assert "すでに取り消されています" in phone.page.inner_text("main")
    phone.page.goto(third)
    assert phone.state() == "参加確定"

    # The secretariat sees who moved up, and cancels the call with a note.
    desk.page.goto(running.url(PLATFORM, "/staff"))
    assert TITLE in desk.page.inner_text("main")
    desk.page.goto(listed)
    desk.look("list with registrations")
    desk.follow("電話 かけ子")
    desk.look("registration")
    desk.follow("この申込を取り消す")
    desk.look("cancellation by the desk")
    desk.page.fill("#remarks", "お電話で取消のご連絡")
    desk.press("申込を取り消す")
    assert "お電話で取消のご連絡" in desk.page.inner_text("main")
    desk.look("cancelled registration")
    desk.page.set_viewport_size({"width": 320, "height": 640})
    desk.page.goto(listed)
    desk.look("list on a phone")
    desk.page.goto(f"{listed}/new")
    desk.look("entry on a phone")
    fetched = (
        "async path => { const answer = await fetch(path); return [answer.status, answer.headers.get('content-type')] }"
    )
    assert desk.page.evaluate(fetched, f"{listed}/names.pdf?order=kana") == [200, "application/pdf"]

    assert (phone.findings, desk.findings) == ({}, {})
    phone_context.close()
    desk.page.context.close()
