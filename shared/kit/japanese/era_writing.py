"""Writing dates and times as Japanese documents do. Moments are always shown in Japan's time."""

from datetime import date, datetime, time

from shared.kit.clock import JST
from shared.kit.japanese.era_table import PartialDate, Period, era_of

WEEKDAYS = "月火水木金土日"


def japanese_date(day: date | PartialDate, *, weekday: bool = True) -> str:
    """`令和5年7月14日（金）`; as much of it as is known; the western year alone before Meiji."""
    partial = _partial(day)
    return year_in_era(partial) + _rest(partial, weekday=weekday)


def western_date(day: date | PartialDate, *, weekday: bool = True) -> str:
    """`2023年7月14日（金）`."""
    partial = _partial(day)
    return f"{partial.year}年" + _rest(partial, weekday=weekday)


def both_calendars(day: date | PartialDate, *, weekday: bool = True) -> str:
    """`令和6年（2024年）1月12日（金）`: what public pages show."""
    partial = _partial(day)
    if era_of(partial.last) is None:
        return western_date(partial, weekday=weekday)
    return f"{year_in_era(partial)}（{partial.year}年）{_rest(partial, weekday=weekday)}"


def japanese_period(period: Period) -> str:
    """`令和4年12月〜`, `令和4年9月〜10月`: the end drops the year, and the month, that it shares with the start."""
    start, end = period.start, period.end
    if start == end:
        return japanese_date(start) if start else ""
    if start is None or end is None:
        return (japanese_date(start) if start else "") + "〜" + (japanese_date(end) if end else "")
    return f"{japanese_date(start)}〜{_continued(end, start)}"


def year_in_era(day: date | PartialDate) -> str:
    """`令和元年`. A month or year in which eras change is named after the newer one, as 元年 is."""
    partial = _partial(day)
    era = era_of(partial.last)
    return era.year_name(partial.year) if era else f"{partial.year}年"


def fiscal_year(day: date) -> int:
    """The 年度, named by the year of the April in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


def japanese_fiscal_year(year: int) -> str:
    """`令和5年度`. The year of a change bears the new era's name throughout, as ministries write 令和元年度."""
    return f"{year_in_era(PartialDate(year))[:-1]}年度"


def both_fiscal_years(year: int) -> str:
    """`令和5年度（2023年度）`."""
    return f"{japanese_fiscal_year(year)}（{year}年度）"


def japanese_time(moment: time | datetime) -> str:
    """`13時30分`, `9時`: 24 hours, no minutes on the hour. A datetime must be aware and is shown in Japan's time."""
    local = in_japan(moment) if isinstance(moment, datetime) else moment
    return f"{local.hour}時{local.minute}分" if local.minute else f"{local.hour}時"


def time_span(start: time | datetime, end: time | datetime | None) -> str:
    """`13時30分〜16時`; open at the end: `13時30分〜`."""
    return f"{japanese_time(start)}〜{japanese_time(end) if end is not None else ''}"


def japanese_moment(moment: datetime) -> str:
    """`令和6年1月12日（金）13時30分`."""
    return japanese_date(in_japan(moment).date()) + japanese_time(moment)


def moment_span(start: datetime, end: datetime | None) -> str:
    """`令和6年（2024年）1月12日（金）13時30分〜16時`; the date is repeated when the end is on another day."""
    first = both_calendars(in_japan(start).date())
    if end is None or in_japan(end).date() == in_japan(start).date():
        return first + time_span(start, end)
    return f"{first}{japanese_time(start)}〜{japanese_moment(end)}"


def in_japan(moment: datetime) -> datetime:
    """The same moment on Japanese clocks; a naive datetime is a programming error."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(JST)


def _partial(day: date | PartialDate) -> PartialDate:
    if isinstance(day, PartialDate):
        return day
    return PartialDate.of(in_japan(day).date() if isinstance(day, datetime) else day)


def _rest(partial: PartialDate, *, weekday: bool) -> str:
    month = f"{partial.month}月" if partial.month else ""
    if partial.day is None:
        return month
    return f"{month}{partial.day}日" + (f"（{WEEKDAYS[partial.first.weekday()]}）" if weekday else "")


def _continued(end: PartialDate, start: PartialDate) -> str:
    if end.year != start.year or year_in_era(end) != year_in_era(start) or end.month is None:
        return japanese_date(end)
    if end.month != start.month or end.day is None or start.day is None:
        return _rest(end, weekday=True)
    return f"{end.day}日（{WEEKDAYS[end.first.weekday()]}）"
