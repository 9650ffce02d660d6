"""The two servers that are compared, each one uvicorn process: ours, and a bare ASGI application with asyncpg."""

import json
import os
from typing import Any

import asyncpg
from litestar import Litestar, MediaType, get

from services.web.app import create_app
from services.web.policies import require_policies
from shared.identity.policy import Permission
from shared.kit.settings import Settings

CONSTANT = "つながり" * 3000

#: The rows of the GraphQL query in one statement, as the fastest honest program would fetch them: no security, no schema.
BARE = """
SELECT jsonb_build_object('data', jsonb_build_object('events', jsonb_build_object('nodes', coalesce(jsonb_agg(e.node), '[]'))))::text
FROM (
  SELECT jsonb_build_object('id', e.id, 'title', e.title, 'kind', e.kind, 'startsAt', e.starts_at, 'venue', e.venue,
    'organiser', e.organiser, 'sessions', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('label', s.label, 'title', s.title, 'appearances', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('personName', a.person_name, 'roleLabel', a.role_label,
            'affiliation', a.affiliation) ORDER BY a.ordinal), '[]')
          FROM appearance a WHERE a.tenant_id = s.tenant_id AND a.session_id = s.id)) ORDER BY s.ordinal), '[]')
      FROM session s WHERE s.tenant_id = e.tenant_id AND s.event_id = e.id)) AS node
  FROM event e WHERE e.tenant_id = $1 AND e.starts_at >= $2::text::timestamptz AND e.state IN ('ANNOUNCED', 'OPEN', 'FULL')
  ORDER BY e.starts_at LIMIT 20) e
"""


@get("/constant.txt", policy=Permission.PUBLIC, any_host=True, media_type=MediaType.TEXT, sync_to_thread=False)
def constant_small() -> str:
    return "constant"


@get("/constant.html", policy=Permission.PUBLIC, any_host=True, media_type=MediaType.HTML, sync_to_thread=False)
def constant_page() -> str:
    return CONSTANT


def ours() -> Litestar:
    """The real application, plus two constant answers for comparison."""
    app = create_app(Settings.from_environment())
    app.register(constant_small)
    app.register(constant_page)
    require_policies(app)
    return app


class Bare:
    """POST anything: `{"variables": {"from": …}}` is read from the body, like ours does."""

    def __init__(self) -> None:
        self.pool: Any = None
        self.tenant = int(os.environ["BENCH_TENANT"])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        message = await receive()
        since = json.loads(message["body"])["variables"]["from"]
        async with self.pool.acquire() as connection:
            body = (await connection.fetchval(BARE, self.tenant, since)).encode()
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        size = 4 * (os.cpu_count() or 2)
        self.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE"], min_size=size, max_size=size)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def bare() -> Bare:
    return Bare()
