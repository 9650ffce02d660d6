"""Reading what stands in an address, without trusting it."""

from typing import Any
from uuid import UUID

from litestar import Request

from shared.kit.refusals import NotFound

MOST_PAGES = 1_000


def page_number(request: Request[Any, Any, Any]) -> int:
    """`?page=`, counted from 1; whatever is no sensible number is the first."""
    given = request.query_params.get("page", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else 1
    return min(max(number, 1), MOST_PAGES)


def id_of(given: str) -> UUID:
    """Something that is no id names nothing."""
    try:
        return UUID(given)
    except ValueError:
        raise NotFound from None
