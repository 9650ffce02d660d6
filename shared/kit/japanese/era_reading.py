"""Reading dates as people write them: 令和5年7月14日（金）, R5.7.14, ２０２３／７／１４, 2023.12～, 2022/11/11、18."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, time

from shared.kit.japanese.era_table import ERAS, Era, PartialDate, Period, Precision
from shared.kit.japanese.era_writing import WEEKDAYS, japanese_date, year_in_era
from shared.kit.japanese.errors import Unreadable

_EXAMPLES = "例：令和5年7月14日、R5.7.14、2023/7/14"
_EARLIEST_YEAR, _LATEST_YEAR = 1868, 2199
_FIRST_GREGORIAN_DAY = date(1873, 1, 1)  # before it Japan counted by the moon

# Patterns see text after `_plain`: NFKC, and spaces only between digits.
_YEAR = r"(?:(?P<era>令和|平成|昭和|大正|明治|[RHSTM])\.?(?P<era_year>元|\d{1,2})|(?P<year>\d{4}))"
_WEEKDAY = r"(?:\(?(?P<weekday>[月火水木金土日])(?:曜日?)?(?:・?祝日?)?\)?)?"
_DAY = rf"(?P<day>\d{{1,2}})日?{_WEEKDAY}"
_WHOLE = re.compile(rf"{_YEAR}(?:年|(?:年|[./ -])(?P<month>\d{{1,2}})(?:月|(?:月|[./ -]){_DAY})?)?", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_ONLY = re.compile(r"(?P<month>\d{1,2})月")
_MONTH_AND_DAY = re.compile(rf"(?:(?P<month>\d{{1,2}})[月./-])?{_DAY}")
_RANGE_MARK = re.compile(r"[~〜–—―]|から|より")
_LIST_MARK = re.compile(r"[、,と]|及び|・(?!祝)")
_FISCAL_YEAR = re.compile(rf"{_YEAR}(?:年度?)?", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<half>午前|午後|AM|PM)?(?P<hour>\d{1,2})(?::|時)(?:(?P<minute>\d{1,2})分?|(?P<past>半))?", re.IGNORECASE
)


def read_date(text: str) -> date:
    """A date known to the day; a weekday in brackets must agree with it."""
    partial = read_partial_date(text)
    if partial.precision is not Precision.DAY:
        raise Unreadable(f"日付は年月日まで入力してください。{_EXAMPLES}")
    return partial.first


def read_partial_date(text: str) -> PartialDate:
    """A date known to the day, the month (`2023.12`) or the year (`令和元年`)."""
    return _read_whole(_plain(text))


def read_period(text: str) -> Period:
    """`2022.12～`, `～2023年3月`, `2022年9月～10月`; a single date is a period that starts and ends with it."""
    parts = _RANGE_MARK.split(_plain(text).removesuffix("まで").removesuffix("迄"))
    if len(parts) > 2 or not any(parts):
        raise Unreadable("期間は「2022年12月～2023年3月」のように入力してください。終わりは空けておけます。")
    start = _read_whole(parts[0]) if parts[0] else None
    if len(parts) == 1:
        return Period(start, start)
    return _in_order(Period(start, _read_after(parts[1], start) if parts[1] else None))


def read_dates(text: str) -> tuple[PartialDate, ...]:
    """`2022/11/11、18` is two days: a shorter entry takes year and month from the one before it."""
    dates: list[PartialDate] = []
    for part in _LIST_MARK.split(_plain(text)):
        dates.append(_read_after(part, dates[-1] if dates else None))
    return tuple(dates)


def read_fiscal_year(text: str) -> int:
    """`令和5年度` and `2023年度` to 2023, the year in which it begins."""
    match = _FISCAL_YEAR.fullmatch(_plain(text))
    if match is None:
        raise Unreadable("年度は「令和5年度」または「2023年度」のように入力してください。")
    return _western_year(match, _era_in(match))


def read_time(text: str) -> time:
    """`13時30分`, `13:30`, `午後1時半`."""
    match = _TIME.fullmatch(_plain(text))
    if match is None:
        raise Unreadable("時刻は「13時30分」または「13:30」のように入力してください。")
    afternoon = (match["half"] or "").upper() in {"午後", "PM"}
    minute = 30 if match["past"] else int(match["minute"] or 0)
    hour = int(match["hour"])
    return _existing_time(hour + 12 if afternoon and hour < 12 else hour, minute)


def read_time_span(text: str) -> tuple[time, time | None]:
    """`13時30分～16時`; an open end (`13:30～`) is None."""
    start, mark, end = _RANGE_MARK.sub("~", _plain(text).removesuffix("まで")).partition("~")
    span = read_time(start), read_time(end) if end else None
    if not mark or (span[1] is not None and span[1] <= span[0]):
        raise Unreadable("時間は「13時30分～16時」のように、始まりから順に入力してください。")
    return span


def _existing_time(hour: int, minute: int) -> time:
    try:
        return time(hour, minute)
    except ValueError:
        raise Unreadable(f"{hour}時{minute}分という時刻はありません。") from None


def _plain(text: str) -> str:
    narrow = re.sub("[ー−‐‑]", "-", unicodedata.normalize("NFKC", text))
    return re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", re.sub(r"\s+", " ", narrow))


def _read_after(text: str, before: PartialDate | None) -> PartialDate:
    if before is None or _WHOLE.fullmatch(text):
        return _read_whole(text)
    if (month := _MONTH_ONLY.fullmatch(text)) and before.month:
        return _existing(before.year, int(month["month"]), None)
    rest = _MONTH_AND_DAY.fullmatch(text)
    month_number = int(rest["month"]) if rest and rest["month"] else before.month
    if rest is None or month_number is None:
        raise _unreadable(text)
    return _agreeing(_existing(before.year, month_number, int(rest["day"])), rest["weekday"])


def _read_whole(text: str) -> PartialDate:
    if compact := _COMPACT.fullmatch(text):
        return _existing(*(int(part) for part in compact.groups()))
    match = _WHOLE.fullmatch(text)
    if match is None:
        raise _unreadable(text)
    return _agreeing(_read_match(match), match["weekday"])


def _read_match(match: re.Match[str]) -> PartialDate:
    era = _era_in(match)
    month, day = (int(match[name]) if match[name] else None for name in ("month", "day"))
    written = _existing(_western_year(match, era), month, day)
    return written if era is None else _within(era, written)


def _era_in(match: re.Match[str]) -> Era | None:
    return next((era for era in ERAS if (match["era"] or "").upper() in {era.name, era.letter}), None)


def _western_year(match: re.Match[str], era: Era | None) -> int:
    if era is None:
        return int(match["year"])
    return era.western_year(1 if match["era_year"] == "元" else int(match["era_year"]))


def _existing(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        raise Unreadable(f"{year}年は扱えません。{_EARLIEST_YEAR}年から{_LATEST_YEAR}年までで入力してください。")
    if month is not None and not 1 <= month <= 12:
        raise Unreadable(f"{month}月という月はありません。1から12までで入力してください。")
    if month is not None and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        raise Unreadable(f"{year}年{month}月は{monthrange(year, month)[1]}日までです。{day}日はありません。")
    partial = PartialDate(year, month, day)
    if partial.precision is Precision.DAY and partial.first < _FIRST_GREGORIAN_DAY:
        raise Unreadable("明治5年までの日付は旧暦のため、年だけを入力してください。")
    return partial


def _within(era: Era, partial: PartialDate) -> PartialDate:
    if partial.first > era.end:
        right = year_in_era(partial)
        raise Unreadable(f"{era.name}は{japanese_date(era.end, weekday=False)}までです。{right}ではありませんか。")
    if partial.last < era.start:
        raise Unreadable(f"{era.name}は{japanese_date(era.start, weekday=False)}からです。")
    return partial


def _agreeing(partial: PartialDate, weekday: str | None) -> PartialDate:
    right = WEEKDAYS[partial.first.weekday()]
    if weekday and partial.precision is Precision.DAY and weekday != right:
        written = f"{partial.year}年{partial.month}月{partial.day}日"
        raise Unreadable(f"{written}は{right}曜日です。日付と曜日（{weekday}）のどちらかをお確かめください。")
    return partial


def _in_order(period: Period) -> Period:
    if period.start and period.end and period.end.last < period.start.first:
        raise Unreadable("期間の終わりが始まりより前になっています。")
    return period


def _unreadable(text: str) -> Unreadable:
    if re.match(r"\d{1,2}月", text):
        return Unreadable(f"日付には年も入力してください。{_EXAMPLES}")
    return Unreadable(f"日付を読み取れませんでした。{_EXAMPLES}")
