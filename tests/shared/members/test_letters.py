"""What applicants and the secretariat get by mail, through the real reactions and post."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.identity.policy import Actor
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.post import Letter
from shared.kit.settings import Settings
from shared.members import service
from shared.members.models import Channel
from shared.tenants.models import Tenant
from tests.factories.members import STAFF, filled, make_application, make_platform, settle
from tests.factories.notifications import waiting

DESK = "desk@pref.example"


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


Do = Callable[..., Awaitable[Any]]


@pytest.fixture
def do(web_database: Database, platform: Tenant) -> Do:
    async def act(verb: str, *args: Any, **values: Any) -> Any:
        async with web_database.write(platform.id) as session:
            return await getattr(service, verb)(session, *args, **values)

    return act


async def mails(settings: Settings, tenant: Tenant) -> dict[str, Letter]:
    """What has just been posted about applications, by recipient. Who is admitted is invited, too: another story."""
    about_applications = (each for each in await settle(settings, tenant) if each.template.startswith("members/"))
    return {letter.to_email: letter for letter in about_applications}


async def test_a_receipt_goes_to_the_applicant_and_a_notice_to_the_desk(
    settings: Settings, do: Do, platform: Tenant
) -> None:
    view = await do("submit_application", filled(email="a@npo.example"), channel=Channel.WEB, actor=Actor())
    got = await mails(settings, platform)
    assert set(got) == {"a@npo.example", DESK}
    receipt, notice = got["a@npo.example"], got[DESK]
    assert (view.receipt_number in receipt.subject, platform.name in receipt.body) == (True, True)
    link = f"{settings.tenant_url(platform.slug)}/staff/applications/{view.id}"
    assert (link in notice.body, "2179" in notice.body) == (True, False)


async def test_a_returned_application_carries_the_question_and_a_link_that_works(
    settings: Settings, do: Do, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform, email="b@npo.example")
    await settle(settings, platform)
    await do("return_application", application_id, message="活動の様子を教えてください", actor=STAFF)
    letter = (await mails(settings, platform))["b@npo.example"].body
    link = re.search(re.escape(settings.tenant_url(platform.slug)) + r"/join/mend/(\S+)", letter)
    assert link is not None
    assert "活動の様子を教えてください" in letter
    mended = await do("resubmit", link[1], details=filled(email="b@npo.example"))
    # The desk's second letter of a day waits for the next morning.
    assert await mails(settings, platform) == {}
    line = f"{mended.organisation_name}（{mended.receipt_number}、申請者による修正）"
    assert await waiting(web_database, platform) == [(DESK, line)]


async def test_returning_twice_asks_twice(settings: Settings, do: Do, web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform, email="c@npo.example")
    for question in ("一つ目", "二つ目"):
        await do("return_application", application_id, message=question, actor=STAFF)
        letter = (await mails(settings, platform))["c@npo.example"].body
        assert question in letter
        found = re.search(r"/join/mend/(\S+)", letter)
        assert found is not None
        await do("resubmit", found[1], details=filled(email="c@npo.example"))


async def test_an_approval_names_the_day_and_the_page(
    settings: Settings, do: Do, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform, email="d@npo.example")
    await settle(settings, platform)
    view = await do("approve_application", application_id, effective_on=clock.today(), actor=STAFF)
    letter = (await mails(settings, platform))["d@npo.example"].body
    link = f"{settings.tenant_url(platform.slug)}/organisations/{view.organisation_id}"
    assert (link in letter, f"{clock.today().year}年" in letter) == (True, True)


async def test_a_refusal_names_the_reason(settings: Settings, do: Do, web_database: Database, platform: Tenant) -> None:
    application_id = await make_application(web_database, platform, email="e@npo.example")
    await settle(settings, platform)
    await do("reject_application", application_id, message="個人での参加はできないため", actor=STAFF)
    assert "個人での参加はできないため" in (await mails(settings, platform))["e@npo.example"].body


async def test_who_applied_on_paper_without_an_address_gets_no_mail(
    settings: Settings, do: Do, platform: Tenant
) -> None:
    await do("submit_application", filled(email=""), channel=Channel.FAX, actor=STAFF)
    assert list(await mails(settings, platform)) == [DESK]
