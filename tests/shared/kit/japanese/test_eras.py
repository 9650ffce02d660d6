"""Dates in both calendars, in and out."""

from datetime import UTC, date, datetime, time, timedelta

import japanera
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.japanese import Unreadable
from shared.kit.japanese.eras import (
    ERAS,
    PartialDate,
    Precision,
    both_calendars,
    both_fiscal_years,
    era_of,
    fiscal_year,
    in_japan,
    japanese_date,
    japanese_fiscal_year,
    japanese_moment,
    japanese_period,
    japanese_time,
    moment_span,
    read_date,
    read_dates,
    read_fiscal_year,
    read_partial_date,
    read_period,
    read_time,
    read_time_span,
    time_span,
    western_date,
)

days = st.dates(min_value=date(1873, 1, 1), max_value=date(2117, 12, 31))


@pytest.mark.parametrize(
    "typed",
    [
        "令和5年7月14日",
        "令和５年７月１４日（金）",
        "令和 5 年 7 月 14 日 (金曜日)",
        "R5.7.14",
        "r5/7/14",
        "Ｒ５．７．１４",
        "2023/7/14",
        "2023-07-14",
        "2023.7.14",
        "2023年7月14日",
        "２０２３／７／１４",
        "20230714",
        "2023 7月 14",
        "㋿5年7月14日",
        "2023年7月14日(金・祝)",
        "令和5年7月14日金曜",
        "2023ー7ー14",
        " 2023/7/14 ",
    ],
)
def test_one_day_in_every_spelling(typed: str) -> None:
    assert read_date(typed) == date(2023, 7, 14)


@pytest.mark.parametrize(
    ("typed", "stored", "precision"),
    [
        ("令和元年", "2019", Precision.YEAR),
        ("R5", "2023", Precision.YEAR),
        ("2023.12", "2023-12", Precision.MONTH),
        ("2023年12月", "2023-12", Precision.MONTH),
        ("平成31年4月", "2019-04", Precision.MONTH),
        ("平成元年1月", "1989-01", Precision.MONTH),
        ("昭和64年1月7日", "1989-01-07", Precision.DAY),
        ("大正15年12月24日", "1926-12-24", Precision.DAY),
        ("明治5年", "1872", Precision.YEAR),
    ],
)
def test_precision_is_kept(typed: str, stored: str, precision: Precision) -> None:
    partial = read_partial_date(typed)
    assert (partial.isoformat(), partial.precision) == (stored, precision)
    assert PartialDate.fromisoformat(stored) == partial


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("令和5年2月30日", "2023年2月は28日までです"),
        ("平成40年", "平成は平成31年4月30日までです。令和10年ではありませんか"),
        ("平成31年5月1日", "令和元年ではありませんか"),
        ("令和元年4月30日", "令和は令和元年5月1日からです"),
        ("令和0年", "令和は令和元年"),
        ("H1.1.7", "平成は平成元年1月8日から"),
        ("令和5年7月14日（土）", "2023年7月14日は金曜日です"),
        ("2023/13/1", "13月という月はありません"),
        ("2023/0/1", "0月という月はありません"),
        ("2023/1/0", "0日はありません"),
        ("1867年", "1868年から2199年まで"),
        ("明治5年3月1日", "旧暦"),
        ("7月14日", "年も入力してください"),
        ("23/7/14", "読み取れませんでした"),
        ("令和5年度", "読み取れませんでした"),
        ("きのう", "読み取れませんでした"),
        ("", "読み取れませんでした"),
    ],
)
def test_wrong_dates_are_refused_with_the_reason(typed: str, message: str) -> None:
    with pytest.raises(Unreadable, match=message):
        read_partial_date(typed)


def test_a_month_is_not_a_day() -> None:
    with pytest.raises(Unreadable, match="年月日まで"):
        read_date("2023.12")


def test_several_days_share_year_and_month() -> None:
    assert read_dates("2022/11/11、18") == (PartialDate(2022, 11, 11), PartialDate(2022, 11, 18))
    assert read_dates("2022年11月11日(金)・18日(金)、12月3日") == (
        PartialDate(2022, 11, 11),
        PartialDate(2022, 11, 18),
        PartialDate(2022, 12, 3),
    )
    assert read_dates("2022年9月、10月") == (PartialDate(2022, 9), PartialDate(2022, 10))


@pytest.mark.parametrize("typed", ["11、12", "2022年、3日", "2022/11/11、", "2022/11/11、31"])
def test_lists_that_lack_something(typed: str) -> None:
    with pytest.raises(Unreadable):
        read_dates(typed)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("2022.12～", "令和4年12月〜"),
        ("2022年12月から", "令和4年12月〜"),
        ("～2023年3月", "〜令和5年3月"),
        ("2022年9月～10月", "令和4年9月〜10月"),
        ("2022年9月〜2023年3月まで", "令和4年9月〜令和5年3月"),
        ("令和5年12月26日（火）～28日（木）", "令和5年12月26日（火）〜28日（木）"),
        ("2019/4/30～5/1", "平成31年4月30日（火）〜令和元年5月1日（水）"),
        ("2022/11/11", "令和4年11月11日（金）"),
    ],
)
def test_periods(typed: str, written: str) -> None:
    period = read_period(typed)
    assert japanese_period(period) == written
    assert read_period(written) == period


@pytest.mark.parametrize("typed", ["～", "2023.3～2022.1", "2021～2022～2023", ""])
def test_periods_that_make_no_sense(typed: str) -> None:
    with pytest.raises(Unreadable, match="期間"):
        read_period(typed)


def test_a_day_lies_in_an_open_period() -> None:
    assert date(2022, 12, 1) in read_period("2022.12～")
    assert date(2022, 11, 30) not in read_period("2022.12～")
    assert date(2023, 3, 31) in read_period("～2023年3月")


def test_writing() -> None:
    day = date(2024, 1, 12)
    assert japanese_date(date(2023, 7, 14)) == "令和5年7月14日（金）"
    assert japanese_date(date(2019, 5, 1), weekday=False) == "令和元年5月1日"
    assert western_date(day) == "2024年1月12日（金）"
    assert both_calendars(day) == "令和6年（2024年）1月12日（金）"
    assert both_calendars(PartialDate(2019)) == "令和元年（2019年）"
    assert both_calendars(date(1850, 1, 2), weekday=False) == "1850年1月2日"


def test_times_are_those_of_japan() -> None:
    start = datetime(2024, 1, 12, 4, 30, tzinfo=UTC)
    assert japanese_time(time(9)) == "9時"
    assert japanese_moment(start) == "令和6年1月12日（金）13時30分"
    assert time_span(start, start + timedelta(hours=2, minutes=30)) == "13時30分〜16時"
    assert time_span(time(13, 30), None) == "13時30分〜"
    assert moment_span(start, start + timedelta(hours=2)) == "令和6年（2024年）1月12日（金）13時30分〜15時30分"
    assert moment_span(start, start + timedelta(days=1)).endswith("13時30分〜令和6年1月13日（土）13時30分")
    assert japanese_date(datetime(2023, 12, 31, 15, tzinfo=UTC)) == "令和6年1月1日（月）"
    with pytest.raises(ValueError, match="time zone"):
        in_japan(datetime(2024, 1, 1))  # noqa: DTZ001 - the naive one is the point


@pytest.mark.parametrize("typed", ["13時30分", "13:30", "１３：３０", "午後1時30分", "午後1時半", "13時半", "PM1:30"])
def test_one_time_in_every_spelling(typed: str) -> None:
    assert read_time(typed) == time(13, 30)


def test_time_spans() -> None:
    assert read_time_span("13時30分～16時") == (time(13, 30), time(16))
    assert read_time_span("13:30から16:00まで") == (time(13, 30), time(16))
    assert read_time_span("13:30～") == (time(13, 30), None)
    for wrong in ("16時～13時", "13時", "25時～26時", "13時60分～14時"):
        with pytest.raises(Unreadable):
            read_time_span(wrong)


def test_fiscal_years_begin_in_april_and_bear_the_newer_name() -> None:
    assert (fiscal_year(date(2024, 3, 31)), fiscal_year(date(2024, 4, 1))) == (2023, 2024)
    assert japanese_fiscal_year(2019) == "令和元年度"
    assert japanese_fiscal_year(1989) == "平成元年度"
    assert both_fiscal_years(2023) == "令和5年度（2023年度）"
    assert [read_fiscal_year(text) for text in ("令和5年度", "R5", "2023年度")] == [2023, 2023, 2023]
    with pytest.raises(Unreadable, match="年度"):
        read_fiscal_year("5年度")


def test_our_eras_are_those_of_the_package_japanera() -> None:
    theirs = [era for era in japanera.ERA_DATA_GENERAL if era.kanji in {"明治", "大正", "昭和", "平成", "令和"}]
    assert [(era.name, era.start) for era in reversed(ERAS)] == [(era.kanji, era.since) for era in theirs]
    assert theirs[-1].until is None, "a new era: add its line to ERAS, and an end to the line of Reiwa"


@given(days)
def test_what_is_written_is_read_back(day: date) -> None:
    era = era_of(day)
    assert era is not None
    short = f"{era.letter}{day.year - era.start.year + 1}.{day.month}.{day.day}"
    for written in (japanese_date(day), western_date(day), day.isoformat(), short):
        assert read_date(written) == day


@given(days, st.sampled_from(Precision))
def test_partial_dates_are_read_back(day: date, precision: Precision) -> None:
    partial = PartialDate(*(day.year, day.month, day.day)[:precision])
    assert read_partial_date(japanese_date(partial)) == partial
    assert PartialDate.fromisoformat(partial.isoformat()) == partial
    assert partial.first <= day <= partial.last


@given(days, days)
def test_periods_are_read_back(one: date, other: date) -> None:
    start, end = sorted((one, other))
    period = read_period(f"{start}～{end}")
    assert read_period(japanese_period(period)) == period
    assert start in period
    assert end in period


@given(st.text(alphabet="令和平成RH元年月日度0123456789./-～、・（金） 　"))
def test_nothing_but_unreadable_is_ever_raised(text: str) -> None:
    for read in (read_partial_date, read_period, read_dates, read_fiscal_year, read_time, read_time_span):
        try:
            read(text)
        except Unreadable as refusal:
            assert str(refusal).endswith(("。", "14"))
