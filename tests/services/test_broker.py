"""Which broker an address means, and what a wake-up looks like."""

from uuid import UUID

import dramatiq
import msgspec
import pytest
from dramatiq.brokers.redis import RedisBroker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AsyncIO, Retries

from services.broker import QUEUE, BrokerDown, QuorumBroker, in_process, make_broker, send
from shared.kit.settings import Settings
from tests.factories.sink import free_port

ROW = UUID("01a1ffc5-8853-7776-b792-734535570c2f")


def _broker(settings: Settings, url: str | None) -> dramatiq.Broker:
    return make_broker(msgspec.structs.replace(settings, broker_url=url))


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (None, StubBroker),
        ("amqp://guest:guest@127.0.0.1:5672/", QuorumBroker),
        ("redis://127.0.0.1:6379/0", RedisBroker),
    ],
)
def test_the_address_chooses_the_broker(settings: Settings, url: str | None, kind: type[dramatiq.Broker]) -> None:
    broker = _broker(settings, url)
    assert type(broker) is kind
    kinds = [type(middleware) for middleware in broker.middleware]
    assert AsyncIO in kinds
    # The rows count the attempts; a second count beside them would only confuse.
    assert Retries not in kinds


def test_only_without_an_address_is_the_broker_in_this_process(settings: Settings) -> None:
    assert in_process(settings)
    assert not in_process(msgspec.structs.replace(settings, broker_url="redis://127.0.0.1"))


def test_an_address_of_another_kind_is_refused(settings: Settings) -> None:
    with pytest.raises(ValueError, match="BROKER_URL must begin with"):
        _broker(settings, "kafka://127.0.0.1")


def test_a_wake_up_carries_ids_as_json_and_nothing_else(settings: Settings) -> None:
    broker = _broker(settings, None)
    assert isinstance(broker, StubBroker)
    send(broker, "deliver", 7, ROW)
    message = msgspec.json.decode(broker.queues[QUEUE].get_nowait())
    assert (message["actor_name"], message["args"], message["kwargs"]) == ("deliver", [7, str(ROW)], {})


def test_queues_are_replicated_bounded_and_put_poison_aside(settings: Settings) -> None:
    broker = _broker(settings, "amqp://guest:guest@127.0.0.1:5672/")
    assert isinstance(broker, QuorumBroker)
    assert broker._build_queue_arguments(QUEUE) == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 5,
        "x-message-ttl": 60_000,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"{QUEUE}.XQ",
    }


@pytest.mark.parametrize("kind", ["amqp://guest:guest@127.0.0.1:{}/", "redis://127.0.0.1:{}/0"])
def test_a_broker_that_is_away_says_so(settings: Settings, kind: str) -> None:
    broker = _broker(settings, kind.format(free_port()))
    with pytest.raises(BrokerDown):
        send(broker, "deliver", 7, ROW)
