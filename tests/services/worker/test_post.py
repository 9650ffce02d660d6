"""Letters leave the house once, in the name of their platform, and their rows say what became of them."""

from datetime import timedelta

import msgspec
import pytest

from services.worker.actors import post
from shared.kit import sending
from shared.kit.database.session import NATIONAL, Database
from shared.kit.outbox import MOST_ATTEMPTS
from shared.kit.post import Letter, LetterClass, LetterState
from shared.kit.settings import Settings
from shared.tenants.models import Tenant, TenantState
from tests.factories.letters import NOW, letter_row, queue_letter, set_letter
from tests.factories.sink import Sink, free_port, mail_server
from tests.factories.tenants import make_tenant
from tests.factories.worker import mail_files, run_until_idle, text_of, workbench


def _with_smtp(settings: Settings, url: str) -> Settings:
    return msgspec.structs.replace(settings, smtp_url=url)


async def _post(settings: Settings, letter: Letter) -> None:
    async with workbench(settings) as bench:
        await post(bench, letter.tenant_id, letter.id)


async def test_without_a_mail_server_a_letter_becomes_one_complete_file(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    mails = [mail for mail in await run_until_idle(settings) if mail["Message-ID"] == letter.message_id]
    assert [mail["Subject"] for mail in mails] == ["試験送信：ためしのことば"]
    assert text_of(mails[0]) == letter.body
    assert [file.name for file in mail_files(settings) if str(letter.id) in file.name] == [
        file.name for file in (settings.local / "mail").iterdir() if str(letter.id) in file.name
    ]
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.attempts, row.lease_until) == (LetterState.SENT, 1, None)


async def test_two_platforms_interleaved_each_write_in_their_own_name(
    settings: Settings, worker_database: Database
) -> None:
    long_name = "とくしま孤独・孤立対策官民連携プラットフォーム（試験のための、たいへん長い名前）"
    here = await make_tenant(worker_database, name=long_name, sender_email="here@here.example")
    there = await make_tenant(worker_database, host="there.example", sender_email="there@there.example")
    sink = Sink()
    for number in range(3):
        for tenant in (here, there):
            await queue_letter(worker_database, settings, tenant.id, values={"words": f"{tenant.slug} {number}"})
    with mail_server(sink) as url:
        await run_until_idle(_with_smtp(settings, url))
    for tenant, address, base in (
        (here, "here@here.example", f"http://{here.slug}.localhost:8000"),
        (there, "there@there.example", "http://there.example:8000"),
    ):
        own = [mail for mail in sink.mails if mail["From"].addresses[0].addr_spec == address]
        assert [mail["Subject"] for mail in own] == [f"試験送信：{tenant.slug} {number}" for number in range(3)]
        assert {mail["From"].addresses[0].display_name for mail in own} == {tenant.name}
        assert all(f"{tenant.name}\n{base}\n" in text_of(mail) for mail in own)
    senders = [sender for sender, _ in sink.envelopes]
    assert [senders.count(address) for address in ("here@here.example", "there@there.example")] == [3, 3]


async def test_lines_that_begin_with_a_dot_arrive_whole(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    words = "一行目\n.\n..二行目\n" + "長い" * 2000
    letter = await queue_letter(worker_database, settings, tenant.id, template="kit/frame", values={"body": words})
    sink = Sink()
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    assert text_of(sink.mails[0]) == letter.body
    assert words in letter.body


async def test_a_carriers_odd_address_reaches_the_envelope_unchanged(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id, to_email="a..b@docomo.ne.jp")
    sink = Sink()
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    assert sink.envelopes == [("noreply@tsunagari.example", "a..b@docomo.ne.jp")]


async def test_a_letter_is_handed_over_only_once(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    sink = Sink()
    with mail_server(sink) as url:
        for _ in range(3):
            await _post(_with_smtp(settings, url), letter)
    assert len(sink.mails) == 1
    assert sink.mails[0]["X-Tsunagari-Resent"] is None


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_not_now_is_tried_again_after_a_pause(settings: Settings, worker_database: Database, stage: str) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    sink = Sink()
    sink.answers[stage] = "451 4.3.0 try later"
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.attempts, row.resent, row.error) == (LetterState.QUEUED, 1, False, "451 4.3.0 try later")
    assert 20 <= (row.run_at - row.queued_at).total_seconds() <= 40


async def test_not_now_for_the_tenth_time_is_a_failure(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, attempts=MOST_ATTEMPTS - 1)
    sink = Sink()
    sink.answers["RCPT"] = "451 4.3.0 try later"
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is LetterState.FAILED


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_never_is_a_failure_at_once(settings: Settings, worker_database: Database, stage: str) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    sink = Sink()
    sink.answers[stage] = "550 5.1.1 no such person"
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.error) == (LetterState.FAILED, "550 5.1.1 no such person")


async def test_a_mail_server_that_is_away_uses_up_no_attempts(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await _post(_with_smtp(settings, f"smtp://127.0.0.1:{free_port()}"), letter)
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.attempts) == (LetterState.QUEUED, 0)
    assert 20 <= (row.run_at - row.queued_at).total_seconds() <= 40


async def test_a_letter_waits_as_long_again_as_it_has_waited(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    nowhere = _with_smtp(settings, f"smtp://127.0.0.1:{free_port()}")
    for waited, least, most in ((timedelta(minutes=4), 180, 300), (timedelta(hours=5), 675, 1125)):
        await set_letter(worker_database, tenant.id, letter.id, queued_at=NOW - waited, run_at=NOW)
        await _post(nowhere, letter)
        row = await letter_row(worker_database, tenant.id, letter.id)
        pause = (row.run_at - row.queued_at - waited).total_seconds()
        assert least - 5 <= pause <= most + 5


async def test_after_four_days_without_a_mail_server_a_human_is_told(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, queued_at=NOW - timedelta(days=4, minutes=1))
    await _post(_with_smtp(settings, f"smtp://127.0.0.1:{free_port()}"), letter)
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is LetterState.FAILED


@pytest.mark.parametrize(
    ("letter_class", "resent", "state"),
    [
        (LetterClass.MUST_ARRIVE, False, LetterState.SENT),
        (LetterClass.MUST_ARRIVE, True, LetterState.UNCERTAIN),
        (LetterClass.AT_MOST_ONCE, False, LetterState.UNCERTAIN),
    ],
)
async def test_after_a_crash_while_handing_over_only_what_must_arrive_is_repeated_once_and_marked(
    settings: Settings, worker_database: Database, letter_class: LetterClass, resent: bool, state: LetterState
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id, letter_class=letter_class)
    await set_letter(
        worker_database,
        tenant.id,
        letter.id,
        state=LetterState.HANDING_OVER,
        attempts=1,
        resent=resent,
        lease_until=NOW - timedelta(seconds=1),
    )
    sink = Sink()
    with mail_server(sink) as url:
        await _post(_with_smtp(settings, url), letter)
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is state
    marks = [(mail["Message-ID"], mail["X-Tsunagari-Resent"]) for mail in sink.mails]
    assert marks == ([(letter.message_id, "yes")] if state is LetterState.SENT else [])


@pytest.mark.parametrize(
    ("letter_class", "state"),
    [(LetterClass.MUST_ARRIVE, LetterState.QUEUED), (LetterClass.AT_MOST_ONCE, LetterState.UNCERTAIN)],
)
async def test_no_answer_to_the_final_dot_leaves_the_letter_in_doubt(
    settings: Settings, worker_database: Database, letter_class: LetterClass, state: LetterState
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id, letter_class=letter_class)
    claimed = await _claim(worker_database, letter)
    async with worker_database.write(tenant.id) as session:
        assert await sending.handing_over(session, claimed)
        await sending.in_doubt(session, claimed, "no answer")
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.resent) == (state, state is LetterState.QUEUED)


async def test_a_worker_that_was_overtaken_breaks_off_before_the_dot(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    late = await _claim(worker_database, letter)
    await set_letter(worker_database, tenant.id, letter.id, lease_until=NOW)
    await _claim(worker_database, letter)
    async with worker_database.write(tenant.id) as session:
        assert not await sending.handing_over(session, late)


async def test_a_letter_in_somebodys_hands_is_left_alone(settings: Settings, worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await _claim(worker_database, letter)
    async with worker_database.write(tenant.id) as session:
        assert await sending.claim(session, letter.id) is None


async def test_a_suspended_platforms_letters_wait_until_it_is_live_again(
    settings: Settings, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    letter = await queue_letter(worker_database, settings, tenant.id)
    await _set_state(worker_database, tenant.id, TenantState.SUSPENDED)
    await run_until_idle(settings)
    await _post(settings, letter)
    row = await letter_row(worker_database, tenant.id, letter.id)
    assert (row.state, row.attempts) == (LetterState.QUEUED, 0)
    await _set_state(worker_database, tenant.id, TenantState.LIVE)
    await run_until_idle(settings)
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is LetterState.SENT


async def _claim(database: Database, letter: Letter) -> sending.Claim:
    async with database.write(letter.tenant_id) as session:
        claimed = await sending.claim(session, letter.id)
    assert claimed is not None
    return claimed


async def _set_state(database: Database, tenant_id: int, state: TenantState) -> None:
    async with database.write(NATIONAL) as session:
        tenant = await session.get_one(Tenant, tenant_id)
        tenant.state = state
