"""Words that every noun's file uses: the request's context, and scalars with Japan's clock."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from services.web.context import Context
from shared.kit import clock

Info = strawberry.Info[Context, None]
#: Beyond them the clocks of Python and PostgreSQL overflow.
YEARS = range(1000, 9001)


def as_uuid(given: str) -> UUID | None:
    """None for what is no id at all: it is as missing as an id that nobody has."""
    try:
        return UUID(given)
    except ValueError:
        return None


def write_moment(moment: datetime) -> str:
    return moment.astimezone(clock.JST).isoformat()


def read_moment(given: Any) -> datetime:
    """A plain day is its first moment; without an offset it is Japan's time."""
    try:
        moment = datetime.fromisoformat(given)
    except (TypeError, ValueError):
        raise GraphQLError("DateTime is written as 2024-01-12T13:30:00+09:00") from None
    if moment.year not in YEARS:
        raise GraphQLError(f"DateTime lies between {YEARS[0]} and {YEARS[-1]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.JST)


def read_day(given: Any) -> date:
    try:
        return date.fromisoformat(given)
    except (TypeError, ValueError):
        raise GraphQLError("Date is written as 2024-01-12") from None


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="ISO 8601 with offset, answered in Japan's: 2024-01-12T13:30:00+09:00. "
        "In input a plain day is its beginning, and a time without offset is Japan's.",
        serialize=write_moment,
        parse_value=read_moment,
    ),
    date: strawberry.scalar(
        name="Date", description="ISO 8601: 2024-01-12", serialize=lambda day: day.isoformat(), parse_value=read_day
    ),
}


def given_values(data: Any) -> dict[str, Any]:
    """What was said of an input; what was left out is not there."""
    values = vars(data)
    return {name: value for name, value in values.items() if value is not strawberry.UNSET}


def plain(data: Any) -> Any:
    """An input as plain values, to be compared with a later one."""
    return msgspec.to_builtins(data, enc_hook=lambda value: vars(value) if hasattr(value, "__dict__") else str(value))
