"""Lists that are read by pages and leave as files."""

import pytest

from services.web.exporting import MOST_ROWS, every
from shared.kit.refusals import Refusal


async def test_all_pages_are_read_in_order() -> None:
    async def page_of(first: int, offset: int) -> tuple[int, list[int]]:
        return 25, list(range(25))[offset : offset + first]

    assert await every(page_of, size=10) == list(range(25))


async def test_what_one_file_does_not_take_is_refused_and_not_cut() -> None:
    async def page_of(first: int, offset: int) -> tuple[int, list[int]]:
        return MOST_ROWS + 1, list(range(offset, offset + first))

    with pytest.raises(Refusal) as refused:
        await every(page_of, size=1_000)
    assert (refused.value.code, "20,001件" in refused.value.message) == ("TOO_MANY", True)
