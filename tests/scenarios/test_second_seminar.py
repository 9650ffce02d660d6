"""The third story, as people live it: a seminar comes back, is announced, registered for, filled, held, reported and certified.

The demo has S0's 第2回セミナー as it was on 2024-01-12. The secretariat makes this year's from it; the tests follow each other.
"""

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from shared.kit import clock
from tests.browser.fixtures import follow
from tests.browser.test_check_in import KEPT, scan, until
from tests.running import Installation
from tests.scenarios.seminar import (
    OLD_PHONE,
    PHONE,
    SLUG,
    TITLE,
    Seminar,
    days,
    entry_in,
    entry_of,
    fill,
    link_in,
    mail_of,
    on_now,
    squeezed,
    words_of,
)
from tests.scenarios.steps import fetched, let_letters_go_by_night, linked, picture
from tests.shared.kit.paper.pdf import pages

AI, GROUP, UMI, PAIR, NAGI = "阿波 藍", "鳴門 渚", "海部 海", "二人 連れ", "那賀 凪"
PHONED, FAXED, WALKED = "電話 民江", "FAX 文夫", "当日 歩"
ONLINE = ("配信 見子", "配信 聴太")


@pytest.fixture(scope="module")
def seminar(browser: Browser) -> Iterator[Seminar]:
    expect.set_options(timeout=30_000)
    with (
        tempfile.TemporaryDirectory(prefix="tsunagari-seminar-") as name,
        Installation(Path(name) / "run", RATE_LIMITS="off") as running,
    ):
        yield Seminar(browser, running)
    expect.set_options(timeout=5_000)


def test_this_years_seminar_is_made_from_the_last_one(seminar: Seminar) -> None:
    with seminar.secretariat() as staff, seminar.somebody() as citizen:
        let_letters_go_by_night(staff, seminar.url("/staff/notifications"))
        staff.goto(seminar.url("/staff/events"))
        staff.get_by_role("link", name="第2回セミナー", exact=True).click()
        staff.get_by_role("link", name="複製して新しい行事を作る").click()
        expect(staff.locator("input[name=venue]")).to_have_value("ろうきんホール")
        expect(staff.locator("input[name='sessions.0.appearances.0.person_name']")).to_have_value("松原 明")
        seats = {"capacity": "４", "online_capacity": "2人", "party_limit": "3"}
        fill(staff, {"title": TITLE, **seats, **on_now(), "ends_at_year": "2019"})
        staff.check("input[name=online]")
        staff.check("input[name=takes_registrations]")
        staff.get_by_role("button", name="下書きとして保存").click()
        expect(staff.locator("#ends_at-error")).to_be_visible()
        expect(staff.locator("input[name=title]")).to_have_value(TITLE)
        fill(staff, on_now())
        staff.get_by_role("button", name="下書きとして保存").click()
        expect(staff.locator("main [role=status]")).to_contain_text("保存しました")
        seminar.event_id = staff.url.partition("?")[0].rpartition("/")[2]

        for path in (seminar.path, f"{seminar.path}/register"):
            answer = citizen.goto(path)
            assert answer is not None and answer.status == 404
        staff.get_by_role("button", name="公開する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("公開しました")
        citizen.goto(seminar.url("/events"))
        citizen.get_by_role("link", name=TITLE, exact=True).click()
        expect(citizen.locator("main")).to_contain_text("残り 4席")
        expect(citizen.locator("main")).to_contain_text("協力アカデミー")
        answer = citizen.goto(seminar.running.url("hyogo", f"/events/{seminar.event_id}/register"))
        assert answer is not None and answer.status == 404


def test_citizens_register_until_the_hall_is_full(seminar: Seminar) -> None:
    with seminar.somebody(**PHONE) as citizen:
        citizen.goto(seminar.path)
        citizen.get_by_role("link", name="申し込む", exact=True).click()
        fill(citizen, {"name": AI, "kana": "あわ あい", "email": "あい", "companions": "だれもいません"})
        citizen.get_by_role("button", name="入力内容を確認する").click()
        expect(citizen.locator("input[name=email]")).to_have_attribute("aria-invalid", "true")
        expect(citizen.locator("input[name=name]")).to_have_value(AI)
        fill(citizen, {"email": mail_of(AI), "companions": "", "organisation_name": "藍の会"})
        citizen.get_by_role("button", name="入力内容を確認する").click()
        expect(citizen.locator("main")).to_contain_text("アワ アイ")
        expect(citizen.locator("main")).to_contain_text("いま申し込むと：参加確定")
        wide = citizen.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        citizen.get_by_role("button", name="この内容で申し込む").dblclick()
        expect(citizen.locator("#state")).to_have_text("参加確定")
        seminar.own[AI] = citizen.url.partition("?")[0]
        citizen.go_back()
        citizen.get_by_role("button", name="この内容で申し込む").click()
        expect(citizen.locator("#state")).to_have_text("参加確定")
        assert (citizen.url.partition("?")[0], wide) == (seminar.own[AI], False)

    with seminar.somebody(**OLD_PHONE) as citizen:
        seminar.register(citizen, GROUP, party=2, companions="鳴門 潮")
        seminar.register(citizen, UMI)
        expect(citizen.locator("#state")).to_have_text("参加確定")
        citizen.goto(seminar.path)
        expect(citizen.locator("main")).to_contain_text("満席")
        seminar.register(citizen, PAIR, party=2)
        expect(citizen.locator("#state")).to_have_text("キャンセル待ち 1番目")
        seminar.register(citizen, NAGI)
        expect(citizen.locator("#state")).to_have_text("キャンセル待ち 2番目")
        for name, state in ((ONLINE[0], "参加確定"), (ONLINE[1], "参加確定"), ("配信 待子", "キャンセル待ち 1番目")):
            seminar.register(citizen, name, way="ONLINE")
            expect(citizen.locator("#state")).to_have_text(state)
    with seminar.secretariat() as staff:
        assert seminar.counts(staff) == {"会場": ("4人", "0席", "2組"), "オンライン": ("2人", "0席", "1組")}

    receipt = seminar.letter(AI, "【参加確定】")
    assert link_in(receipt, "/registrations/") == seminar.own[AI]
    assert entry_of(receipt).status == "CONFIRMED"
    assert len(seminar.subjects(AI)) == 1


def test_the_same_person_twice_is_told_by_mail_alone(seminar: Seminar) -> None:
    with seminar.somebody() as stranger:
        stranger.goto(f"{seminar.path}/register")
        fill(stranger, {"name": "別の 名前", "email": mail_of(AI)})
        stranger.get_by_role("button", name="入力内容を確認する").click()
        expect(stranger.locator("h1")).to_have_text("申込内容の確認")
        stranger.get_by_role("button", name=re.compile("申し込む$")).click()
        expect(stranger.locator("h1")).to_have_text("メールをご確認ください")
        expect(stranger.locator("main")).not_to_contain_text(AI)
    assert link_in(seminar.letter(AI, "お申し込みの状況"), "/registrations/") == seminar.own[AI]


def test_telephone_and_fax_are_typed_in(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(f"{seminar.desk}/registrations/new")
        expect(staff.locator("#name")).to_be_focused()
        for channel, name, phone in (("PHONE", PHONED, "0886212179"), ("FAX", FAXED, "０８８−６２１−０００１")):
            staff.select_option("[name=channel]", channel)
            fill(staff, {"name": name, "phone": phone})
            staff.get_by_role("button", name="受け付けて、次を入力する").click()
            said = staff.locator("main [role=status]")
            expect(said).to_contain_text(name)
            expect(said).to_contain_text("受付番号を電話などでお伝えください")
        expect(said).to_contain_text("キャンセル待ち 4番目")
        fill(staff, {"name": PHONED, "phone": "088-621-2179"})
        staff.get_by_role("button", name="受け付けて、次を入力する").click()
        expect(staff.locator("main")).to_contain_text("すでに入っています")
        staff.get_by_role("link", name="すでにある申込をさがす").click()
        expect(staff.get_by_role("link", name=PHONED)).to_have_count(1)


def test_the_platform_writes_its_letters_in_its_own_words(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(seminar.url("/staff/letter-wordings"))
        staff.get_by_role("link", name="取消", exact=True).click()
        body = staff.locator("[name=body]").input_value()
        fill(
            staff,
            {
                "subject": "取消の控え：【行事名】（【受付番号】）",
                "body": f"{body}\n【お席】またのお越しをお待ちします。",
            },
        )
        staff.get_by_role("button", name="見本を見る").click()
        expect(staff.locator(".letter-text")).to_contain_text("試し 花子 様")
        expect(staff.locator("main [role=note]")).to_contain_text("【お席】は置き換えられず")
        fill(staff, {"body": f"{body}\nまたのお越しをお待ちします。"})
        staff.get_by_role("button", name="保存する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("「取消」の文面を保存しました")


def test_a_cancellation_promotes_exactly_one(seminar: Seminar) -> None:
    address = link_in(seminar.letter(UMI, "【参加確定】"), "/registrations/")
    with seminar.somebody(**OLD_PHONE) as citizen:
        citizen.goto(address)
        citizen.get_by_role("link", name="申込を取り消す").click()
        expect(citizen.locator("main")).to_contain_text("次の申込を取り消しますか")
        citizen.reload()
        assert seminar.state_of(citizen, UMI) == "参加確定"
        citizen.goto(f"{address}/cancel")
        citizen.get_by_role("button", name="申込を取り消す").click()
        expect(citizen.locator("#state")).to_have_text("取消済み")
        citizen.goto(f"{address}/cancel")
        expect(citizen.locator("main")).to_contain_text("すでに取り消されています")
        expect(citizen.get_by_role("button", name="申込を取り消す")).to_have_count(0)
        assert seminar.state_of(citizen, NAGI) == "参加確定"
        assert seminar.state_of(citizen, PAIR) == "キャンセル待ち 1番目"
        expect(citizen.locator("main")).to_contain_text("2人分に足りなかったため")

    gone = seminar.letter(UMI, "取消の控え：第2回セミナー")
    assert "またのお越しをお待ちします。" in words_of(gone)
    assert entry_of(gone).status == "CANCELLED"
    seminar.letter(NAGI, "席が空きました")
    seminar.letter(PAIR, "キャンセル待ちについて")
    kinds = {name: [subject.partition("（受付")[0] for subject in seminar.subjects(name)] for name in (NAGI, PAIR, UMI)}
    assert kinds == {
        NAGI: [f"【キャンセル待ち】{TITLE}", f"【参加確定】席が空きました：{TITLE}"],
        PAIR: [f"【キャンセル待ち】{TITLE}", f"キャンセル待ちについて：{TITLE}"],
        UMI: [f"【参加確定】{TITLE}", f"取消の控え：{TITLE}（0003）"],
    }
    with seminar.secretariat() as staff:
        assert seminar.counts(staff)["会場"] == ("4人", "0席", "3組")


def test_more_seats_promote_in_order_and_fewer_ask(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(seminar.desk)
        fill(staff, {"capacity": "7", "how_to_apply": "このページから、または電話かFAXでお申し込みください。"})
        staff.get_by_role("button", name="保存する", exact=True).last.click()
        expect(staff.locator("main [role=status]")).to_contain_text("保存しました")
        assert seminar.counts(staff)["会場"] == ("7人", "0席", "1組")
        assert seminar.state_of(staff, PAIR) == "参加確定"
        seminar.letter(PAIR, "席が空きました")

        staff.goto(seminar.desk)
        fill(staff, {"capacity": "3"})
        staff.get_by_role("button", name="保存する", exact=True).last.click()
        expect(staff.locator("main")).to_contain_text("会場の参加確定は、いま7人です")
        expect(staff.locator("input[name=capacity]")).to_have_value("3")
        staff.get_by_role("button", name="会場の定員を7人にして保存する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("保存しました")
        assert seminar.counts(staff)["会場"] == ("7人", "0席", "1組")


def test_two_who_edit_at_once_lose_nothing(seminar: Seminar) -> None:
    before = entry_of(seminar.letter(AI, "【参加確定】"))
    with seminar.secretariat() as one, seminar.secretariat() as other:
        for page in (one, other):
            page.goto(seminar.desk)
        fill(
            one,
            {"accessibility": "手話通訳があります。", "venue": "ろうきんホール 2階", "reason": "広い部屋に移します。"},
        )
        one.get_by_role("button", name="保存する", exact=True).last.click()
        expect(one.locator("main [role=status]")).to_contain_text("保存しました")
        fill(other, {"audience": "徳島県内で活動する方。"})
        other.get_by_role("button", name="保存する", exact=True).last.click()
        expect(other.locator("#other-version")).to_have_text("ほかの人の変更との違い")
        expect(other.locator("[data-field=accessibility]")).to_contain_text("手話通訳があります。")
        for field in ("venue", "accessibility"):
            other.locator(f"button[name=take][value={field}]").click()
            expect(other.locator(f"[data-field={field}]")).to_have_count(0)
        expect(other.locator("[data-field]")).to_have_count(1)
        expect(other.locator("input[name=audience]")).to_have_value("徳島県内で活動する方。")
        other.get_by_role("button", name="保存する", exact=True).last.click()
        expect(other.locator("main [role=status]")).to_contain_text("保存しました")
    with seminar.somebody() as citizen:
        citizen.goto(seminar.path)
        for words in ("手話通訳があります。", "徳島県内で活動する方。", "ろうきんホール 2階", "広い部屋に移します。"):
            expect(citizen.locator("main")).to_contain_text(words)
    seminar.letter(AI, "大切なお知らせ")
    feed = entry_in(seminar.running.get(SLUG, "/events.ics").text)
    assert (feed.uid, feed.sequence > before.sequence) == (before.uid, True)


def test_groups_are_composed_before_the_day(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(f"{seminar.desk}/registrations")
        by_reading = pages(linked(staff, "会場（PDF、五十音順）"))
        assert [squeezed(name) in by_reading[0] for name in (AI, GROUP, PHONED, FAXED, ONLINE[0])] == [True] * 3 + [
            False
        ] * 2
        staff.get_by_role("link", name="班分け").click()
        staff.check("input[name=basis][value=CONFIRMED]")
        staff.get_by_role("button", name="班を作る").click()
        expect(staff.locator("main [role=status]")).to_have_text("班を作りました。")
        expect(staff.locator(".seats li")).to_have_count(7)
        sheets = "".join(pages(linked(staff, "班の一覧と卓上札（PDF）")))
        assert [word in sheets for word in ("1班", "2班", squeezed(AI), squeezed(GROUP), "鳴門潮")] == [True] * 5


def test_the_door_goes_on_without_network(seminar: Seminar) -> None:
    with seminar.somebody() as citizen:
        citizen.goto(seminar.own[AI])
        ticket = citizen.locator(".ticket__typed").inner_text()
    with seminar.secretariat(viewport={"width": 1024, "height": 768}) as tablet:
        tablet.goto(f"{seminar.desk}/check-in")
        until(tablet, "() => navigator.serviceWorker.controller !== null")
        until(tablet, KEPT)
        tablet.fill("#place", "東口")
        scan(tablet, ticket)
        expect(tablet.locator(".said--yes")).to_contain_text(AI)
        scan(tablet, ticket)
        expect(tablet.locator(".said--no")).to_contain_text("東口")
        expect(tablet.locator(".said--no")).to_contain_text(re.compile(r"\d+時\d+分|\d+:\d+"))
        scan(tablet, "0010")
        expect(tablet.locator(".said--no")).to_contain_text(f"{FAXED}さん")
        expect(tablet.locator(".guest", has_text=FAXED)).to_contain_text("キャンセル待ち")

        tablet.context.set_offline(True)
        for name in (NAGI, GROUP):
            tablet.locator(".guest", has_text=name).get_by_role("button", name="来場").click()
        expect(tablet.locator("[data-waiting]")).to_have_text("未送信 2件")
        tablet.reload()
        expect(tablet.locator("[data-waiting]")).to_have_text("未送信 2件")
        tablet.context.set_offline(False)
        expect(tablet.locator("[data-waiting]")).to_have_text("未送信はありません。")
        expect(tablet.locator("[data-count=people]")).to_have_text("4")


def test_who_walks_in_finds_a_seat_or_none(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(f"{seminar.desk}/check-in")
        staff.get_by_role("link", name="当日受付").click()
        fill(staff, {"name": WALKED, "phone": "088-621-7777", "organisation_name": "通りがかりの会"})
        staff.get_by_role("button", name="加えて受け付ける").click()
        expect(staff.locator("main")).to_contain_text("定員に達しているため")
        expect(staff.locator("input[name=name]")).to_have_value(WALKED)
        staff.goto(seminar.desk)
        fill(staff, {"capacity": "9"})
        staff.get_by_role("button", name="保存する", exact=True).last.click()
        expect(staff.locator("main [role=status]")).to_contain_text("保存しました")
        assert seminar.counts(staff)["会場"] == ("8人", "1席", "0組")
        staff.goto(f"{seminar.desk}/check-in/walk-in")
        fill(staff, {"name": WALKED, "phone": "088-621-7777", "organisation_name": "通りがかりの会"})
        staff.get_by_role("button", name="加えて受け付ける").click()
        expect(staff.locator(".said--yes")).to_contain_text(WALKED)
        for name in (PAIR, FAXED):
            staff.locator(".guest", has_text=name).get_by_role("button", name="来場").click()
            expect(staff.locator(".said--yes")).to_contain_text(name)
        staff.goto(f"{seminar.desk}/check-in?show=MISSING")
        expect(staff.locator(".guest")).to_have_count(1)
        expect(staff.locator(".guest")).to_contain_text(PHONED)

        staff.goto(f"{seminar.desk}/tables")
        staff.get_by_role("button", name="席をなるべく変えずに組み直す").click()
        expect(staff.locator("main [role=status]")).to_contain_text("組み直しました")
        seated = staff.locator(".seats li").all_inner_texts()
        assert (len(seated), [PHONED in each for each in seated].count(True)) == (8, 0)


def test_plays_and_viewers_are_counted_apart(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        staff.goto(f"{seminar.desk}/viewing")
        fill(staff, {"stream_url": "http://stream.example/live"})
        staff.get_by_role("button", name="保存する").click()
        expect(staff.locator("#stream_url-error")).to_be_visible()
        fill(staff, {"stream_url": "https://stream.example/live"})
        staff.get_by_role("button", name="保存する").click()
        expect(staff.locator("main [role=status]")).to_have_text("保存しました。")
        for name, times in zip(ONLINE, (2, 1), strict=True):
            with seminar.somebody(**PHONE) as viewer:
                viewer.route("https://stream.example/**", lambda route: route.fulfill(body="on air"))
                for _ in range(times):
                    viewer.goto(seminar.own[name])
                    viewer.get_by_role("link", name="視聴のページへ").click()
                    viewer.get_by_role("button", name="視聴する").click()
                    viewer.wait_for_url("https://stream.example/live")
        staff.reload()
        cells = staff.get_by_role("row", name="どちらか").locator("td").all_inner_texts()
        assert cells == ["3", "2"]


def test_the_report_thanks_those_who_came(seminar: Seminar) -> None:
    with seminar.secretariat() as staff, seminar.somebody(**PHONE) as citizen:
        staff.goto(seminar.desk)
        staff.get_by_role("button", name="終了として記録する").click()
        staff.get_by_role("link", name="話し合いの記録").click()
        staff.get_by_role("button", name="柱を加える").click()
        staff.fill("[name='topics.0.question']", "だれに届けるか")
        staff.get_by_role("button", name="意見を加える").click()
        said = "topics.0.opinions.0."
        for field, value in {
            "body": "若い人の集まる場所へ行く",
            "gloss": "駅前など",
            "targets": "若者",
            "methods": "出張",
        }.items():
            staff.fill(f"[name='{said}{field}']", value)
        staff.get_by_role("button", name="保存する", exact=True).last.click()
        expect(staff.locator("main [role=status]")).to_contain_text("保存")
        staff.get_by_role("link", name="その後を加える").click()
        staff.get_by_role("checkbox", name=re.compile("若い人の集まる場所")).check()
        fill(staff, {"title": "駅前で相談の日をひらく", "result": "次の春から月に一度ひらきます。"})
        staff.get_by_role("radio", name="検討中").check()
        staff.check("#published")
        follow(staff.get_by_role("button", name="保存する"))

        staff.goto(f"{seminar.desk}/report")
        staff.fill("[name=body]", "事例をもとに、協力の結び方を確かめました。")
        photo: FilePayload = {"name": "hall.png", "mimeType": "image/png", "buffer": picture()}
        for alt, consent in (("", False), ("机を囲んで話す人たちの後ろ姿", True), ("笑顔の参加者", False)):
            staff.set_input_files("input[name=file]", photo)
            fill(staff, {"alt": alt})
            staff.set_checked("#consented", consent)
            staff.get_by_role("button", name="この写真を加えて続ける").click()
            if not alt:
                expect(staff.locator("#alt-error")).to_be_visible()
        expect(staff.locator(".photo-row")).to_have_count(2)
        staff.get_by_role("button", name="報告を公開する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("開催報告を公開しました")

        citizen.goto(seminar.path)
        for words in ("協力の結び方を確かめました", "若い人の集まる場所へ行く", "若者", "月に一度ひらきます"):
            expect(citizen.locator("main")).to_contain_text(words)
        expect(citizen.get_by_role("img", name="机を囲んで話す人たちの後ろ姿")).to_have_count(1)
        expect(citizen.get_by_role("img", name="笑顔の参加者")).to_have_count(0)
        came = (AI, GROUP, NAGI, PAIR, *ONLINE)
        for name in came:
            seminar.letter(name, "ご参加ありがとうございました")
        staff.goto(f"{seminar.desk}/report")
        staff.fill("[name=body]", "事例をもとに、協力の結び方を一つずつ確かめました。")
        staff.get_by_role("button", name="直した報告を公開する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("開催報告を公開しました")
        citizen.reload()
        expect(citizen.locator("main")).to_contain_text("一つずつ確かめました")
        citizen.goto(seminar.url("/events"))
        over = citizen.get_by_role("region", name="これまでの行事")
        expect(over.get_by_role("link", name=TITLE, exact=True)).to_have_count(1)
        thanked = [
            name for name in seminar.own for subject in seminar.subjects(name) if "ありがとうございました" in subject
        ]
        assert sorted(thanked) == sorted(came)


def test_certificates_are_for_those_who_came(seminar: Seminar) -> None:
    with seminar.secretariat() as staff, seminar.somebody(**OLD_PHONE) as citizen:
        staff.goto(f"{seminar.desk}/certificates")
        values = {
            "title": "修了証",
            "body": "上記の者は、本セミナーを修了したことを証します。",
            "issuer": "会長　徳島 太郎",
        }
        fill(staff, values)
        staff.get_by_role("button", name="この内容で証書を出す").click()
        staff.get_by_role("button", name=re.compile("来場した方全員に発行する")).click()
        expect(staff.locator("main [role=status]")).to_have_text("発行しました。")
        expect(staff.locator("main")).not_to_contain_text(PHONED)
        expect(staff.locator("main")).to_contain_text("1人は、お名前が分からないため")
        row = staff.get_by_role("row").filter(has=staff.get_by_role("rowheader", name=re.compile(AI)))
        number = row.get_by_role("link", name=re.compile("PDF")).inner_text().removesuffix("（PDF）")
        first = linked(staff, f"{number}（PDF）")
        assert [word in "".join(pages(first)) for word in ("修了証", squeezed(AI), number, "徳島太郎")] == [True] * 4
        proof = row.get_by_role("link", name="確認ページ").get_attribute("href")
        citizen.goto(seminar.url(str(proof)))
        expect(citizen.locator("h1")).to_have_text("この証書は本物です")
        expect(citizen.locator("main")).to_contain_text(number)
        expect(citizen.locator("main")).not_to_contain_text(AI)

        row.get_by_text("再発行・取り消し").click()
        row.get_by_label("証書に書くお名前").fill("阿波 藍𠮷")
        row.get_by_role("button", name="この名前で再発行する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("番号は変わりません")
        assert "阿波藍𠮷" in "".join(pages(linked(staff, f"{number}（PDF）")))
        address = staff.get_by_role("link", name=re.compile("まとめて受け取る")).get_attribute("href")
        with zipfile.ZipFile(io.BytesIO(fetched(staff, str(address)))) as book:
            assert len([name for name in book.namelist() if name.endswith(".pdf")]) == 7
    with seminar.somebody(**PHONE) as citizen:
        citizen.goto(seminar.own[GROUP])
        assert len(pages(linked(citizen, "修了証を開く（PDF、2枚）"))) == 2


def test_what_was_counted_stays_what_it_is(seminar: Seminar) -> None:
    with seminar.secretariat() as staff, seminar.somebody() as citizen:
        staff.goto(f"{seminar.desk}/figures")
        rows = staff.locator("#names tbody tr").all()
        counted = {row.locator("th").inner_text(): row.locator("td.number").inner_text() for row in rows}
        assert counted == {
            "事前登録者数": "10 名",
            "事前登録者のうち出席した人数": "7 人",
            "出席者数": "8 人",
            "出席団体数": "2 団体",
            "視聴回数": "3 回",
            "視聴者数": "2 人",
        }
        follow(staff.get_by_role("button", name="選んだ数を報告に載せる"))
        citizen.goto(seminar.path)
        measures = citizen.locator(".measure").all_inner_texts()
        numbers = {str(each.split()[0]): each.split()[1] for each in measures}
        assert numbers == {name: "".join(value.split()) for name, value in counted.items()}


def test_the_open_data_come_back_without_a_change(seminar: Seminar) -> None:
    with seminar.secretariat() as staff:
        listed = seminar.running.get(SLUG, "/open-data/events.csv").content
        assert TITLE in listed.decode("utf-8-sig")
        staff.goto(seminar.url("/staff/events/import"))
        staff.set_input_files("input[name=file]", {"name": "events.csv", "mimeType": "text/csv", "buffer": listed})
        staff.get_by_role("button", name="内容を確かめる").click()
        expect(staff.locator("h1")).to_have_text("取り込みの確認")
        outcomes = staff.locator("main .facts dt").all_inner_texts()
        assert outcomes == ["変更なし"]
        expect(staff.locator("main")).to_contain_text("新しく作る下書きはありません")


def test_what_is_called_off_says_so_everywhere(seminar: Seminar) -> None:
    following, title = Seminar(seminar.browser, seminar.running), "第3回セミナー"
    begins = (clock.now() + timedelta(days=40)).replace(hour=5, minute=0)
    with seminar.secretariat() as staff, seminar.somebody(**OLD_PHONE) as citizen:
        staff.goto(seminar.desk)
        staff.get_by_role("link", name="複製して新しい行事を作る").click()
        fill(staff, {"title": title, **days("starts_at", begins), "ends_at_time": "午後4時"})
        staff.get_by_role("button", name="公開する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("公開しました")
        following.event_id = staff.url.partition("?")[0].rpartition("/")[2]
        following.register(citizen, NAGI)
        before = entry_of(following.letter(NAGI, f"【参加確定】{title}"), title)

        staff.get_by_role("link", name="延期・日程の変更").click()
        fill(
            staff,
            {"reason": "講師の都合により、ひと月あとへ移します。", **days("starts_at", begins + timedelta(days=30))},
        )
        staff.get_by_role("button", name="日程の変更を公開する").click()
        expect(staff.locator("main [role=status]")).to_contain_text("新しい日程を公開しました")
        moved = entry_of(following.letter(NAGI, f"大切なお知らせ：{title}"), title)
        staff.get_by_role("link", name="中止する").click()
        staff.get_by_role("button", name="中止にする").click()
        expect(staff.locator("#reason-error")).to_be_visible()
        fill(staff, {"reason": "大雨のおそれがあるため、中止します。"})
        staff.get_by_role("button", name="中止にする").click()
        expect(staff.locator("main [role=status]")).to_contain_text("中止にしました")

        told = following.letter(NAGI, f"中止のお知らせ：{title}")
        assert "大雨のおそれがあるため" in words_of(told)
        off = entry_in(seminar.running.get(SLUG, "/events.ics").text, title)
        assert [each.uid for each in (moved, entry_of(told, title), off)] == [before.uid] * 3
        assert (before.sequence < moved.sequence < off.sequence, off.status) == (True, "CANCELLED")
        citizen.goto(following.own[NAGI])
        expect(citizen.locator("main")).to_contain_text("大雨のおそれがあるため")
        expect(citizen.get_by_role("link", name="申込を取り消す")).to_have_count(0)
        citizen.goto(f"{following.path}/register")
        expect(citizen.locator("h1")).to_have_text("いまは申し込めません")
        expect(citizen.locator(".lead")).to_contain_text("中止になりました")
