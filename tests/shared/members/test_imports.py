"""Member lists as secretariats keep them: what is understood, what is mended and told, what is refused by row and cell."""

import time
from datetime import date

import pytest

from shared.kit.database.session import Database
from shared.kit.spreadsheets.table import Cell, Row, Table
from shared.members.imports.columns import guess_columns, meanings_of
from shared.members.imports.reading import LedgerReading, Remark, read_ledger
from shared.members.names import name_key
from tests.shared.members.lists import World, make_world, only


@pytest.fixture(scope="module")
async def world(worker_database: Database) -> World:
    return await make_world(worker_database)


def problem_of(reading: LedgerReading) -> Remark:
    assert (reading.rows, len(reading.problems)) == ([], 1)
    return reading.problems[0]


def test_a_row_of_an_ordinary_list(world: World) -> None:
    row = only(
        world.read(
            (
                "㈱髙﨑𠮷商店",
                "ｶﾌﾞｼｷｶﾞｲｼｬﾀｶｻｷﾖｼｼｮｳﾃﾝ",
                "5050005005266",
                "７７０－８５７０",
                "徳島県阿南市富岡町1",
                "088ー621ー2179",
                "NPO法人",
                "子育て、防災",
                "令和5年2月20日",
                "",
                "この指とまれ",
            )
        )
    )
    details = row.details
    assert (row.number, row.joined_on, row.left_on) == (2, date(2023, 2, 20), None)
    assert (details.name, details.kana) == ("㈱髙﨑𠮷商店", "カブシキガイシャタカサキヨシショウテン")
    assert (details.corporate_number, details.postal_code, details.phone) == (
        "5050005005266",
        "770-8570",
        "088-621-2179",
    )
    assert (details.category, details.fields, details.source) == ("npo", ("childcare", "disaster"), "OPEN_CALL")
    assert (details.address, details.municipality_code) == ("徳島県阿南市富岡町1", "362042")


def test_of_two_columns_with_one_meaning_the_first_counts_but_addresses_and_fields_add_up(world: World) -> None:
    headers = (
        "団体名",
        "フリガナ",
        "代表者",
        "フリガナ",
        "住所1",
        "住所2",
        "活動分野1",
        "活動分野2",
        "電話",
        "電話番号2",
    )
    assert meanings_of(headers) == (
        "name", "kana", "representative_name", "", "address", "address", "fields", "fields", "phone", "",
    )  # fmt: skip
    row = only(
        world.read(
            ("会", "カイ", "髙橋", "タカハシ", "阿南市富岡町", "1番地", "防災", "子育て", "088-621-2179", "090"),
            headers=headers,
        )
    )
    assert (row.details.address, row.details.fields) == ("阿南市富岡町1番地", ("childcare", "disaster"))


def test_a_title_and_remarks_above_the_header_do_not_disturb(world: World) -> None:
    table = Table(
        [
            Row(1, ("参加団体", "", "")),
            Row(2, ("", "", "令和6年4月26日現在")),
            Row(4, ("番号", "団体名", "電話番号")),
            Row(5, ("1", "つなぐ会", "088-621-2179")),
        ],
        [],
    )
    guess = guess_columns(table)
    assert (guess.header, guess.titles, guess.meanings) == (
        4,
        ("番号", "団体名", "電話番号"),
        ("", "name", "phone"),
    )
    assert [row.number for row in read_ledger(table, guess, world.words, world.profile).rows] == [5]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(2023, 2, 20), date(2023, 2, 20)),
        ("令和5年2月20日", date(2023, 2, 20)),
        ("R5.2.20", date(2023, 2, 20)),
        ("Ｒ５／２／２０", date(2023, 2, 20)),
        ("2023/2/20", date(2023, 2, 20)),
        ("2023年2月20日（月）", date(2023, 2, 20)),
        ("20230220", date(2023, 2, 20)),
        ("44977", date(2023, 2, 20)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("", None),
        ("－", None),
        ("不明", None),
    ],
)
def test_dates_in_both_calendars(world: World, cell: Cell, day: date | None) -> None:
    assert only(world.read_one(加入日=cell)).joined_on == day


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        ("法人番号", "5050005005267", "法人番号の数字が正しくありません"),
        ("法人番号", "123", "13桁"),
        ("法人番号", "5.05E+12", "文字列"),
        ("電話", "621-2179", "市外局番"),
        ("電話", "088-621-2179 / 088-621-2180", "電話番号"),
        ("〒", "77-85", "郵便番号"),
        ("メール", "info＠", "メールアドレス"),
        ("加入日", "令和5年2月", "年月日まで"),
        ("加入日", "令和5年2月30日", "28日まで"),
        ("加入日", "平成32年4月1日", "平成は"),
        ("加入日", "2199年4月1日", "1年より先"),
        ("カナ", "漢字", "カタカナ"),
        ("団体名", "", "団体名を入力"),
        ("構成員数", "約三十", "数字"),
    ],
)
def test_what_is_wrong_is_named_by_row_cell_and_value(world: World, column: str, value: str, part: str) -> None:
    problem = problem_of(world.read_one(**{column: value}))
    assert (problem.row, problem.value, part in problem.message) == (2, value, True)
    assert problem.place.endswith("2")


def test_a_problem_reads_as_a_sentence(world: World) -> None:
    assert str(problem_of(world.read_one(電話="621-2179"))) == (
        "2行目（C2 電話番号「621-2179」）　電話番号が正しくありません。市外局番から入力してください。例：088-621-2179"
    )


def test_leaving_before_joining_is_refused(world: World) -> None:
    problem = problem_of(world.read_one(加入日="R5.4.1", 退会日="R5.3.31"))
    assert (problem.place, problem.message) == ("D2", "退会日が加入日より前になっています。")


def test_a_bad_row_spoils_no_other_and_all_its_problems_are_told_at_once(world: World) -> None:
    reading = world.read(
        ("一の会", "イチノカイ", "", "", "", "", "", "", "R5.2.20", "", ""),
        ("二の会", "ニノカイ", "1", "2", "", "3", "", "", "4", "", ""),
        ("三の会", "サンノカイ", "", "", "", "", "", "", "R5.2.20", "", ""),
    )
    assert [row.details.name for row in reading.rows] == ["一の会", "三の会"]
    assert ([problem.place for problem in reading.problems], reading.refused) == (["I3", "C3", "D3", "F3"], 1)


@pytest.mark.parametrize(
    ("column", "value", "field", "mended"),
    [
        ("電話", "886212179", "phone", "088-621-2179"),
        ("携帯", "9012345678", "mobile", "090-1234-5678"),
        ("〒", "600000", "postal_code", "060-0000"),
    ],
)
def test_the_zero_that_excel_has_eaten_comes_back_and_is_told(
    world: World, column: str, value: str, field: str, mended: str
) -> None:
    reading = world.read_one(**{column: value})
    assert getattr(only(reading).details, field) == mended
    assert [note.message for note in reading.notes] == ["先頭の0が消えていたため、補いました。"]


def test_a_postal_code_inside_the_address_is_taken_out(world: World) -> None:
    details = only(world.read_one(住所="〒774-8501　阿南市富岡町トノ町12番地3")).details
    assert (details.postal_code, details.address, details.municipality_code) == (
        "774-8501",
        "阿南市富岡町トノ町12番地3",
        "362042",
    )


@pytest.mark.parametrize(("town", "address"), [("阿南市", ""), ("徳島県阿南市", ""), ("", "徳島県那賀郡阿南市1")])
def test_the_municipality_is_found_in_its_column_or_in_the_address(world: World, town: str, address: str) -> None:
    assert only(world.read_one(市町村=town, 住所=address)).details.municipality_code == "362042"


def test_tags_are_read_by_their_words_and_kana_of_persons_come_along(world: World) -> None:
    reading = world.read_one(
        **{
            "対象者の区分": "子ども、若者・学生／宇宙人",
            "提供できる資源": "人・場所",
            "対象者": "小学生とその家族",
            "担当者フリガナ": "さきやま はな",
        }
    )
    details = only(reading).details
    assert (details.audiences, details.resources) == (("children", "youth"), ("people", "place"))
    assert (details.audience, details.contact_kana) == ("小学生とその家族", "サキヤマ ハナ")
    assert [note.message for note in reading.notes] == ["「宇宙人」は対象者の区分の一覧にないため、外しました。"]


def test_words_that_the_tenant_does_not_know_are_left_out_and_told(world: World) -> None:
    reading = world.read_one(区分="秘密結社", 分野="子育て・宇宙", 募集経路="風のたより", 市町村="火星市")
    details = only(reading).details
    assert (details.category, details.fields, details.source, details.municipality_code) == (
        "",
        ("childcare",),
        "OTHER",
        "",
    )
    assert sorted(note.place for note in reading.notes) == ["C2", "D2", "E2", "F2"]


@pytest.mark.parametrize("text", ["NPO法人", "ＮＰＯ法人", "npo", "民間団体/NPO法人", "民間団体＞NPO法人"])
def test_categories_by_name_by_slug_and_by_path(world: World, text: str) -> None:
    assert only(world.read_one(区分=text)).details.category == "npo"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("この指とまれ", "OPEN_CALL"),
        ("DM郵送", "DIRECT_MAIL"),
        ("フリーペーパー", "FREE_PAPER"),
        ("個別勧誘", "PERSONAL"),
        ("社協の紹介", "REFERRAL"),
        ("12月のシンポジウム", "SYMPOSIUM"),
        ("ほかの団体からの紹介", "REFERRAL"),
        ("", ""),
    ],
)
def test_how_a_member_was_won(world: World, text: str, source: str) -> None:
    assert only(world.read_one(募集経路=text)).details.source == source


def test_a_missing_reading_is_guessed_and_told(world: World) -> None:
    reading = world.read_one(団体名="徳島市ボランティア協会", カナ="")
    assert only(reading).details.kana == "トクシマシボランティアキョウカイ"
    assert "「トクシマシボランティアキョウカイ」と推測しました" in reading.notes[0].message


def test_the_same_organisation_twice_is_a_problem_of_the_second_row(world: World) -> None:
    reading = world.read(
        ("特定非営利活動法人つなぐ会", "ツナグカイ", "", "", "阿南市1", "", "", "", "R5.2.20", "", ""),
        ("NPO法人 つなぐ会", "ツナグカイ", "", "", "阿南市1", "", "", "", "R5.3.20", "", ""),
    )
    assert ([row.number for row in reading.rows], str(reading.problems[0])) == (
        [2],
        "3行目（A3 団体名「NPO法人 つなぐ会」）　2行目と同じ団体です。どちらかを削除してください。",
    )


def test_one_that_left_and_came_again_stands_twice(world: World) -> None:
    reading = world.read(
        ("つなぐ会", "ツナグカイ", "5050005005266", "", "", "", "", "", "R5.2.20", "R6.3.31", ""),
        ("つなぐ会", "ツナグカイ", "5050005005266", "", "", "", "", "", "R6.4.1", "", ""),
    )
    assert [(row.joined_on, row.left_on) for row in reading.rows] == [
        (date(2023, 2, 20), date(2024, 3, 31)),
        (date(2024, 4, 1), None),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("㈱とくしま", "株式会社徳島".replace("徳島", "とくしま")),
        ("社会福祉法人 髙橋会", "(福)高橋会"),
        ("NPO法人You＆ゆう", "特定非営利活動法人You&ゆう"),
    ],
)
def test_legal_forms_and_spellings_do_not_make_two_of_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_name_that_is_only_a_legal_form_keeps_it() -> None:
    assert name_key("社会福祉法人") != ""


def test_ten_thousand_rows_are_read_in_seconds(world: World) -> None:
    rows = [
        (
            f"第{number}の会",
            "カイ",
            "",
            "770-8570",
            f"阿南市{number}番地",
            "088-621-2179",
            "NPO法人",
            "防災",
            "R5.2.20",
            "",
            "",
        )
        for number in range(10_000)
    ]
    started = time.process_time()
    assert len(world.read(*rows).rows) == 10_000
    assert time.process_time() - started < 30
