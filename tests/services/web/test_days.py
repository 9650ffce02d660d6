"""Dates as they are typed into forms."""

from datetime import UTC, date, datetime

import pytest
from litestar.datastructures import FormMultiDict

from services.web.days import moment_values, read_day, read_moment
from services.web.forms import Form
from shared.kit import clock
from shared.kit.refusals import Refusal


def form(year: str = "", month: str = "", day: str = "", time: str = "") -> Form:
    return Form(FormMultiDict({"on_year": year, "on_month": month, "on_day": day, "on_time": time}), genuine=True)


@pytest.mark.parametrize(
    "typed",
    [
        ("2026", "4", "1"),
        ("２０２６", "４", "１"),
        ("令和8", "4", "1"),
        ("R8", "04", "01"),
        ("2026年", "4月", "1日"),
        ("2026-04-01",),
    ],
)
def test_every_way_of_writing_a_day(typed: tuple[str, ...]) -> None:
    assert read_day(form(*typed), "on", "日付") == date(2026, 4, 1)


def test_an_empty_date_is_none_unless_it_is_required() -> None:
    assert read_day(form(), "on", "日付") is None
    with pytest.raises(Refusal) as refusal:
        read_day(form(), "on", "日付", required=True)
    assert (refusal.value.field, refusal.value.message) == ("on", "日付を入力してください。")


@pytest.mark.parametrize(
    "typed", [("2026", "2", "30"), ("2026", "", "1"), ("いつか",), ("", "4", "1"), ("2026", "4", "1", "25時")]
)
def test_what_is_no_date_is_refused_in_its_field(typed: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as refusal:
        read_moment(form(*typed), "on", "日付")
    assert refusal.value.field == "on"


def test_a_time_without_a_day_asks_for_the_day() -> None:
    with pytest.raises(Refusal) as refusal:
        read_moment(form(time="13:30"), "on", "開始")
    assert refusal.value.message == "開始の日付も入力してください。"


def test_an_end_without_a_day_is_on_the_day_of_the_beginning() -> None:
    begins = datetime(2026, 4, 1, 23, 30, tzinfo=UTC)
    ends = read_moment(form(time="15:30"), "on", "終了", same_day=begins)
    assert ends == datetime(2026, 4, 2, 15, 30, tzinfo=clock.JST)
    assert read_moment(form(), "on", "終了", same_day=begins) is None


@pytest.mark.parametrize("time", ["13:30", "午後1時半", "１３時３０分", ""])
def test_a_moment_is_one_of_japan_and_is_shown_as_it_was_read(time: str) -> None:
    read = read_moment(form("2026", "4", "1", time), "on", "開始")
    hour, minute = (13, 30) if time else (0, 0)
    assert read == datetime(2026, 4, 1, hour, minute, tzinfo=clock.JST)
    shown = moment_values("on", read, all_day=not time)
    assert shown.get("on_time") == ("13:30" if time else None)
    assert (shown["on_year"], shown["on_month"], shown["on_day"]) == ("2026", "4", "1")
