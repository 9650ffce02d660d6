"""Numbers of members in texts: found with their day, and held against the ledger."""

from datetime import date

import pytest

from shared.kit.database.session import Database
from shared.members.stated_counts import Place, disagreements, stated_counts
from shared.tenants.models import Figure, Tenant
from tests.factories.content import make_announcement
from tests.factories.members import make_organisation, make_platform

JULY = date(2023, 7, 14)


@pytest.mark.parametrize(
    "text",
    [
        "令和5年7月14日現在、95団体が参加しています。",
        "参加団体（令和５年７月１４日現在　９５団体）",
        "R5.7.14時点で95団体。",
        "2023/7/14の参加団体は95 団体です。",
        "参加団体は95団体（2023年7月14日）となりました。",
        "令和5年7月14日現在の状況です。95団体です。",
        "設立から広がり、構成団体は令和5年7月14日に95団体になりました。",
        "令和5年7月14日現在、九十五団体が参加しています。",
        "令和五年七月十四日現在、九五団体です。",
        "令和5年7月14日現在、95の団体が参加しています。",
        "令和5年7月14日現在、95の会員団体があります。",
        "参加団体数は、令和5年7月14日現在、95です。",
        "参加団体数（令和5年7月14日現在）：95",
        "参加団体の総数は2023/7/14時点で九十五となりました。",
    ],
)
def test_a_number_beside_its_day_is_found(text: str) -> None:
    assert [(stated.count, stated.as_of) for stated in stated_counts(text)] == [(95, JULY)]


def test_each_number_goes_with_the_day_before_it() -> None:
    text = "参加団体は、令和5年2月20日の設立時に90団体、7月14日に95団体、令和6年4月26日には1,097団体です。"
    assert [(stated.count, stated.as_of) for stated in stated_counts(text)] == [
        (90, date(2023, 2, 20)),
        (95, JULY),
        (1097, date(2024, 4, 26)),
    ]


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("令和5年7月末現在の参加団体は95団体です。", date(2023, 7, 31)),
        ("2024年2月末日時点で95団体。", date(2024, 2, 29)),
        ("令和5年度末現在 95団体", date(2024, 3, 31)),
        ("令和5年末現在、参加団体は95団体です。", date(2023, 12, 31)),
        ("令和5年2月20日の設立から増え、8月末現在95団体です。", date(2023, 8, 31)),
    ],
)
def test_the_end_of_a_month_or_a_year_is_a_day(text: str, as_of: date) -> None:
    assert [(stated.count, stated.as_of) for stated in stated_counts(text)] == [(95, as_of)]


@pytest.mark.parametrize(
    ("text", "as_of"),
    [("7月末現在の参加団体は95団体です。", date(2023, 7, 31)), ("12月1日現在、95団体。", date(2022, 12, 1))],
)
def test_a_day_without_a_year_is_the_last_one_before_the_text_was_written(text: str, as_of: date) -> None:
    assert [(stated.count, stated.as_of) for stated in stated_counts(text, date(2023, 8, 10))] == [(95, as_of)]


def test_the_sentence_is_told_as_it_is_written() -> None:
    [stated] = stated_counts("設立しました。令和5年7月14日現在、九十五団体が参加しています。")
    assert stated.words == "令和5年7月14日現在、九十五団体が参加しています。"


@pytest.mark.parametrize(
    "text",
    [
        "令和6年4月26日の会議（Zoom）には、参加団体から54団体が出席しました。",
        "アンケートには54団体が回答（令和4年12月26日現在）。",
        "令和5年7月14日現在、約95団体が参加しています。",
        "令和5年7月14日現在、参加団体のうち30団体が社会福祉協議会です。",
        "令和5年7月14日現在、参加団体は5団体増えました。",
        "令和5年7月14日現在、90団体以上が参加しています。",
        "参加団体は95団体です。",
        "令和5年7月に参加団体は95団体になりました。",
        "令和5年7月14日に、30団体でシンポジウムを開きました。",
        "令和5年13月40日現在、95団体。",
        "7月14日現在、95団体。",
        "7月末現在の参加団体は95団体です。",
        "令和5年7月14日現在、一団体として欠けていません。",
        "令和5年7月14日現在、数十団体が参加しています。",
        "令和5年7月14日現在、約九十団体が参加しています。",
        "令和5年7月14日現在、参加団体の傘下の団体は700団体です。",
        "参加団体の傘下には、令和5年7月14日現在55の団体があります。",
        "令和5年4月21日の情報交換会の出席団体数は、参加団体から54団体でした。",
        "アンケートの回答は令和4年12月26日現在54団体で、参加団体に公開しました。",
        "令和5年7月14日現在、参加団体数は3倍になりました。",
        "参加団体数は、令和5年7月14日現在、12の市町村にわたります。",
        "参加団体の第9回会議を令和5年7月14日に開き、九人が発言しました。",
        "令和5年7月14日現在、参加団体はのべ120団体です。",
        "令和5年7月14日現在の参加団体数は下の表のとおりで、冊子は54です。",
        "",
    ],
)
def test_other_numbers_state_nothing(text: str) -> None:
    assert stated_counts(text) == []


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    tenant = await make_platform(worker_database)
    for number in range(3):
        await make_organisation(worker_database, tenant, joined_on=date(2023, 2, 20), name=f"会{number}")
    return tenant


async def test_only_what_the_ledger_does_not_confirm_is_told(worker_database: Database, platform: Tenant) -> None:
    await make_announcement(worker_database, platform, title="正しい", body="令和5年7月14日現在、3団体です。")
    wrong = await make_announcement(worker_database, platform, title="違う", body="令和5年7月14日現在、4団体です。")
    await make_announcement(
        worker_database, platform, published=False, title="下書き", body="令和5年7月14日現在、9団体です。"
    )
    async with worker_database.write(platform.id) as session:
        for day, value in ((date(2023, 2, 19), 3), (date(2023, 2, 20), 3)):
            session.add(Figure(name="参加団体数", value=value, unit="団体", as_of=day, ordinal=1))
        session.add(Figure(name="アンケートに回答した団体", value=54, unit="団体", as_of=JULY, ordinal=2))
    async with worker_database.read(platform.id) as session:
        found = await disagreements(session)
    assert [(each.place, each.key, each.stated, each.counted, each.as_of) for each in found] == [
        (Place.FIGURE, "参加団体数", 3, 0, date(2023, 2, 19)),
        (Place.ANNOUNCEMENT, str(wrong.id), 4, 3, JULY),
    ]
