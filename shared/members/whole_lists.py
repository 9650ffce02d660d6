"""A list that is taken along whole: one statement, whose rows are read as the database makes them.

No text of the whole list is built on either side, and the time that one answer of the database may take does not grow with it.
"""

from typing import Any, TypeVar

import msgspec
from sqlalchemy import TextClause
from sqlalchemy.ext.asyncio import AsyncSession

from shared.kit.refusals import Refusal

#: Rows of one list. A platform has hundreds of members, the largest imaginable some thousands.
MOST = 20_000
_AT_ONCE = 500
Item = TypeVar("Item")


def check_count(total: int, unit: str = "団体", way: str = "分野や市町村で絞り込んで") -> None:
    """Nothing is cut off silently. `way` says how the list becomes shorter."""
    if total > MOST:
        raise Refusal(
            "TOO_MANY",
            f"一度に書き出せるのは{MOST:,}{unit}までです（いまの条件では{total:,}{unit}）。{way}、分けて書き出してください。",
        )


async def read_whole(
    session: AsyncSession, statement: TextClause, values: dict[str, Any], kind: type[Item], **words: str
) -> list[Item]:
    """`statement` gives with each row how many there are in all, and the row as JSON. Refusal, in these `words`, beyond `MOST`."""
    decoder = msgspec.json.Decoder(kind)
    found: list[Item] = []
    rows = await session.stream(statement, values, execution_options={"yield_per": _AT_ONCE})
    try:
        async for total, item in rows:
            if not found:
                check_count(total, **words)
            found.append(decoder.decode(item))
    finally:
        await rows.close()
    return found
