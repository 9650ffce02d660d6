"""One GraphQL request from its bytes to its answer; knows no HTTP framework."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from graphql import ExecutionResult, GraphQLError, execute

from services.web.context import Context
from services.web.graphql import schema
from services.web.graphql.documents import Document, Documents
from services.web.graphql.executor import Executor
from services.web.graphql.problems import BUSY, refused, shown, unexpected
from shared.kit.refusals import Refusal
from shared.kit.settings import Settings

#: Seconds for the execution of one request.
DEADLINE = 5.0
UNREADABLE = Refusal("BAD_REQUEST", "JSON の本文を読み取れませんでした。query を含むオブジェクトを送ってください。")
TOO_SLOW = Refusal(
    "DEADLINE_EXCEEDED", "時間がかかりすぎたため中断しました。求める量を減らして、もう一度お試しください。"
)

#: PostgreSQL stores no such character, and nobody types it: as JSON writes it, and as GraphQL does.
_NUL = re.compile(rb"\\u(0000|\{0+\})")


class Asked(msgspec.Struct):
    """The body of a request. Batches are not understood."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = msgspec.field(default=None, name="operationName")
    extensions: dict[str, Any] | None = None


class Answered(msgspec.Struct):
    """`cacheable` leaves out mutations and everything that went wrong."""

    body: bytes
    status: int = 200
    cacheable: bool = False


class GraphQL:
    def __init__(self, settings: Settings) -> None:
        self._schema = schema.build()
        self._documents = Documents(
            self._schema, introspection=settings.introspection, suggestions=settings.development
        )
        self._suggestions = settings.development

    async def answer(self, ctx: Context, body: bytes) -> Answered:
        try:
            asked = _read(body)
            document = self._documents.admit(asked.query, asked.operation_name, asked.variables or {})
        except Refusal as refusal:
            return refusing(refusal)
        except GraphQLError as error:
            return _refusing([shown(error)])
        if document.errors:
            return _refusing([shown(error) for error in document.errors])
        try:
            async with asyncio.timeout(DEADLINE):
                result = await self._execute(ctx, document, asked)
        except TimeoutError:
            return Answered(_encoded({"data": None, "errors": [refused(TOO_SLOW)]}), 503)
        return _answered(result, document.is_query(asked.operation_name))

    async def _execute(self, ctx: Context, document: Document, asked: Asked) -> ExecutionResult:
        result = execute(
            self._schema,
            document.node,
            context_value=ctx,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            executor_class=Executor,
            hide_suggestions=not self._suggestions,
            plans=document.plans,
        )
        return result if isinstance(result, ExecutionResult) else await result


def _read(body: bytes) -> Asked:
    if _NUL.search(body):
        raise UNREADABLE
    try:
        return msgspec.json.decode(body, type=Asked)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise UNREADABLE from None


def _answered(result: ExecutionResult, is_query: bool) -> Answered:
    if not result.errors:
        return Answered(_encoded({"data": result.data}), cacheable=is_query)
    errors = [shown(error) for error in result.errors]
    busy = any(each["extensions"]["code"] == BUSY for each in errors)
    return Answered(_encoded({"data": result.data, "errors": errors}), 503 if busy else 200)


def refusing(refusal: Refusal) -> Answered:
    """What the gate does not let through."""
    return _refusing([refused(refusal)])


def failing(cause: Exception) -> Answered:
    """What nobody foresaw, outside the execution."""
    error = unexpected(cause)
    return Answered(_encoded({"errors": [error]}), 503 if error["extensions"]["code"] == BUSY else 500)


def _refusing(errors: list[dict[str, Any]]) -> Answered:
    return Answered(_encoded({"errors": errors}), 400)


def _encoded(answer: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(answer)
