"""What applicants and the secretariat get by mail, through the real relay and post."""

import re
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import Any

import pytest

from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import service
from shared.members.models import Channel
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, filled, make_application, make_platform
from tests.factories.worker import run_until_idle, text_of

DESK = "desk@pref.example"


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


@pytest.fixture
async def quiet(settings: Settings) -> None:
    """Letters of other tests have left."""
    await run_until_idle(settings)


Do = Callable[..., Awaitable[Any]]


@pytest.fixture
def do(web_database: Database, platform: Tenant) -> Do:
    async def act(verb: str, *args: Any, **values: Any) -> Any:
        async with web_database.write(platform.id) as session:
            return await getattr(service, verb)(session, *args, **values)

    return act


async def mails(settings: Settings, tenant: Tenant) -> dict[str, EmailMessage]:
    """By recipient; only those of the tenant."""
    return {str(mail["to"].addresses[0].addr_spec): mail for mail in await run_until_idle(settings)}


@pytest.mark.usefixtures("quiet")
async def test_a_receipt_goes_to_the_applicant_and_a_notice_to_the_desk(
    settings: Settings, do: Do, platform: Tenant
) -> None:
    view = await do("submit_application", filled(email="a@npo.example"), channel=Channel.WEB, actor=Actor())
    got = await mails(settings, platform)
    assert set(got) == {"a@npo.example", DESK}
    receipt, notice = got["a@npo.example"], got[DESK]
    assert (view.receipt_number in receipt["subject"], platform.name in text_of(receipt)) == (True, True)
    link = f"{settings.tenant_url(platform.slug)}/staff/applications/{view.id}"
    assert (link in text_of(notice), "2179" in text_of(notice)) == (True, False)


@pytest.mark.usefixtures("quiet")
async def test_a_returned_application_carries_the_question_and_a_link_that_works(
    settings: Settings, do: Do, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform, email="b@npo.example")
    await run_until_idle(settings)
    await do("return_application", application_id, message="活動の様子を教えてください", actor=STAFF)
    letter = text_of((await mails(settings, platform))["b@npo.example"])
    link = re.search(re.escape(settings.tenant_url(platform.slug)) + r"/join/mend/(\S+)", letter)
    assert link is not None
    assert "活動の様子を教えてください" in letter
    await do("resubmit", link[1], details=filled(email="b@npo.example"))
    assert list(await mails(settings, platform)) == [DESK]


@pytest.mark.usefixtures("quiet")
async def test_returning_twice_asks_twice(settings: Settings, do: Do, web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform, email="c@npo.example")
    for question in ("一つ目", "二つ目"):
        await do("return_application", application_id, message=question, actor=STAFF)
        letter = text_of((await mails(settings, platform))["c@npo.example"])
        assert question in letter
        found = re.search(r"/join/mend/(\S+)", letter)
        assert found is not None
        await do("resubmit", found[1], details=filled(email="c@npo.example"))


@pytest.mark.usefixtures("quiet")
async def test_an_approval_names_the_day_and_the_page(
    settings: Settings, do: Do, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform, email="d@npo.example")
    await run_until_idle(settings)
    view = await do("approve_application", application_id, effective_on=clock.today(), actor=STAFF)
    letter = text_of((await mails(settings, platform))["d@npo.example"])
    link = f"{settings.tenant_url(platform.slug)}/organisations/{view.organisation_id}"
    assert (link in letter, f"{clock.today().year}年" in letter) == (True, True)


@pytest.mark.usefixtures("quiet")
async def test_a_refusal_names_the_reason(settings: Settings, do: Do, web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform, email="e@npo.example")
    await run_until_idle(settings)
    await do("reject_application", application_id, message="個人での参加はできないため", actor=STAFF)
    assert "個人での参加はできないため" in text_of((await mails(settings, platform))["e@npo.example"])


@pytest.mark.usefixtures("quiet")
async def test_who_applied_on_paper_without_an_address_gets_no_mail(
    settings: Settings, do: Do, platform: Tenant
) -> None:
    await do("submit_application", filled(email=""), channel=Channel.FAX, actor=STAFF)
    assert list(await mails(settings, platform)) == [DESK]
