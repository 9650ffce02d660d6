"""Headers, limits and deadlines of every answer: one screen, one place to audit."""

import asyncio
from typing import Any

from litestar.types import Message, Receive, Send

#: Bytes. Uploads have a limit of their own on their route.
MAX_BODY = 1 * 1024 * 1024
MAX_UPLOAD = 48 * 1024 * 1024
MAX_GRAPHQL = 64 * 1024
#: Seconds between two pieces of a request's body, and for the whole of it.
BODY_DEADLINE = 30.0

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
]
STRICT_TRANSPORT: tuple[bytes, bytes] = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class SlowBody(Exception):
    """The client stopped sending in the middle of a body."""


def with_deadline(receive: Receive) -> Receive:
    """uvicorn waits for ever for a slow body; we do not."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + BODY_DEADLINE
    complete = False

    async def receive_in_time() -> Any:
        nonlocal complete
        if complete:
            return await receive()
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            raise SlowBody from None
        complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    return receive_in_time


def with_headers(send: Send, *, secure: bool, extra: list[tuple[bytes, bytes]]) -> Send:
    """Add the headers to the answer unless the handler has set its own (a stricter or wider CSP)."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", []))
            names = {name.lower() for name, _ in given}
            added = [header for header in HEADERS if header[0] not in names]
            message["headers"] = given + added + extra + ([STRICT_TRANSPORT] if secure else [])
        await send(message)

    return send_with_headers
