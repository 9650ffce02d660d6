"""What goes wrong, as GraphQL says it: expected refusals in our words, everything else masked and logged with a number."""

import re
from typing import Any
from uuid import uuid4

import msgspec
import strawberry
import structlog
from graphql import GraphQLError
from sqlalchemy.exc import InterfaceError, OperationalError

from services.web.graphql.policies import everyone
from shared.kit.database.lost import is_busy
from shared.kit.refusals import Refusal, Refusals

log = structlog.get_logger()
BUSY = "UNAVAILABLE"


class ProblemView(msgspec.Struct, frozen=True):
    code: str
    message: str
    field: str | None = None
    further: list["ProblemView"] = []


@strawberry.type(description="Why a mutation was declined: a code for programs, a sentence in Japanese for people.")
@everyone
class Problem:
    code: str
    message: str
    field: str | None = strawberry.field(
        description="The input at fault, with dots for what is inside: sessions.0.title"
    )
    further: list["Problem"] = strawberry.field(description="What else is wrong with this input")


def problem(refusal: Refusal) -> ProblemView:
    rest = refusal.problems[1:] if isinstance(refusal, Refusals) else []
    return ProblemView(refusal.code, refusal.message, camel(refusal.field), [problem(each) for each in rest])


def camel(field: str | None) -> str | None:
    return re.sub(r"_([a-z0-9])", lambda found: found.group(1).upper(), field) if field else field


def refused(refusal: Refusal) -> dict[str, Any]:
    """The entry in `errors` for a request that was not executed."""
    extensions = {"code": refusal.code} | ({"field": camel(refusal.field)} if refusal.field else {})
    return {"message": refusal.message, "extensions": extensions}


def shown(error: GraphQLError) -> dict[str, Any]:
    """The entry in `errors`. What the library says of the document is passed on; what our code raised is not, unless meant so."""
    entry: dict[str, Any] = {"message": error.message}
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        entry["path"] = error.path
    cause = error.original_error
    if isinstance(cause, Refusal):
        return entry | refused(cause)
    if cause is None or error.path is None:
        return entry | {"extensions": {"code": "BAD_REQUEST"}}
    return entry | unexpected(cause)


def unexpected(cause: BaseException) -> dict[str, Any]:
    number = uuid4().hex[:12]
    log.error("unexpected", number=number, path="/graphql", exc_info=cause)
    if isinstance(cause, OperationalError | InterfaceError) or is_busy(cause):
        return _said(BUSY, "ただいま混み合っています。少し待ってから、もう一度お試しください。")
    return _said("UNEXPECTED", f"思わぬ不具合が起きました。お手数ですが事務局へお知らせください。番号: {number}")


def _said(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
