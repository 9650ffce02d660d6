"""Receipt numbers, one row per fiscal year that every new application passes by."""

import secrets

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese.eras import PartialDate, era_of, fiscal_year
from shared.members.models import ReceiptCounter

#: Without those that are misheard on the telephone or misread on a FAX: 0 O, 1 I, B D P T V, 2 Z, 5 S, U.
_CLEAR = "346789ACEFGHJKLMNRWXY"


async def next_receipt_number(session: AsyncSession) -> str:
    """`R8-0001-7K`: 年度, running number, two random characters so that a neighbour's number is not simply the next.

    Two applicants queue at the row until the first has committed; a rolled back number is given out again.
    """
    year = fiscal_year(clock.today())
    statement = insert(ReceiptCounter).values(tenant_id=tenant_of(session), id=uuid7(), fiscal_year=year, last=1)
    counted = statement.on_conflict_do_update(
        index_elements=["tenant_id", "fiscal_year"], set_={"last": ReceiptCounter.last + 1}
    ).returning(ReceiptCounter.last)
    number = (await session.execute(counted)).scalar_one()
    guard = "".join(secrets.choice(_CLEAR) for _ in range(2))
    return f"{_year_mark(year)}-{number:04}-{guard}"


def _year_mark(year: int) -> str:
    era = era_of(PartialDate(year).last)
    return f"{era.letter}{year - era.start.year + 1}" if era else str(year)
