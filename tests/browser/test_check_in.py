"""The door of an event on a tablet: with network, without it, and with two tablets at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser.fixtures import Axe, follow, sign_in
from tests.browser.office import Door, Office, office_of
from tests.running import Installation

SLUG = "tokushima"
#: The worker has put the page and what it is dressed with aside.
KEPT = """async () => {
  for (const name of await caches.keys()) {
    const kept = await caches.open(name);
    if ((await kept.keys()).length > 6) return true;
  }
  return false;
}"""


@pytest.fixture(scope="module")
def office(running: Installation) -> Iterator[Office]:
    with office_of(running, SLUG) as opened:
        yield opened


@pytest.fixture
def tablet(context: BrowserContext) -> Iterator[Page]:
    """A tab whose console says nothing but that there is no network."""
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield tab
    assert [text for text in complaints if "net::ERR_" not in text] == []


def ready(page: Page, running: Installation, door: Door) -> None:
    """At the door, with the page kept for times without network."""
    sign_in(page, running, SLUG, f"staff@{SLUG}.example")
    page.goto(running.url(SLUG, door.path))
    until(page, "() => navigator.serviceWorker.controller !== null")
    until(page, KEPT)


def until(page: Page, condition: str) -> None:
    """Playwright's own waiting evaluates strings, which the pages' policy forbids."""
    for _ in range(150):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {condition}")


def scan(page: Page, code: str) -> None:
    """A scanner types and presses Enter."""
    page.fill("#ticket", code)
    page.press("#ticket", "Enter")


def test_the_door_goes_on_without_network_and_sends_later(tablet: Page, running: Installation, office: Office) -> None:
    door = office.door("電波の弱い会場の講座", ("鳴門 渚", "阿南 光", "海部 空", "待つ 人"))
    ready(tablet, running, door)
    scan(tablet, door.codes["鳴門 渚"])
    expect(tablet.locator(".said--yes")).to_contain_text("鳴門 渚さん")
    expect(tablet.locator("[data-count=come]")).to_have_text("1")

    tablet.context.set_offline(True)
    scan(tablet, door.codes["阿南 光"])
    expect(tablet.locator(".said--later")).to_contain_text("未送信")
    expect(tablet.locator("[data-waiting]")).to_have_text("未送信 1件")
    tablet.reload()
    expect(tablet.locator("h1")).to_have_text("受付")
    expect(tablet.locator("[data-waiting]")).to_have_text("未送信 1件")
    expect(tablet.locator(".guest", has_text="阿南 光")).to_contain_text("来場（未送信）")
    expect(tablet.locator(".guest", has_text="鳴門 渚")).to_contain_text("来場（受付票）")
    scan(tablet, door.codes["阿南 光"])
    expect(tablet.locator(".said--no")).to_contain_text("すでに受け付けています")
    scan(tablet, door.codes["待つ 人"])
    expect(tablet.locator(".said--no")).to_contain_text("キャンセル待ち")
    tablet.locator(".guest", has_text="海部 空").get_by_role("button", name="来場").click()
    expect(tablet.locator("[data-waiting]")).to_have_text("未送信 2件")

    tablet.context.set_offline(False)
    expect(tablet.locator("[data-waiting]")).to_have_text("未送信はありません。")
    expect(tablet.locator("[data-count=come]")).to_have_text("3")
    tablet.reload()
    expect(tablet.locator(".guest--here")).to_have_count(3)
    expect(tablet.locator(".guest", has_text="海部 空")).to_contain_text("来場（名簿）")


def test_how_many_of_a_group_came_is_put_right_as_soon_as_it_is_scanned(
    tablet: Page, running: Installation, office: Office
) -> None:
    door = office.door("グループの多い講座", ("鳴門 渚", "阿南 光"), party=3, capacity=10)
    ready(tablet, running, door)
    tablet.context.set_offline(True)
    scan(tablet, door.codes["阿南 光"])
    late = tablet.locator(".guest", has_text="阿南 光")
    expect(late).to_contain_text("3人全員")
    expect(late.locator("button[name=count]")).to_be_disabled()
    tablet.context.set_offline(False)
    scan(tablet, door.codes["鳴門 渚"])
    expect(tablet.locator("[data-count=people]")).to_have_text("6")
    group = tablet.locator(".guest", has_text="鳴門 渚")
    group.locator("select").select_option("2")
    follow(group.locator("button[name=count]"))
    expect(tablet.locator(".said--yes")).to_contain_text("来場した人数を2人に直しました。")
    expect(tablet.locator("[data-count=people]")).to_have_text("5")
    expect(tablet.locator(".guest", has_text="鳴門 渚")).to_contain_text("3人のうち2人")


def test_what_was_sent_later_and_not_taken_stays_until_somebody_has_read_it(
    tablet: Page, running: Installation, office: Office
) -> None:
    door = office.door("受付票を取り違えた講座", ("鳴門 渚",))
    ready(tablet, running, door)
    tablet.context.set_offline(True)
    scan(tablet, "NOTHERE234")
    expect(tablet.locator(".said--later")).to_contain_text("名簿にない受付票")
    tablet.context.set_offline(False)
    refused = tablet.locator("[data-refused]")
    expect(refused).to_contain_text("NOTHERE234")
    scan(tablet, door.codes["鳴門 渚"])
    expect(tablet.locator(".said--yes")).to_contain_text("鳴門 渚さん")
    tablet.reload()
    expect(refused).to_contain_text("NOTHERE234")
    expect(tablet.locator("[data-waiting]")).to_have_text("未送信はありません。")
    refused.get_by_role("button", name="確かめた").click()
    expect(refused).to_be_hidden()
    tablet.reload()
    expect(tablet.locator("[data-line]")).to_be_visible()
    expect(refused).to_be_hidden()


def test_of_two_tablets_without_network_the_first_scan_counts_and_the_second_is_told(
    browser: Browser, tablet: Page, running: Installation, office: Office
) -> None:
    door = office.door("入口が二つある講座", ("鳴門 渚",))
    other_context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo")
    other = other_context.new_page()
    for each, place in ((tablet, "東口"), (other, "西口")):
        ready(each, running, door)
        each.fill("#place", place)
        each.context.set_offline(True)
    scan(tablet, door.codes["鳴門 渚"])
    expect(tablet.locator(".said--later")).to_be_visible()
    scan(other, door.codes["鳴門 渚"])
    expect(other.locator(".said--later")).to_be_visible()
    for each in (other, tablet):
        each.context.set_offline(False)
        expect(each.locator("[data-waiting]")).to_have_text("未送信はありません。")
    tablet.reload()
    expect(tablet.locator("[data-count=come]")).to_have_text("1")
    expect(tablet.locator(".guest")).to_contain_text("西口でもう一度読み取られています")
    scan(other, door.codes["鳴門 渚"])
    expect(other.locator(".said--no")).to_contain_text("東口")
    other_context.close()


def test_signing_out_takes_the_list_off_the_tablet(page: Page, running: Installation, office: Office) -> None:
    door = office.door("名簿を残さない講座", ("鳴門 渚",))
    ready(page, running, door)
    page.get_by_role("button", name="サインアウト").click()
    expect(page.locator("h1")).to_have_text("サインアウトしました")
    until(page, "async () => (await caches.keys()).length === 0")
    until(page, "async () => (await navigator.serviceWorker.getRegistrations()).length === 0")


def test_without_a_script_the_door_is_a_form(browser: Browser, running: Installation, office: Office) -> None:
    door = office.door("JavaScriptのない講座", ("鳴門 渚",))
    context: BrowserContext = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, running, SLUG, f"staff@{SLUG}.example")
    tab.goto(running.url(SLUG, door.path))
    scan(tab, door.codes["鳴門 渚"])
    expect(tab.locator(".said--yes")).to_contain_text("鳴門 渚さん")
    tab.get_by_role("button", name="受付を取り消す").click()
    expect(tab.locator("[data-said]")).to_contain_text("受付を取り消しました")
    tab.get_by_role("button", name="来場").click()
    expect(tab.locator(".said--yes")).to_contain_text("受け付けました")
    context.close()


@pytest.mark.parametrize("width", [375, 768, 1280])
def test_axe_finds_nothing_at_the_door(page: Page, running: Installation, office: Office, axe: Axe, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    door = office.door(f"幅{width}の講座", ("鳴門 渚", "阿南 光"))
    ready(page, running, door)
    scan(page, door.codes["鳴門 渚"])
    expect(page.locator(".said--yes")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert (axe.findings(page), wide) == ([], False)
    page.goto(running.url(SLUG, f"{door.path}/walk-in"))
    assert axe.findings(page) == []


def test_a_list_of_yesterday_is_not_opened_any_more(tablet: Page, running: Installation, office: Office) -> None:
    door = office.door("昨日の講座", ("鳴門 渚",))
    ready(tablet, running, door)
    tablet.evaluate(
        "async () => { for (const name of await caches.keys()) {"
        " const kept = await caches.open(name);"
        " await kept.put('/kept-at', new Response(String(Date.now() - 25 * 60 * 60 * 1000))); } }"
    )
    tablet.context.set_offline(True)
    with pytest.raises(Error, match="ERR_"):
        tablet.reload()
    tablet.context.set_offline(False)
    tablet.goto(running.url(SLUG, "/events"))
    assert tablet.evaluate("async () => (await caches.keys()).length") == 0
