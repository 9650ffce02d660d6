"""Files that open clean: nothing runs, nothing is lost, and what cannot be written is said."""

import csv
import io
import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kit.spreadsheets.harmless import as_typed, harmless
from shared.kit.spreadsheets.reading import read_table
from shared.kit.spreadsheets.table import Cell
from shared.kit.spreadsheets.writing import Replaced, Sheet, Value, write_csv, write_xlsx
from tests.shared.kit.spreadsheets.books import cells, part

DANGEROUS = "=+-@\t\r\n＝＋－＠"
PLAIN_NUMBERS = ["-5", "+3", "-1,234.5", "-0.5%", "-1234567"]


def read_back(data: bytes, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+81 88-621-2179",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1",
        "－1+2",
        "＠A1",
        "-",
        "+",
    ],
)
def test_what_could_run_becomes_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", [*PLAIN_NUMBERS, "088-621-2179", "#9110", "090-1234-5678", "NPO法人", "", "'会", "'-5", "ー"]
)
def test_numbers_and_telephone_numbers_stay_readable(text: str) -> None:
    assert harmless(text) == text


signs = st.text(alphabet=DANGEROUS + "'1,会", max_size=6)
texts = st.one_of(
    signs,
    st.text(max_size=30),
    st.builds(str.__add__, st.sampled_from(DANGEROUS), st.text(max_size=20)),
    st.text(alphabet=DANGEROUS + string.digits + ",.%", max_size=10),
)


@given(texts)
def test_no_cell_begins_with_a_sign_unless_it_is_a_number(text: str) -> None:
    written = harmless(text)
    assert written[:1] not in tuple(DANGEROUS) or float(written.rstrip("%").replace(",", "")) is not None
    assert as_typed(written) == text


@pytest.mark.parametrize("text", ["'=1+1", "''＝x", "'\t=1", "'-5", "'", "''", "'会"])
def test_an_apostrophe_that_somebody_has_typed_is_theirs(text: str) -> None:
    assert as_typed(harmless(text)) == text


@given(st.lists(signs.map(lambda text: f"{text}x"), min_size=1, max_size=5), st.booleans())
@settings(max_examples=15, deadline=None)
def test_what_a_file_says_is_what_was_written(words: list[str], as_csv: bool) -> None:
    """Apart from blanks around it, and from how lines end: those mean nothing in a cell."""
    data = (
        write_csv([[each] for each in words])[0]
        if as_csv
        else write_xlsx([Sheet("名簿", words[:1], [[each] for each in words[1:]])])
    )
    read = [as_typed(str(cell)) for row in cells(data, "名簿.csv" if as_csv else "名簿.xlsx") for cell in row]
    assert [each.strip() for each in read] == [each.strip() for each in words]


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=5))
@settings(max_examples=50)
def test_a_csv_reads_back_as_it_was_written(rows: list[list[str]]) -> None:
    data, replaced = write_csv([[each.replace("\ud800", "") for each in row] for row in rows])
    assert read_back(data) == [[harmless(each) for each in row] for row in rows]
    assert replaced == []


def test_a_csv_says_its_encoding_to_excel_and_quotes_everything() -> None:
    data, _ = write_csv([["団体名", "人数", "参加日"], ["a,b", 12, date(2024, 4, 26)], [None, 0.5, ""]])
    assert data == '\ufeff"団体名","人数","参加日"\r\n"a,b","12","2024/04/26"\r\n"","0.5",""\r\n'.encode()


def test_moments_are_japans() -> None:
    data, _ = write_csv([[datetime(2024, 4, 25, 15, 30, tzinfo=UTC)]])
    assert read_back(data) == [["2024/04/26 00:30"]]


def test_cp932_reports_each_character_that_it_lacks() -> None:
    data, replaced = write_csv([["団体名"], ["㈱髙﨑①"], ["𠮷野〜café"]], encoding="cp932")
    assert read_back(data, "cp932") == [["団体名"], ["㈱髙﨑①"], ["〓野～caf〓"]]
    assert replaced == [Replaced(3, 1, "𠮷"), Replaced(3, 1, "é")]


@given(st.text(max_size=50))
def test_cp932_never_fails(text: str) -> None:
    data, replaced = write_csv([[text]], encoding="cp932")
    assert data.decode("cp932").count("〓") >= len(replaced)


def roundtrip(rows: list[list[Value]]) -> list[tuple[Cell, ...]]:
    data = write_xlsx([Sheet("名簿", ["見出し"] * len(rows[0]), rows)])
    return cells(data)[1:]


def test_an_excel_file_keeps_names_numbers_and_days() -> None:
    row: list[Value] = [
        "㈱髙﨑𠮷",
        "088-621-2179",
        "0012",
        12,
        0.5,
        date(2024, 4, 26),
        None,
        "=1+1",
        "https://a.example/",
    ]
    assert roundtrip([row]) == [
        ("㈱髙﨑𠮷", "088-621-2179", "0012", "12", "0.5", date(2024, 4, 26), "", "'=1+1", "https://a.example/")
    ]


def test_an_excel_file_holds_no_formula_whatever_is_written() -> None:
    data = write_xlsx([Sheet("名簿", ["=1"], [[text] for text in ("=1+1", "{=1}", "＝1", "+1-1", "@A1")])])
    assert b"<f>" not in part(data, "xl/worksheets/sheet1.xml")
    assert cells(data) == [("'=1",), ("'=1+1",), ("{=1}",), ("'＝1",), ("'+1-1",), ("'@A1",)]


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5))
@settings(max_examples=10, deadline=None)
def test_an_excel_file_reads_back_as_it_was_written(row: list[str]) -> None:
    kept = [harmless(each).strip() for each in row]
    while kept and not kept[-1]:
        kept.pop()
    read = roundtrip([list(row)])
    assert read == ([tuple(kept)] if kept else [])


def test_the_sheet_is_set_up_for_the_screen_and_for_a4() -> None:
    data = write_xlsx([Sheet("名簿", ["団体名", *"abcdef"], [["とても長い名前の会" * 3, *"123456"]])])
    sheet = part(data, "xl/worksheets/sheet1.xml").decode()
    for wanted in ('state="frozen"', 'paperSize="9"', 'orientation="landscape"', "<autoFilter", 'fitToHeight="0"'):
        assert wanted in sheet
    assert 'width="56' in sheet


def test_titles_of_sheets_are_made_fit() -> None:
    sheets = [Sheet(title, ["a"], [["1"]]) for title in ("一覧/2024", "一覧2024", "", "長" * 40)]
    titles = part(write_xlsx(sheets), "xl/workbook.xml").decode()
    for wanted in ('name="一覧2024"', 'name="一覧2024（2）"', 'name="シート3"', f'name="{"長" * 31}"'):
        assert wanted in titles


def test_what_is_exported_can_be_imported() -> None:
    data, _ = write_csv([["団体名"], ["=壱の会"]])
    assert [as_typed(str(row.cells[0])) for row in read_table(data, "a.csv").rows] == ["団体名", "=壱の会"]
