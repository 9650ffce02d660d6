"""Files as secretariats send them."""

import hashlib
from datetime import date, datetime
from typing import Any

import pytest

from shared.kit.spreadsheets.reading import read_table, spooled
from shared.kit.spreadsheets.table import Note, Row, column_name
from tests.shared.kit.spreadsheets.books import book, cells, plain_book

NAMES = "団体名,電話\r\n㈱髙橋商店,088-621-2179\r\nﾃｽﾄの会 ①,#9110\r\n"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8"), ("cp932", "cp932"), ("utf-16", "utf-16")],
)
def test_a_csv_is_read_in_the_encoding_it_has(encoding: str, named: str) -> None:
    table = read_table(NAMES.encode(encoding), "名簿.csv")
    assert table.rows == [
        Row(1, ("団体名", "電話")),
        Row(2, ("㈱髙橋商店", "088-621-2179")),
        Row(3, ("ﾃｽﾄの会 ①", "#9110")),
    ]
    assert (table.encoding, table.notes) == (named, [])


def test_rare_kanji_come_in_by_utf_8() -> None:
    assert cells("𠮷野家,﨑山".encode(), "a.csv") == [("𠮷野家", "﨑山")]


def test_the_csv_of_an_old_unix_machine_is_not_taken_for_half_width_kana() -> None:
    assert cells("団体名,ふりがな\nつなぐ会,つなぐかい\n".encode("euc_jp"), "a.csv")[1] == ("つなぐ会", "つなぐかい")
    assert read_table("ﾂﾅｸﾞｶｲ,ﾃﾞﾝﾜ\n".encode("cp932"), "a.csv").encoding == "cp932"


@pytest.mark.parametrize("text", ["a\tb\n1\t2\n", "a;b\n1;2\n", 'a,b\n"1",2\n', "a,b\r1,2\r"])
def test_tabs_semicolons_quotes_and_old_line_ends_are_understood(text: str) -> None:
    assert cells(text.encode(), "a.csv") == [("a", "b"), ("1", "2")]


def test_a_line_break_inside_quotes_belongs_to_the_cell() -> None:
    assert cells('a,b\n"一行目\n二行目",2\n'.encode(), "a.csv")[1] == ("一行目\n二行目", "2")


def test_numbers_are_text_as_people_write_them_and_dates_are_dates() -> None:
    def fill(workbook: Any, page: Any) -> None:
        day = workbook.add_format({"num_format": "yyyy/m/d"})
        page.write_number(0, 0, 7708570)
        page.write_number(0, 1, 5050005005266)
        page.write_number(0, 2, 0.5)
        page.write_datetime(0, 3, date(2023, 7, 14), day)
        page.write_datetime(0, 4, datetime(2023, 7, 14, 13, 30), workbook.add_format({"num_format": "yyyy/m/d h:mm"}))  # noqa: DTZ001 - a sheet has no zones
        page.write_boolean(0, 5, True)
        page.write_string(0, 6, "  令和5年7月14日 ")

    assert cells(book(fill)) == [
        ("7708570", "5050005005266", "0.5", date(2023, 7, 14), "2023-07-14 13:30", "TRUE", "令和5年7月14日")
    ]


def test_a_merged_cell_keeps_its_value_in_the_top_left_and_is_told() -> None:
    def fill(_: Any, page: Any) -> None:
        page.write_row(0, 0, ["区分", "団体名"])
        page.merge_range(1, 0, 2, 0, "NPO")
        page.write_column(1, 1, ["一の会", "二の会"])

    table = read_table(book(fill), "名簿.xlsx")
    assert [row.cells for row in table.rows] == [("区分", "団体名"), ("NPO", "一の会"), ("", "二の会")]
    assert table.notes == [Note("A2:A3", "結合されたセルです。値は左上のA2だけのものとして読みました。")]


def test_a_formula_gives_its_last_value_and_is_told() -> None:
    def fill(_: Any, page: Any) -> None:
        page.write_formula(1, 1, "=1+2", None, 3)
        page.write_formula(2, 1, "=1/0", None, "#DIV/0!")

    table = read_table(book(fill), "名簿.xlsx")
    assert table.rows == [Row(2, ("", "3"))]
    assert table.notes == [
        Note("B3", "エラーの値なので、空として読みました。"),
        Note("B2", "数式のセルです。Excelが最後に計算した値を読みました。"),
    ]


def test_numbers_of_rows_are_those_beside_the_sheet_and_empty_rows_are_left_out() -> None:
    assert read_table(plain_book([[], ["", ""], ["題"], [], ["a", "", ""]]), "a.xlsx").rows == [
        Row(3, ("題",)),
        Row(5, ("a",)),
    ]


def test_the_first_sheet_with_anything_in_it_is_read_and_the_others_are_named() -> None:
    def fill(workbook: Any, _: Any) -> None:
        for title in ("名簿", "旧名簿"):
            workbook.get_worksheet_by_name(title).write(0, 0, title)

    table = read_table(book(fill, sheets=["空", "名簿", "旧名簿"]), "a.xlsx")
    assert (table.sheet, table.rows) == ("名簿", [Row(1, ("名簿",))])
    assert table.notes == [Note("", "シート「名簿」だけを読みました。「旧名簿」は読んでいません。")]


def test_a_name_that_lies_about_the_content_is_believed_less_than_the_content() -> None:
    excel, text = read_table(plain_book([["a"]]), "名簿.csv"), read_table(b"a,b\n", "名簿.xlsx")
    assert ([row.cells for row in excel.rows], len(excel.notes)) == ([("a",)], 1)
    assert ([row.cells for row in text.rows], len(text.notes)) == ([("a", "b")], 1)


def test_short_rows_end_in_empty_cells() -> None:
    assert Row(1, ("a",)).cell(3) == ""


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (199, "GR"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_letters(index: int, name: str) -> None:
    assert column_name(index) == name


def test_a_list_in_the_middle_of_its_sheet_keeps_its_places() -> None:
    def fill(_: Any, page: Any) -> None:
        page.write_row(4, 2, ["団体名", "電話"])
        page.write_row(6, 2, ["つなぐ会", ""])

    assert read_table(book(fill), "a.xlsx").rows == [Row(5, ("", "", "団体名", "電話")), Row(7, ("", "", "つなぐ会"))]


def test_a_long_list_comes_in_pieces_and_can_be_asked_for_twice() -> None:
    data = "".join(f"団体{number}\n" for number in range(1_200)).encode()
    with spooled(data, "a.csv") as found:
        sizes = [[len(piece) for piece in found.pieces()] for _ in range(2)]
        assert (found.rows, sizes) == (1_200, [[500, 500, 200]] * 2)
        assert found.sha256 == hashlib.sha256(data).hexdigest()
