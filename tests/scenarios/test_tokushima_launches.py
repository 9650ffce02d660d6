"""The first story, as people live it: Tokushima is live, a group applies, the secretariat answers, the public reads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.fixtures import follow, sign_in
from tests.running import Installation
from tests.scenarios.steps import letter_to, letters_to, picture

GROUP = "鳴門うずしお子ども食堂の会"
APPLICANT = "uzushio@example.jp"


def apply(page: Page, running: Installation, fill: Callable[[str, str], None]) -> None:
    page.goto(running.url("tokushima", "/join"))
    fill("name", GROUP)
    fill("kana", "なるとうずしおこどもしょくどうのかい")
    page.select_option("select[name=category]", index=1)
    fill("address", "鳴門市撫養町南浜字東浜170")
    fill("representative_name", "髙橋 渦子")
    fill("representative_kana", "タカハシ ウズコ")
    fill("contact_name", "吉野 渚")
    fill("contact_kana", "ヨシノ ナギサ")
    fill("email", APPLICANT)
    fill("phone", "０８８ー６８４ー１１１１")
    fill("activities", "月に二度、港のそばで子ども食堂を開いています。")
    page.locator("input[name=fields]").first.check()
    page.check("input[name=charter_version]")
    page.check("input[name=consent]")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_wrong_form_comes_back_with_everything_typed(
    browser: Browser, running: Installation, javascript: bool
) -> None:
    context = browser.new_context(java_script_enabled=javascript)
    page = context.new_page()
    apply(page, running, page_fill(page))
    page.fill("input[name=email]", "まちがい")
    page.fill("input[name=kana]", "")
    page.get_by_role("button", name="入力内容を確認する").click()
    expect(page.locator("input[name=email]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[name=kana]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[name=name]")).to_have_value(GROUP)
    expect(page.locator("textarea[name=activities]")).to_have_value("月に二度、港のそばで子ども食堂を開いています。")
    context.close()


def page_fill(page: Page) -> Callable[[str, str], None]:
    return lambda name, value: page.fill(f"main [name={name}]", value)


def test_from_the_application_to_the_directory(browser: Browser, running: Installation) -> None:
    citizen, staff = browser.new_context().new_page(), browser.new_context().new_page()

    apply(citizen, running, page_fill(citizen))
    citizen.get_by_role("button", name="入力内容を確認する").click()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("入力内容の確認")
    expect(citizen.locator("main")).to_contain_text("ナルトウズシオコドモショクドウノカイ")
    expect(citizen.locator("main")).to_contain_text("088-684-1111")
    citizen.get_by_role("button", name="この内容で送る").dblclick()
    expect(citizen.get_by_role("heading", level=1)).to_have_text("お申込みを受け付けました")
    number = citizen.locator(".figure-number").inner_text()
    citizen.reload()
    expect(citizen.locator(".figure-number")).to_have_text(number)

    receipt = letter_to(running, APPLICANT, number)
    assert "とくしま" in str(receipt["from"])
    assert running.url("tokushima", "") in receipt.get_content()

    sign_in(staff, running, "tokushima", "staff@tokushima.example")
    staff.goto(running.url("tokushima", "/staff/applications"))
    expect(staff.get_by_role("link", name=GROUP)).to_have_count(1)
    staff.get_by_role("link", name=GROUP).click()
    staff.get_by_role("button", name="確認をはじめる").click()
    staff.fill("textarea[name=question]", "活動している曜日を教えてください。")
    follow(staff.get_by_role("button", name="差し戻す"))

    question = letter_to(running, APPLICANT, "お願い").get_content()
    assert "活動している曜日を教えてください。" in question
    link = re.search(r"http://\S+/join/mend/\S+", question)
    assert link is not None
    citizen.goto(link.group())
    citizen.fill("textarea[name=activities]", "第二と第四の土曜日に、港のそばで子ども食堂を開いています。")
    citizen.check("input[name=charter_version]")
    citizen.check("input[name=consent]")
    citizen.get_by_role("button", name="入力内容を確認する").click()
    citizen.get_by_role("button", name="この内容で送る").click()
    expect(citizen.get_by_role("heading", level=1)).to_contain_text("受け付けました")

    staff.reload()
    staff.goto(running.url("tokushima", "/staff/applications"))
    staff.get_by_role("link", name=GROUP).click()
    staff.get_by_role("button", name="承認する").click()
    expect(staff.get_by_role("alert")).to_contain_text("承認の前に確かめることが残っています")
    staff.get_by_role("button", name="未確認の項目をすべて「満たす」と記録する").click()
    expect(staff.get_by_role("row").filter(has_text="孤独・孤立対策に取り組んでいる")).to_contain_text("満たす")
    staff.get_by_role("button", name="承認する").click()
    expect(staff.locator("main")).to_contain_text("参加団体になりました")

    welcome = letter_to(running, APPLICANT, "承認").get_content()
    address = re.search(r"http://\S+/organisations/\S+", welcome)
    assert address is not None
    citizen.goto(address.group())
    expect(citizen.get_by_role("heading", level=1)).to_contain_text(GROUP)
    expect(citizen.locator("main")).to_contain_text("第二と第四の土曜日")
    expect(citizen.locator("main")).not_to_contain_text("088-684-1111")
    citizen.goto(running.url("tokushima", "/organisations?q=うずしお"))
    expect(citizen.get_by_role("link", name=GROUP)).to_have_count(1)
    citizen.goto(running.url("tokushima", "/search?q=ｳｽﾞｼｵ"))
    expect(citizen.locator("main")).to_contain_text(GROUP)
    citizen.goto(running.url("hyogo", "/search?q=うずしお"))
    expect(citizen.locator("main")).not_to_contain_text(GROUP)

    subjects = sorted(str(letter["subject"]) for letter in letters_to(running, APPLICANT))
    assert len(subjects) == len(set(subjects)), subjects
    citizen.context.close()
    staff.context.close()


def test_staff_publish_news_with_a_picture(browser: Browser, running: Installation) -> None:
    staff, reader = browser.new_context().new_page(), browser.new_context().new_page()
    sign_in(staff, running, "tokushima", "staff@tokushima.example")
    staff.goto(running.url("tokushima", "/staff/news/new"))
    staff.fill("input[name=title]", "冬の情報交換会の準備をはじめました")
    staff.fill("textarea[name=body]", "会場と日にちが決まりましたら、ここでお知らせします。")
    staff.set_input_files("input[type=file]", {"name": "poster.png", "mimeType": "image/png", "buffer": picture()})
    staff.get_by_role("button", name=re.compile("保存|下書き")).first.click()
    expect(staff.locator("main")).to_contain_text("代替テキスト")
    expect(staff.locator("input[name=title]")).to_have_value("冬の情報交換会の準備をはじめました")
    staff.set_input_files("input[type=file]", {"name": "poster.png", "mimeType": "image/png", "buffer": picture()})
    staff.fill("[name=alt]", "藍色の案内の板")
    staff.get_by_role("button", name=re.compile("保存|下書き")).first.click()
    follow(staff.get_by_role("button", name="公開する").first)

    reader.goto(running.url("tokushima", "/news"))
    reader.get_by_role("link", name="冬の情報交換会の準備をはじめました").click()
    expect(reader.get_by_role("img", name="藍色の案内の板")).to_be_visible()
    staff.context.close()
    reader.context.close()
