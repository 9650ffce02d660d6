"""Dates in forms: three text fields 年 月 日, and a fourth for the time. Full-width digits and 和暦 are read."""

from datetime import date, datetime, time

from services.web.forms import Form
from shared.kit import clock
from shared.kit.japanese import Unreadable, eras
from shared.kit.refusals import Refusal

PARTS = ("year", "month", "day")


def read_day(form: Form, name: str, label: str, *, required: bool = False) -> date | None:
    """None when all three fields are empty; a whole date typed into the first one is understood. Raises Refusal."""
    year, month, day = (form.text(f"{name}_{part}") for part in PARTS)
    if not (year or month or day):
        if required:
            raise Refusal("REQUIRED", f"{label}を入力してください。", name)
        return None
    try:
        whole = f"{_bare(year, '年')}年{_bare(month, '月')}月{_bare(day, '日')}日" if month or day else year
        return eras.read_date(whole)
    except Unreadable as error:
        raise Refusal("UNREADABLE", f"{label}: {error}", name) from None


def read_moment(
    form: Form, name: str, label: str, *, required: bool = False, same_day: datetime | None = None
) -> datetime | None:
    """A day with a time, in Japan; without a time the beginning of the day, a time alone on the day of `same_day`."""
    day = read_day(form, name, label, required=required)
    clocked = time_of(form.text(f"{name}_time"), name, label)
    if day is None and clocked is not None and same_day is not None:
        day = same_day.astimezone(clock.JST).date()
    if day is None:
        if clocked is not None:
            raise Refusal("REQUIRED", f"{label}の日付も入力してください。", name)
        return None
    return datetime.combine(day, clocked or time(), clock.JST)


def time_of(text: str, field: str, label: str) -> time | None:
    if not text:
        return None
    try:
        return eras.read_time(text)
    except Unreadable as error:
        raise Refusal("UNREADABLE", f"{label}: {error}", field) from None


def day_values(name: str, day: date | None) -> dict[str, str]:
    """What the three fields show for a stored date."""
    if day is None:
        return {}
    return {f"{name}_year": str(day.year), f"{name}_month": str(day.month), f"{name}_day": str(day.day)}


def moment_values(name: str, moment: datetime | None, *, all_day: bool = False) -> dict[str, str]:
    """As `day_values`, with the time; midnight of a whole day is no time."""
    if moment is None:
        return {}
    local = moment.astimezone(clock.JST)
    clocked = {} if all_day and local.time() == time() else {f"{name}_time": clock_face(local)}
    return {**day_values(name, local.date()), **clocked}


def clock_face(moment: datetime) -> str:
    """`9:05`, in Japan."""
    local = moment.astimezone(clock.JST)
    return f"{local.hour}:{local.minute:02}"


def _bare(text: str, unit: str) -> str:
    return text.strip().removesuffix(unit)
