"""Letters: written once, worded by their tenant, safe in their headers, repeated only by a decision."""

from typing import Any
from uuid import uuid4

import jinja2
import pytest

from shared.kit.database.session import Database
from shared.kit.letter_text import Sender, compose
from shared.kit.post import LetterClass, LetterState, Post, backlog, send_again, write_letter
from shared.kit.refusals import Conflict, NotFound
from shared.kit.settings import Settings
from shared.tenants.letters import sender_of
from shared.tenants.models import Contact
from tests.factories.letters import letter_row, queue_letter, set_letter
from tests.factories.tenants import make_tenant

SENDER = Sender(name="試験町つながりプラットフォーム", email="noreply@town.example", base_url="https://town.example")


async def test_a_letter_is_queued_with_text_footer_and_message_id_fixed(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database, name="光の町プラットフォーム", sender_email="hikari@town.example")
    async with worker_database.write(tenant.id) as session:
        session.add(Contact(purpose="入会", department="地域共生課", desk="入会担当", phone="088-621-2913", ordinal=0))
    letter = await queue_letter(worker_database, settings, tenant.id)
    assert letter.subject == "試験送信：ためしのことば"
    assert letter.body.endswith(
        "────────────────────\n光の町プラットフォーム\n地域共生課 入会担当\n電話 088-621-2913\n"
        f"http://{tenant.slug}.localhost:8000\n\n"
        "このメールは送信専用アドレスからお送りしています。ご用の方は、上の窓口へご連絡ください。\n"
    )
    assert letter.message_id == f"<{letter.id}@town.example>"
    assert (letter.state, letter.attempts) == (LetterState.QUEUED, 0)


async def test_the_same_reason_object_and_address_make_one_letter(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    await queue_letter(worker_database, settings, tenant.id, dedupe_key="approved 1 a@example.jp")
    async with worker_database.write(tenant.id) as session:
        Post(session, await sender_of(session, settings))
        again = await write_letter(session, **_parts(dedupe_key="approved 1 a@example.jp"))
    assert again is None


async def test_another_tenant_may_use_the_same_key(settings: Settings, worker_database: Database) -> None:
    for _ in range(2):
        tenant = await make_tenant(worker_database)
        await queue_letter(worker_database, settings, tenant.id, dedupe_key="the same")


@pytest.mark.parametrize(
    "address",
    [
        "a@example.jp\r\nBcc: b@example.jp",
        "a@example.jp, b@example.jp",
        "<a@example.jp>",
        "a b@example.jp",
        "a@",
        "@example.jp",
        "a@exämple.jp",
        "a" * 250 + "@example.jp",
    ],
)
async def test_what_is_not_one_plain_address_is_not_written_to(
    settings: Settings, worker_database: Database, address: str
) -> None:
    tenant = await make_tenant(worker_database)
    with pytest.raises(ValueError, match="not a mail address"):
        await queue_letter(worker_database, settings, tenant.id, to_email=address)


async def test_addresses_that_japanese_carriers_gave_out_are_accepted(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id, to_email="a..b.@docomo.ne.jp")
    assert letter.to_email == "a..b.@docomo.ne.jp"


async def test_a_value_cannot_add_a_header(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    with pytest.raises(ValueError, match="control character"):
        await queue_letter(worker_database, settings, tenant.id, values={"words": "x\r\nBcc: b@example.jp"})


def test_a_name_that_the_words_use_must_be_given() -> None:
    with pytest.raises(jinja2.UndefinedError):
        compose("kit/trial", SENDER, {"to_name": None})


def test_a_template_cannot_be_fetched_from_elsewhere() -> None:
    with pytest.raises(ValueError, match="not the name of a letter"):
        compose("../secrets", SENDER, {})


@pytest.mark.parametrize(("state", "resent"), [(LetterState.UNCERTAIN, True), (LetterState.FAILED, False)])
async def test_staff_may_send_again_and_what_may_have_arrived_is_marked(
    settings: Settings, worker_database: Database, web_database: Database, state: LetterState, resent: bool
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, state=state, attempts=10, error="gone")
    async with web_database.write(tenant.id) as session:
        await send_again(session, letter.id)
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.attempts, row.resent, row.error) == (LetterState.QUEUED, 0, resent, None)
    assert row.message_id == letter.message_id


async def test_a_sent_letter_is_not_sent_again(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, state=LetterState.SENT)
    async with worker_database.write(tenant.id) as session:
        with pytest.raises(Conflict):
            await send_again(session, letter.id)


async def test_another_tenants_letter_does_not_exist(settings: Settings, worker_database: Database) -> None:
    here, there = await make_tenant(worker_database), await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, there.id)
    async with worker_database.write(here.id) as session:
        with pytest.raises(NotFound):
            await send_again(session, letter.id)


async def test_the_staff_can_see_how_their_mail_stands(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    first = await queue_letter(worker_database, settings, tenant.id)
    await queue_letter(worker_database, settings, tenant.id)
    for state in (LetterState.UNCERTAIN, LetterState.FAILED, LetterState.SENT):
        other = await queue_letter(worker_database, settings, tenant.id)
        await set_letter(worker_database, tenant.id, other.id, state=state)
    async with worker_database.read(tenant.id) as session:
        found = await backlog(session)
    assert (found.waiting, found.uncertain, found.failed, found.oldest) == (2, 1, 1, first.queued_at)


def _parts(**parts: Any) -> dict[str, Any]:
    return {
        "template": "kit/trial",
        "to_email": "a@example.jp",
        "to_name": None,
        "about_id": uuid4(),
        "letter_class": LetterClass.MUST_ARRIVE,
        "dedupe_key": uuid4().hex,
        "values": {"words": "ことば"},
    } | parts
