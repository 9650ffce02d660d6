"""What the staff see of their mail."""

import httpx

from shared.kit.database.session import Database
from shared.kit.post import LetterState
from shared.kit.settings import Settings
from shared.tenants.models import Tenant
from tests.factories.identity import form_token
from tests.factories.letters import letter_row, queue_letter, set_letter


async def test_a_letter_that_failed_is_on_the_desk_is_read_and_sent_again(
    staff: httpx.AsyncClient, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, state=LetterState.FAILED, error="550 no such mailbox")
    assert "届けられなかったメール" in (await staff.get("/staff")).text
    listed, path = await staff.get("/staff/letters?show=FAILED"), f"/staff/letters/{letter.id}"
    shown = await staff.get(path)
    assert (letter.subject in listed.text, "550 no such mailbox" in shown.text) == (True, True)
    answer = await staff.post(f"{path}/send-again", data={"csrf": await form_token(staff, path)})
    assert answer.status_code == 303
    assert (await letter_row(worker_database, tenant.id, letter.id)).state is LetterState.QUEUED


async def test_a_letter_that_waits_is_not_sent_twice(
    staff: httpx.AsyncClient, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    letter = await queue_letter(worker_database, settings, tenant.id)
    path = f"/staff/letters/{letter.id}"
    answer = await staff.post(f"{path}/send-again", data={"csrf": await form_token(staff, path)})
    assert answer.status_code == 409


async def test_a_letter_of_another_tenant_is_not_there(
    staff: httpx.AsyncClient,
    other_staff: httpx.AsyncClient,
    worker_database: Database,
    settings: Settings,
    tenant: Tenant,
) -> None:
    path = f"/staff/letters/{(await queue_letter(worker_database, settings, tenant.id)).id}"
    token = {"csrf": await form_token(other_staff, "/staff/people")}
    answers = [await other_staff.get(path), await other_staff.post(f"{path}/send-again", data=token)]
    assert [answer.status_code for answer in answers] == [404, 404]


async def test_a_letter_that_was_called_back_says_why_it_did_not_go(
    staff: httpx.AsyncClient, worker_database: Database, settings: Settings, tenant: Tenant
) -> None:
    letter = await queue_letter(worker_database, settings, tenant.id)
    await set_letter(worker_database, tenant.id, letter.id, state=LetterState.LAPSED)
    listed, shown = await staff.get("/staff/letters?show=LAPSED"), await staff.get(f"/staff/letters/{letter.id}")
    assert ("取りやめ（送らず）" in listed.text, "まだ送っていません" in shown.text) == (True, False)
    assert "送る前に、内容が実際と合わなくなったため、送りませんでした。" in shown.text
