"""The broker: a wake-up, nothing more. Losing it, or any message in it, loses nothing: the rows are the truth.

In this process without BROKER_URL; else redis://… or amqp://… (quorum queues). Messages hold a tenant's number and a row's
id, as JSON. A message that cannot be read, names no actor, or kills its workers five times ends in the dead-letter queue;
the row it spoke of counts its own attempts and becomes due again when its lease ends.
"""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import dramatiq
import redis
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import xq_name
from dramatiq.encoder import JSONEncoder
from dramatiq.errors import BrokerConnectionError
from dramatiq.middleware import AsyncIO, Middleware
from pika.exceptions import AMQPError  # type: ignore[import-untyped]

from shared.kit.outbox import LEASE
from shared.kit.settings import Settings

QUEUE = "tsunagari"
DAY = 24 * 60 * 60 * 1000
#: Seconds.
BLOCKED = 10


class BrokerDown(Exception):
    """The message may or may not have arrived; either is harmless."""


class QuorumBroker(RabbitmqBroker):
    """RabbitMQ with replicated queues. Wake-ups older than a lease are worthless, dead ones are kept a day and bounded."""

    def __init__(self, *, url: str, **options: Any) -> None:
        super().__init__(url=url, **options)
        for server in self.parameters if isinstance(self.parameters, list) else [self.parameters]:
            # A server that is short of memory blocks its publishers without a word.
            server.blocked_connection_timeout = server.blocked_connection_timeout or BLOCKED

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        given: dict[str, Any] = super()._build_queue_arguments(queue_name)  # type: ignore[no-untyped-call]
        return given | {
            "x-queue-type": "quorum",
            "x-delivery-limit": 5,
            "x-message-ttl": int(LEASE.total_seconds() * 1000),
        }

    def _declare_xq_queue(self, queue_name: str) -> Any:
        arguments = {"x-queue-type": "quorum", "x-message-ttl": DAY, "x-max-length": 10_000}
        return self.channel.queue_declare(queue=xq_name(queue_name), durable=True, arguments=arguments)


def in_process(settings: Settings) -> bool:
    """Relay and worker live and die together: only then may a starting process take over every lease."""
    return settings.broker_url is None


def make_broker(settings: Settings) -> dramatiq.Broker:
    """ValueError for an address of another kind. No retries of dramatiq's own: they would count beside the rows."""
    dramatiq.set_encoder(JSONEncoder())
    middleware: list[Middleware] = [AsyncIO()]
    url = settings.broker_url
    if url is None:
        return StubBroker(middleware=middleware)
    scheme = urlsplit(url).scheme
    if scheme in ("amqp", "amqps"):
        return QuorumBroker(url=url, middleware=middleware, confirm_delivery=True)
    if scheme in ("redis", "rediss", "unix"):
        client = redis.Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5)
        return RedisBroker(client=client, middleware=middleware, namespace=QUEUE)  # type: ignore[no-untyped-call]
    raise ValueError("BROKER_URL must begin with amqp://, amqps://, redis:// or rediss://")


def send(broker: dramatiq.Broker, actor_name: str, tenant_id: int, row_id: UUID) -> None:
    """Wake a worker for one row. Blocks; raises BrokerDown."""
    message: dramatiq.Message[None] = dramatiq.Message(
        queue_name=QUEUE, actor_name=actor_name, args=(tenant_id, str(row_id)), kwargs={}, options={}
    )
    try:
        broker.declare_queue(QUEUE)
        broker.enqueue(message)
    except (BrokerConnectionError, AMQPError, redis.RedisError, OSError) as error:
        raise BrokerDown(f"{type(error).__name__}: {error}") from error
