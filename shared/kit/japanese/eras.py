"""Dates in and out, in both calendars: the one module to import.

Reading raises `Unreadable`. What is known only to the month stays so (`PartialDate`): nobody invents a day.
"""

from shared.kit.clock import JST
from shared.kit.japanese.era_reading import (
    read_date,
    read_dates,
    read_fiscal_year,
    read_partial_date,
    read_period,
    read_time,
    read_time_span,
)
from shared.kit.japanese.era_table import ERAS, Era, PartialDate, Period, Precision, era_of
from shared.kit.japanese.era_writing import (
    both_calendars,
    both_fiscal_years,
    fiscal_year,
    in_japan,
    japanese_date,
    japanese_fiscal_year,
    japanese_moment,
    japanese_period,
    japanese_time,
    moment_span,
    time_span,
    western_date,
    year_in_era,
)

__all__ = [
    "ERAS",
    "JST",
    "Era",
    "PartialDate",
    "Period",
    "Precision",
    "both_calendars",
    "both_fiscal_years",
    "era_of",
    "fiscal_year",
    "in_japan",
    "japanese_date",
    "japanese_fiscal_year",
    "japanese_moment",
    "japanese_period",
    "japanese_time",
    "moment_span",
    "read_date",
    "read_dates",
    "read_fiscal_year",
    "read_partial_date",
    "read_period",
    "read_time",
    "read_time_span",
    "time_span",
    "western_date",
    "year_in_era",
]
