"""The second story, as a secretariat lives it: a member list from Excel, FAX, approvals, a farewell, paper, and the numbers of any day.

Tokushima begins here with an empty ledger, and takes in as one Excel file what its documents state: the 97 organisations of
today, and the one that has left since. The tests follow each other on this one ledger.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.kit import clock
from shared.kit.japanese import eras
from shared.kit.settings import ROOT
from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.writing import Sheet, write_xlsx
from shared.tenants.bootstrap import read_all
from tests.browser.fixtures import follow, sign_in
from tests.running import Installation
from tests.scenarios.steps import letter_to, letters_to, linked
from tests.shared.kit.paper.pdf import pages, sizes

STAFF = "staff@tokushima.example"
DAYS = {(2023, 2, 20): 90, (2023, 7, 14): 95, (2024, 4, 26): 97}
FAX = "鳴門わかめの会"
OTHERS = {"港": "ミナト", "川": "カワ", "山": "ヤマ", "町": "マチ"}
A4 = (210, 297)


@pytest.fixture(scope="module")
def running() -> Iterator[Installation]:
    """A folder of its own for the platforms. Not in pytest's: its next run would shut the database out."""
    with tempfile.TemporaryDirectory(prefix="tsunagari-ledger-") as name:
        tenants = shutil.copytree(ROOT / "tenants", Path(name) / "tenants")
        shutil.rmtree(tenants / "tokushima" / "members")
        manifest = tenants / "tokushima" / "tenant.toml"
        parts = re.split(r"(?m)^(?=\[)", manifest.read_text())
        manifest.write_text("".join(part for part in parts if not part.startswith("[[organisations")))
        with Installation(Path(name) / "run", TENANTS_DIR=str(tenants)) as installation:
            yield installation


def member_list() -> bytes:
    """As a secretariat keeps it: its own headings, days by era."""
    folders, vocabulary = read_all(ROOT / "tenants")
    folder = next(each for each in folders if each.slug == "tokushima")
    categories = {each.slug: each.name for group in folder.manifest.categories for each in (group, *group.children)}
    fields = {each.slug: each.name for each in folder.manifest.fields}
    rows = [
        [
            number,
            each.name,
            each.kana,
            categories.get(each.category or ""),
            "、".join(fields[slug] for slug in each.fields),
            vocabulary.municipalities[each.municipality].name if each.municipality else None,
            eras.japanese_date(each.joined_on, weekday=False) if each.joined_on else None,
            eras.japanese_date(each.left_on, weekday=False) if each.left_on else None,
        ]
        for number, each in enumerate(folder.organisations, 1)
    ]
    headers = ("番号", "団体名", "ふりがな", "区分", "活動分野", "市町村", "入会日", "退会日")
    return write_xlsx([Sheet("会員名簿", headers, rows)])


def counted_on(page: Page, running: Installation, day: tuple[int, int, int]) -> int:
    query = "&".join(f"as_of_{part}={value}" for part, value in zip(("year", "month", "day"), day, strict=True))
    page.goto(running.url("tokushima", f"/organisations/growth?{query}"))
    return int(page.locator("#day .figure-number").inner_text().removesuffix("団体"))


def test_the_member_list_comes_from_excel(page: Page, running: Installation, tmp_path: Path) -> None:
    book = tmp_path / "会員名簿.xlsx"
    book.write_bytes(member_list())
    sign_in(page, running, "tokushima", STAFF)
    page.goto(running.url("tokushima", "/staff/organisations"))
    expect(page.locator(".empty")).to_contain_text("まだ参加団体がありません")
    page.get_by_role("link", name="ExcelやCSVから取り込む").click()
    page.set_input_files("input[type=file]", book)
    page.get_by_role("button", name="ファイルを読み込む").click()
    expect(page.locator(".lead")).to_contain_text("98行を読みました")
    page.get_by_role("button", name="この列で点検する").click()
    page.get_by_role("button", name="新規98行と変更0行を取り込む").click(timeout=30_000)
    expect(page.locator("main")).to_contain_text("98団体の行を台帳に書き込みました", timeout=30_000)
    page.goto(running.url("tokushima", "/staff/organisations"))
    expect(page.get_by_role("heading", name="一覧")).to_contain_text("97団体")
    assert {day: counted_on(page, running, day) for day in DAYS} == DAYS


def type_in(page: Page, running: Installation, name: str, mail: str, kana: str = "") -> None:
    """A FAX by keyboard alone. Without kana, what the page proposes is taken."""
    page.goto(running.url("tokushima", "/staff/applications/new"))
    expect(page.locator("#name")).to_be_focused()
    given = {
        "name": name,
        "kana": kana,
        "postal_code": "７７２０００３",
        "contact_name": "吉野 渚",
        "phone": "０８８ー６８５ー２１７９",
        "email": mail,
    }
    for _ in range(40):
        field = page.evaluate("document.activeElement.name")
        if field in given:
            page.keyboard.insert_text(given[field])
        if field == "kana" and not kana:
            expect(page.locator("[data-reading=kana]")).to_contain_text("ナルトワカメノカイ")
        page.keyboard.press("Enter")
        if field == "postal_code":
            expect(page.locator("#address")).to_have_value(re.compile("^徳島県鳴門市"))
        if field == "email":
            break
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("受け付けました")


def test_a_day_of_the_secretariat(page: Page, running: Installation) -> None:
    sign_in(page, running, "tokushima", STAFF)
    type_in(page, running, FAX, "fax0@example.jp")
    for number, (place, kana) in enumerate(OTHERS.items(), 1):
        type_in(page, running, f"{place}の茶の間", f"fax{number}@example.jp", f"{kana}ノチャノマ")
    names = [FAX, *(f"{place}の茶の間" for place in OTHERS)]

    page.goto(running.url("tokushima", "/staff/applications"))
    for name in names:
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="選んだ申請をまとめて承認する").click()
    expect(page.locator("main")).to_contain_text("5件を承認します")
    for box in page.get_by_role("group", name="すべての申請で確かめたこと").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="5件を承認する").click()
    expect(page.locator(".lead")).to_contain_text("5件を承認しました")
    for number in range(5):
        letter_to(running, f"fax{number}@example.jp", "承認")
    subjects = [str(each["subject"]) for number in range(5) for each in letters_to(running, f"fax{number}@example.jp")]
    assert len([subject for subject in subjects if "承認" in subject]) == 5

    page.goto(running.url("tokushima", "/staff/organisations?q=0886852179"))
    expect(page.get_by_role("heading", name="見つかった団体")).to_contain_text("5団体")
    page.goto(running.url("tokushima", "/staff/organisations?q=ﾜｶﾒ"))
    follow(page.get_by_role("link", name=FAX, exact=True))
    follow(page.get_by_role("link", name="開く", exact=True))
    form1 = linked(page, "様式1を印刷する（PDF）")
    assert set(sizes(form1)) == {A4}
    assert [word in "".join(pages(form1)) for word in (FAX, "088-685-2179", "FAX", "鳴門市")] == [True] * 4

    page.goto(running.url("tokushima", f"/staff/notices/new?q={FAX}"))
    page.locator("main td").get_by_role("link", name="退会届").click()
    page.fill("[name=reason]", "会員が減ったため")
    follow(page.get_by_role("button", name="記録する"))
    follow(page.get_by_role("button", name="受理する"))
    form2 = linked(page, "様式2（退会届）を印刷する（PDF）")
    assert sizes(form2) == [A4]
    assert [word in pages(form2)[0] for word in ("退会届", FAX, "会員が減ったため")] == [True] * 3

    page.goto(running.url("tokushima", "/staff/organisations"))
    expect(page.get_by_role("heading", name="一覧")).to_contain_text("101団体")
    page.goto(running.url("tokushima", "/staff/organisations?show=LEFT"))
    expect(page.get_by_role("row").filter(has_text=FAX)).to_contain_text("退会")
    page.goto(running.url("tokushima", "/staff/organisations?show=ALL&order=JOINED&q=茶の間"))
    expect(page.get_by_role("heading", name="見つかった団体")).to_contain_text("4団体")
    book = read_table(linked(page, "Excel"), "参加団体.xlsx")
    header, *rows = [[str(cell) for cell in row.cells] for row in book.rows]
    assert sorted(row[header.index("団体名")] for row in rows) == sorted(names[1:])
    joined = {row[header.index("加入日")] for row in rows}
    assert joined == {f"{clock.today():%Y-%m-%d}"} or joined == {f"{clock.today():%Y/%m/%d}"}

    assert {day: counted_on(page, running, day) for day in DAYS} == DAYS


def test_an_organisation_looks_after_itself(browser: Browser, running: Installation) -> None:
    """The invitation comes by mail; what it changes and writes waits for the secretariat, and then everybody sees it."""
    staff, member = browser.new_context().new_page(), browser.new_context().new_page()
    sign_in(staff, running, "tokushima", STAFF)
    staff.goto(running.url("tokushima", "/staff/organisations?q=藍染め"))
    staff.locator(".roster tbody th a").first.click()
    name = staff.locator("h1").inner_text()
    staff.fill("input[name=name]", "会員 代子")
    staff.fill("input[name=email]", "daiko@example.jp")
    staff.get_by_role("button", name="招待する").click()
    expect(staff.locator("main")).to_contain_text("招待のメールをお送りします")

    link = re.search(r"http://\S+/invitation/\S+", letter_to(running, "daiko@example.jp", "").get_content())
    assert link is not None
    member.goto(link.group())
    for field in ("password", "again"):
        member.fill(f"input[name={field}]", "kaze no toori michi 7")
    member.fill("input[name=name]", "会員 代子")
    member.get_by_role("button", name="はじめる").click()
    expect(member.locator("main")).to_contain_text(name)

    member.get_by_role("link", name="登録内容を変える").click()
    member.fill("#phone", "０８８ー６２５ー００９７")
    member.select_option("[name=visibility_phone]", "PUBLIC")
    member.locator("main form.form button[type=submit]").first.click()
    expect(member.locator("main")).to_contain_text("088-625-0097")
    follow(member.get_by_role("button", name="この内容で届け出る"))
    staff.goto(running.url("tokushima", "/staff/notices?state=RECEIVED"))
    staff.get_by_role("link", name=name).first.click()
    expect(staff.locator("ins").first).to_contain_text("088-625-0097")
    follow(staff.get_by_role("button", name="受理する"))

    member.goto(running.url("tokushima", "/member/news"))
    member.get_by_role("link", name="お知らせを書く").click()
    member.fill("input[name=title]", "冬の茶の間をひらきます")
    member.fill("textarea[name=body]", "毎週火曜日の午後、だれでも立ち寄れます。")
    follow(member.get_by_role("button", name="事務局へ送る"))
    staff.goto(running.url("tokushima", "/staff/proposals"))
    staff.get_by_role("link", name="冬の茶の間をひらきます").click()
    follow(staff.get_by_role("button", name="公開する"))

    citizen = browser.new_context().new_page()
    citizen.goto(running.url("tokushima", "/news"))
    citizen.get_by_role("link", name="冬の茶の間をひらきます").click()
    expect(citizen.locator("main")).to_contain_text("だれでも立ち寄れます")
    expect(citizen.locator("main")).to_contain_text(name)
    citizen.goto(running.url("tokushima", "/organisations?q=藍染め"))
    citizen.get_by_role("link", name=name).first.click()
    expect(citizen.locator("main")).to_contain_text("088-625-0097")
    for tab in (staff, member, citizen):
        tab.context.close()
