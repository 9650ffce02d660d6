"""Counters for Prometheus: requests by route and status, their time, and how often memory answered. No names, no addresses."""

import time

from litestar.types import HTTPScope, Message, Send
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "tsunagari_requests", "Requests by route and status", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "tsunagari_request_seconds",
    "Time to the end of the answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)


def counted(scope: HTTPScope, send: Send) -> Send:
    """Count the answer when its last piece is sent. Routes are templates (`/news/{id}`), so their number is bounded."""
    begun = time.perf_counter()
    route = str(scope.get("path_template") or "unknown")
    status = 0

    async def send_counted(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            REQUESTS.labels(route, scope["method"], str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - begun)

    return send_counted


def exposition() -> bytes:
    return generate_latest(REGISTRY)
