"""kill -9 of the background process between any two steps: no letter is lost, none is sent twice unmarked."""

import asyncio

import dramatiq
import pika  # type: ignore[import-untyped]
import pytest
from dramatiq.common import xq_name
from dramatiq.encoder import JSONEncoder

from services.broker import DAY, QUEUE
from shared.kit.post import LetterClass
from shared.kit.settings import Settings
from tests.factories.sink import Sink
from tests.faults.conftest import Background
from tests.faults.launch import BEFORE_COMMIT, BEFORE_LETTER
from tests.faults.stage import ONCE, Stage

#: What must arrive comes once more, and says so; of the rest nobody can know, so a human decides.
IN_DOUBT = {LetterClass.MUST_ARRIVE: ("SENT", [None, "yes"]), LetterClass.AT_MOST_ONCE: ("UNCERTAIN", [None])}


async def test_killed_before_the_fact_is_claimed(background: Background, stage: Stage) -> None:
    background.freeze()
    await stage.raise_alarm()
    background.kill()
    background.start()
    assert await stage.ends() == ONCE


async def test_killed_after_the_fact_is_claimed(background: Background, stage: Stage) -> None:
    async with stage.held_at(BEFORE_LETTER):
        background.kill()
    background.start()
    assert await stage.ends() == ONCE


async def test_killed_after_the_reactions_before_their_commit(background: Background, stage: Stage) -> None:
    async with stage.held_at(BEFORE_COMMIT):
        background.kill()
    background.start()
    assert await stage.ends() == ONCE


async def test_killed_with_a_claimed_letter(background: Background, stage: Stage, sink: Sink) -> None:
    with sink.holding("MAIL") as here:
        await stage.raise_alarm()
        assert await asyncio.to_thread(here.wait, 20)
        await stage.letter_is("CLAIMED")
        background.kill()
    background.start()
    assert await stage.ends() == ONCE


async def test_killed_after_the_body_before_the_dot(
    background: Background, stage: Stage, sink: Sink, settings: Settings
) -> None:
    with sink.holding("MAIL") as here:
        await stage.raise_alarm()
        assert await asyncio.to_thread(here.wait, 20)
        locked = stage.letter_locked(settings)
        await locked.__aenter__()
    await stage.until_it_waits_for_the_row()
    background.kill()
    await locked.__aexit__(None, None, None)
    background.start()
    assert await stage.ends() == ONCE


@pytest.mark.parametrize("letter_class", list(LetterClass))
async def test_killed_after_the_dot_before_the_answer(
    background: Background, stage: Stage, sink: Sink, letter_class: LetterClass
) -> None:
    with sink.holding("DATA") as here:
        await stage.raise_alarm(letter_class)
        assert await asyncio.to_thread(here.wait, 20)
        await stage.letter_is("HANDING_OVER")
        background.kill()
    background.start()
    assert await stage.ends() == IN_DOUBT[letter_class]


@pytest.mark.parametrize("letter_class", list(LetterClass))
async def test_killed_after_the_answer_before_it_is_written_down(
    background: Background, stage: Stage, sink: Sink, settings: Settings, letter_class: LetterClass
) -> None:
    with sink.holding("DATA") as here:
        await stage.raise_alarm(letter_class)
        assert await asyncio.to_thread(here.wait, 20)
        locked = stage.letter_locked(settings)
        await locked.__aenter__()
    await stage.until_it_waits_for_the_row()
    background.kill()
    await locked.__aexit__(None, None, None)
    background.start()
    assert await stage.ends() == IN_DOUBT[letter_class]


async def test_told_to_stop_it_ends_what_is_in_hand(background: Background, stage: Stage, sink: Sink) -> None:
    with sink.holding("DATA") as here:
        await stage.raise_alarm(LetterClass.AT_MOST_ONCE)
        assert await asyncio.to_thread(here.wait, 20)
        stopping = asyncio.create_task(asyncio.to_thread(background.stop))
        await asyncio.sleep(0.3)
    assert await stopping == 0
    background.start()
    assert await stage.ends() == ONCE


@pytest.mark.parametrize("background", ["rabbitmq"], indirect=True)
async def test_a_message_that_nobody_can_read_is_put_aside(background: Background, stage: Stage) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(background.environment["BROKER_URL"]))
    channel = connection.channel()
    # Only a queue of the same kind can be declared again: it is a quorum queue.
    put_aside = {"x-queue-type": "quorum", "x-message-ttl": DAY, "x-max-length": 10_000}
    before = channel.queue_declare(xq_name(QUEUE), durable=True, arguments=put_aside).method.message_count
    channel.basic_publish("", QUEUE, b"not json")
    channel.basic_publish("", QUEUE, JSONEncoder().encode(_to_nobody().asdict()))
    await stage.raise_alarm()
    assert await stage.ends() == ONCE
    assert channel.queue_declare(xq_name(QUEUE), passive=True).method.message_count == before + 2
    connection.close()


def _to_nobody() -> "dramatiq.Message[None]":
    return dramatiq.Message(queue_name=QUEUE, actor_name="nobody", args=(), kwargs={}, options={})
