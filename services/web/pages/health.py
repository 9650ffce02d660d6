"""For load balancers and supervisors: /health/live is the process, /health/ready the database too, /metrics the counters."""

import hmac
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.params import FromQuery

from services.web import metrics
from services.web.site import Site
from shared.identity.policy import Permission


@get("/health/live", policy=Permission.PUBLIC, any_host=True, media_type=MediaType.TEXT, sync_to_thread=False)
def live() -> str:
    return "ok"


@get("/health/ready", policy=Permission.PUBLIC, any_host=True, media_type=MediaType.TEXT)
async def ready(request: Request[Any, Any, Any]) -> Response[str]:
    site: Site = request.app.state.site
    try:
        await site.database.ping()
    except Exception as error:  # whatever it is, we are not ready
        return Response(f"database: {type(error).__name__}", status_code=503)
    return Response("ok")


@get("/health/host", policy=Permission.PUBLIC, any_host=True, media_type=MediaType.TEXT, sync_to_thread=False)
def host(request: Request[Any, Any, Any], domain: FromQuery[str]) -> Response[str]:
    """Asked by the proxy before it fetches a certificate: is this name one of ours?"""
    site: Site = request.app.state.site
    known = site.hosts.knows(domain)
    return Response("ours" if known else "not ours", status_code=200 if known else 404)


@get("/metrics", policy=Permission.PUBLIC, any_host=True)
async def figures(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Counters of this process, for whoever bears `METRICS_TOKEN`; without that setting there is no such page."""
    site: Site = request.app.state.site
    token = site.settings.metrics_token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token is None or not hmac.compare_digest(given.encode(), token.encode()):
        return Response(b"", status_code=404, media_type=MediaType.TEXT)
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


ROUTES = [live, ready, host, figures]
