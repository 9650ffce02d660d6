"""Reading what stands in an address or in a hidden field, without trusting it."""

from typing import Any
from uuid import UUID

from litestar import Request

from services.web.forms import Form
from shared.kit.refusals import NotFound

MOST_PAGES = 1_000


def page_number(request: Request[Any, Any, Any]) -> int:
    """`?page=`, counted from 1; whatever is no sensible number is the first."""
    number = number_of(request.query_params.get("page", ""), otherwise=1)
    return min(max(number, 1), MOST_PAGES)


def as_id(given: str) -> UUID | None:
    try:
        return UUID(given)
    except ValueError:
        return None


def id_of(given: str) -> UUID:
    """Something that is no id names nothing."""
    found = as_id(given)
    if found is None:
        raise NotFound
    return found


def number_of(given: str, otherwise: int = 0) -> int:
    """As our own pages write it, and as a column of the database can hold it."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else otherwise


def revision_of(form: Form, field: str = "revision") -> int:
    """That on which the form was filled; of nothing, where somebody has tampered with it: 0 is never the current one."""
    return number_of(form.text(field))
