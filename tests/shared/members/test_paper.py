"""様式1, 様式2, labels and lists, as they come out of the printer."""

import time
from datetime import date

import msgspec
import pytest

from shared.kit.database.session import Database
from shared.kit.refusals import Refusal
from shared.members.models import Channel
from shared.members.paper import (
    AddressLabel,
    Column,
    Withdrawal,
    render_form1,
    render_form2,
    render_labels,
    render_name_list,
)
from shared.tenants import queries as tenants
from shared.tenants.queries import Profile
from tests.factories.members import filled, make_platform
from tests.shared.kit.paper.pdf import pages, sizes


@pytest.fixture
async def profile(worker_database: Database) -> Profile:
    tenant = await make_platform(worker_database, name="とくしま試験プラットフォーム")
    async with worker_database.read(tenant.id) as session:
        return await tenants.profile(session)


async def test_the_empty_form_has_every_field_and_the_tenants_own_words(profile: Profile) -> None:
    pdf = await render_form1(profile, None, None, web_address="https://tokushima.example/join")
    text = "".join(pages(pdf))
    for wanted in (
        "様式1",
        "とくしま試験プラットフォーム事務局御中",
        "受付番号（事務局で記入します）",
        "法人番号",
        "フリガナ",
        "□NPO法人",
        "□子育て",
        "□防災",
        "□公開□会員のみ□事務局のみ",
        "□公募（この指とまれ）",
        "対象者の区分□子ども□若者・学生",
        "提供できる資源□人□物□資金□場所□情報",
        "□設置要綱（第2版）",
        "〒770-8570徳島市万代町1丁目1番地",
        "電話088-621-2913",
        "desk@pref.example",
        "ウェブからも申し込めます",
        "□FAX",
    ):
        assert wanted in text, wanted
    assert "■" not in text
    assert sizes(pdf) == [(210, 297), (210, 297)]


async def test_the_filled_form_shows_what_was_sent(profile: Profile) -> None:
    details = filled(
        name="𠮷野川・髙﨑の会", corporate_number="5050005005266", fax="088-621-2914", visibility={"phone": "PUBLIC"}
    )
    pdf = await render_form1(
        profile, details, "R8-0001-7K", received_on=date(2026, 11, 20), municipality="阿南市", channel=Channel.FAX
    )
    text = "".join(pages(pdf))
    for wanted in (
        "R8-0001-7K",
        "令和8年11月20日",
        "𠮷野川・髙﨑の会",
        "エヌピーオーホウジンツナグカイ",
        "■新しく参加する",
        "5050005005266",
        "■NPO法人",
        "■子育て",
        "□防災",
        "阿南市",
        "﨑山花",
        "088-621-2914",
        "■公開□会員のみ□事務局のみ",
        "毎週、子ども食堂を開いています。",
        "■公募（この指とまれ）",
        "■設置要綱（第2版）",
        "■FAX",
    ):
        assert wanted in text, wanted


async def test_a_form_of_the_web_has_no_box_for_the_office(profile: Profile) -> None:
    pdf = await render_form1(profile, filled(), "R8-0001-7K", channel=Channel.WEB)
    assert "事務局の記入欄" not in "".join(pages(pdf))


async def test_a_change_notice_is_the_same_sheet(profile: Profile) -> None:
    text = "".join(pages(await render_form1(profile, filled(), "R8-0001-7K", changed=["phone", "address"])))
    for wanted in ("□新しく参加する", "■届け出た内容を変更する", "変更した項目：所在地、電話番号"):
        assert wanted in text


async def test_the_longest_texts_flow_on_and_every_sheet_says_what_it_is(profile: Profile) -> None:
    details = filled(
        name="冠" * 200,
        kana="カ" * 200,
        address="住" * 300,
        purpose="目的" * 1000,
        activities="行\n" * 300 + "終わり",
        appeal="言" * 2000,
        website="https://long.example/" + "w" * 270,
        email="e" * 60 + "@" + "d" * 60 + ".example",
    )
    printed = pages(await render_form1(profile, details, "R8-0001-7K"))
    text = "".join(printed)
    assert (text.count("冠"), text.count("言"), "終わり" in text) == (200, 2000 + 1, True)
    assert len(printed) > 3
    assert all("入会申請書・変更届とくしま試験プラットフォーム" in page for page in printed[1:])
    assert f"{len(printed)}/{len(printed)}" in printed[-1]


async def test_a_platform_that_has_just_begun_can_print_its_form(profile: Profile) -> None:
    bare = msgspec.structs.replace(profile, fields=[], categories=[], all_contacts=[], charters=[])
    assert "設置要綱を読み" in "".join(pages(await render_form1(bare, None, None)))


async def test_the_withdrawal_notice_empty_and_filled(profile: Profile) -> None:
    empty = await render_form2(profile)
    assert ("退会届" in pages(empty)[0], "年月日" in pages(empty)[0], len(pages(empty))) == (True, True, 1)
    notice = Withdrawal(name="つなぐ会", representative_name="髙橋 明", effective_on=date(2026, 12, 31), reason="解散")
    text = pages(await render_form2(profile, notice, "R8-0002-AC", received_on=date(2026, 11, 20)))[0]
    for wanted in ("R8-0002-AC", "つなぐ会", "髙橋明", "令和8年（2026年）12月31日", "解散"):
        assert wanted in text


async def test_labels_stand_twelve_on_a_sheet_and_begin_where_one_is_left(profile: Profile) -> None:
    house = AddressLabel(name="つなぐ会", postal_code="770-8570", address="徳島市万代町1丁目1番地")
    person = AddressLabel(name="社会福祉協議会", address="阿南市", department="地域課", person="𠮷野 花")
    assert [page.count("御中") for page in pages(await render_labels(profile, [house] * 13))] == [12, 1]
    printed = pages(await render_labels(profile, [house] * 2 + [person], skip=10))
    assert [("〒770-8570" in page, "𠮷野花様" in page) for page in printed] == [(True, False), (False, True)]
    assert sizes(await render_labels(profile, [house])) == [(210, 297)]


async def test_the_longest_address_still_stands_in_its_label(profile: Profile) -> None:
    longest = AddressLabel(name="名" * 200, address="住" * 300, department="部" * 100, person="人" * 100)
    printed = pages(await render_labels(profile, [longest, AddressLabel(name="次の会")]))
    assert len(printed) == 1
    assert (printed[0].count("名"), printed[0].count("住")) == (200, 300)


async def test_more_than_a_printer_wants_is_refused(profile: Profile) -> None:
    with pytest.raises(Refusal, match="1,201件"):
        await render_labels(profile, [AddressLabel(name="会")] * 1_201)
    with pytest.raises(Refusal, match="2,000件まで"):
        await render_name_list(
            profile, title="名簿", columns=[Column("団体名")], rows=[["会"]] * 2_001, as_of=date(2024, 4, 26)
        )


async def test_a_name_list_counts_itself(profile: Profile) -> None:
    columns = [Column("団体名", 2), Column("電話")]
    pdf = await render_name_list(
        profile, title="参加団体名簿", columns=columns, rows=[["つなぐ会", "088-621-2179"]], as_of=date(2024, 4, 26)
    )
    assert "令和6年（2024年）4月26日現在1団体" in pages(pdf)[0]
    assert "1つなぐ会088-621-2179" in pages(pdf)[0]


async def test_a_filled_form_takes_less_than_a_tenth_of_a_second_of_computing(profile: Profile) -> None:
    await render_form1(profile, filled(), "R8-0001-7K")
    spent = []
    for number in range(5):
        details, started = filled(), time.process_time()
        await render_form1(profile, details, f"R8-{number:04}-7K", municipality="阿南市")
        spent.append(time.process_time() - started)
    assert min(spent) < 0.1
