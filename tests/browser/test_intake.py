"""A FAX beside the keyboard: typed in without a mouse, in a minute, and the same without a script."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.fixtures import Axe, follow, sign_in
from tests.running import Installation

NEW = "/staff/applications/new"


class Hands:
    """On the keyboard only; counts every key but those that spell what stands on the paper."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, text: str) -> None:
        """As from an input method: the text arrives at once."""
        self.page.keyboard.insert_text(text)

    def field(self) -> str:
        found: str = self.page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()")
        return found


@pytest.fixture
def hands(page: Page, running: Installation) -> Hands:
    sign_in(page, running, "tokushima", "staff@tokushima.example")
    page.goto(running.url("tokushima", NEW))
    expect(page.locator("#name")).to_be_focused()
    return Hands(page)


def test_a_fax_is_typed_in_with_the_keyboard_alone_and_few_keys(page: Page, hands: Hands) -> None:
    hands.write("鳴門わかめの会")
    hands.press("Enter")
    expect(page.locator("[data-reading=kana]")).to_contain_text("ナルトワカメノカイ")
    hands.press("Enter")
    expect(page.locator("#kana")).to_have_value("ナルトワカメノカイ")
    assert hands.field() == "corporate_number"
    hands.press("Enter", 2)
    hands.write("７７００８５１")
    hands.press("Enter")
    expect(page.locator("#address")).to_have_value(re.compile("^徳島県徳島市"))
    expect(page.locator("#postal_code")).to_have_value("770-0851")
    expect(page.locator("#municipality_code")).to_have_value("362018")
    hands.write("1丁目2-3")
    hands.press("Enter", 5)
    hands.write("吉野 渚")
    hands.press("Enter", 5)
    hands.write("０８８ー６２１ー２１７９")
    hands.press("Enter")
    expect(page.locator("#phone")).to_have_value("088-621-2179")
    hands.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("受け付けました")
    expect(page.locator(".intake__number")).to_have_text(re.compile(r"^R\d+-\d{4}-\w\w$"))
    assert hands.keys <= 20
    expect(page.get_by_role("link", name="次の1件を入力する")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#name")).to_be_focused()


def test_what_is_left_is_looked_at_while_the_next_is_typed(page: Page, hands: Hands) -> None:
    hands.write("徳島県社会福祉協議会の窓口をまねた会")
    hands.press("Enter")
    hands.write("ﾏﾈﾀ かい")
    hands.press("Enter")
    expect(page.locator("#kana")).to_have_value("マネタ カイ")
    hands.write("5000012010009")
    hands.press("Enter")
    expect(page.locator("#corporate_number-error")).to_contain_text("法人番号の数字が正しくありません")
    hands.press("Shift+Enter")
    assert hands.field() == "corporate_number"
    hands.write("5000012010008")
    hands.press("Enter")
    expect(page.locator("#corporate_number-error")).to_have_count(0)
    hands.press("Alt+s")
    expect(page.get_by_role("link", name="次の1件を入力する")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    hands.write("徳島県社会福祉協議会の窓口をまねた会")
    hands.press("Enter")
    expect(page.locator("[data-alike]")).to_contain_text("団体名が同じです")


def test_boxes_are_one_stop_and_texts_keep_their_lines(page: Page, hands: Hands) -> None:
    page.locator("[name=fields]").first.focus()
    hands.press("Space")
    hands.press("Enter")
    assert hands.field() == "purpose"
    hands.write("一行目")
    hands.press("Enter")
    hands.write("二行目")
    expect(page.locator("#purpose")).to_have_value("一行目\n二行目")
    hands.press("Control+Enter")
    expect(page.locator("#name-error")).to_be_visible()
    expect(page.locator("[name=fields]").first).to_be_checked()


def test_without_a_script_a_named_button_finds_the_address_and_enter_saves(
    browser: Browser, running: Installation
) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, running, "anan", "staff@anan.example")
    tab.goto(running.url("anan", NEW))
    tab.fill("#name", "辰巳の会")
    tab.fill("#kana", "たつみのかい")
    tab.fill("#postal_code", "774-0001")
    tab.get_by_role("button", name="住所を調べる").click()
    expect(tab.locator("#address")).to_have_value("徳島県阿南市辰巳町")
    expect(tab.locator("#municipality_code")).to_have_value("362042")
    tab.press("#address", "Enter")
    expect(tab.locator("h1")).to_have_text("受け付けました")
    tab.get_by_role("link", name="この申請を確認する").click()
    tab.get_by_role("button", name="未確認の項目をすべて").click()
    expect(tab.locator("main")).to_contain_text("満たす")
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_from_the_paper_to_the_batch(page: Page, running: Installation, axe: Axe, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, running, "kamiyama", "staff@kamiyama.example")
    findings: dict[str, list[str]] = {}
    wide = []

    def look(name: str) -> None:
        findings[name] = axe.findings(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)

    page.goto(running.url("kamiyama", NEW))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#name-error")).to_be_visible()
    look("form with mistakes")
    page.fill("#name", f"棚田の会{width}")
    page.fill("#kana", "タナダノカイ")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("受け付けました")
    look("entered")
    follow(page.get_by_role("link", name="この申請を確認する"))
    page.get_by_text("項目ごとに記録する").click()
    look("application with its checklist")
    page.goto(running.url("kamiyama", "/staff/applications"))
    page.locator("label.choice").first.click()
    look("list")
    follow(page.get_by_role("button", name="まとめて承認する"))
    look("batch")
    page.get_by_role("button", name="件を承認する").click()
    expect(page.locator("main")).to_contain_text("承認の前に確かめることが残っています")
    look("outcome")
    assert ({name: found for name, found in findings.items() if found}, wide) == ({}, [])
