"""The checklist on an application's page, and a batch from the list to its outcome."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.settings import Settings
from shared.members import application_queries, criteria, screening
from shared.members.models import ApplicationState, Membership
from shared.members.screening import Finding
from shared.members.screening_models import CheckResult
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import STAFF, make_application, make_member, make_platform, settle
from tests.factories.screening import make_criteria
from tests.services.web.conftest import ClientFor

BATCH = "/staff/applications/batch"


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def strict(worker_database: Database, platform: Tenant) -> Tenant:
    """The same platform with a checklist."""
    await make_criteria(worker_database, platform)
    return platform


@pytest.fixture
async def staff(client_for: ClientFor, worker_database: Database, platform: Tenant) -> httpx.AsyncClient:
    account = await make_account(worker_database, platform, Role.SECRETARIAT, name="阿波 緑")
    return await signed_in(client_for(platform), account)


async def hidden(client: httpx.AsyncClient, path: str) -> dict[str, str]:
    page = await client.get(path)
    assert page.status_code == 200
    return dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', page.text))


def today(name: str = "effective_on") -> dict[str, Any]:
    day = clock.today()
    return {f"{name}_year": day.year, f"{name}_month": day.month, f"{name}_day": day.day}


async def state_of(database: Database, tenant: Tenant, application_id: UUID) -> ApplicationState:
    async with database.read(tenant.id) as session:
        return (await application_queries.application(session, application_id)).state


async def test_checks_are_recorded_with_who_and_open_the_way_to_approval(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant
) -> None:
    application_id = await make_application(web_database, strict)
    await make_member_without_checks(web_database, strict, "推薦する会")
    path = f"/staff/applications/{application_id}"
    form = await hidden(staff, path)
    refused = await staff.post(f"{path}/approve", data=form | today())
    assert (refused.status_code, "県内で活動している：未確認" in refused.text) == (422, True)
    given = {
        "action": "record",
        "check_area": "MET",
        "check_neutral": "NOT_MET",
        "note_neutral": "<b>規約を確認中</b>",
        "check_recommendation": "MET",
        "by_recommendation": "推薦する会",
        "check_meeting": "MET",
    } | {f"on_meeting_{part}": value for part, value in (("year", "令和8年"), ("month", "４"), ("day", "1"))}
    assert (await staff.post(f"{path}/checks", data=form | given)).status_code == 303
    page = (await staff.get(path)).text
    for words in ("阿波 緑", "推薦する会", "&lt;b&gt;規約を確認中&lt;/b&gt;", "2026"):
        assert words in page
    assert (await staff.post(f"{path}/checks", data=form | {"check_neutral": "MET"})).status_code == 303
    assert (await staff.post(f"{path}/approve", data=form | today())).status_code == 303


async def make_member_without_checks(database: Database, tenant: Tenant, name: str) -> UUID:
    application_id = await make_application(database, tenant, name=name)
    async with database.write(tenant.id) as session:
        await screening.admit_one_of_many(
            session,
            application_id,
            effective_on=clock.today(),
            findings=[Finding(criterion=slug, result=CheckResult.MET) for slug in ("area", "neutral")],
            revision=2,
            actor=STAFF,
        )
    return application_id


async def test_one_button_meets_what_nobody_has_looked_at(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant
) -> None:
    application_id = await make_application(web_database, strict)
    path = f"/staff/applications/{application_id}"
    form = await hidden(staff, path)
    assert (await staff.post(f"{path}/checks", data=form | {"action": "all"})).status_code == 303
    async with web_database.read(strict.id) as session:
        checks = {check.slug: check.result.value for check in await criteria.checks(session, application_id)}
    assert checks == {"area": "MET", "neutral": "MET", "recommendation": "OPEN", "pledge": "OPEN", "meeting": "OPEN"}
    assert (await staff.post(f"{path}/approve", data=form | today())).status_code == 303


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"check_area": "NOT_MET"}, 'href="#check_area"'),
        ({"check_recommendation": "MET", "by_recommendation": "いない会"}, 'href="#check_recommendation"'),
        ({"check_meeting": "MET"}, 'href="#check_meeting"'),
        ({"check_meeting": "MET", "on_meeting_year": "きのう"}, 'href="#on_meeting"'),
        ({"check_area": "MET", "csrf": "old"}, "もう一度送信してください"),
    ],
)
async def test_a_finding_that_says_too_little_is_refused_and_kept_on_the_page(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant, given: dict[str, str], place: str
) -> None:
    application_id = await make_application(web_database, strict)
    path = f"/staff/applications/{application_id}"
    form = await hidden(staff, path) | {"action": "record", "note_neutral": "残るメモ"}
    answer = await staff.post(f"{path}/checks", data=form | given)
    assert (answer.status_code, place in answer.text, 'value="残るメモ"' in answer.text) == (422, True, True)


async def test_findings_about_a_decided_application_come_too_late(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant
) -> None:
    application_id = await make_member_without_checks(web_database, strict, "もう会員の会")
    token = await hidden(staff, "/staff/applications/new")
    answer = await staff.post(
        f"/staff/applications/{application_id}/checks",
        data={"csrf": token["csrf"], "check_area": "NOT_MET", "note_area": "x"},
    )
    assert answer.status_code == 409


async def chosen(client: httpx.AsyncClient, ids: list[UUID]) -> tuple[dict[str, Any], str]:
    """The preview of a batch: its fields, and its text."""
    form = await hidden(client, "/staff/applications")
    page = await client.post(BATCH, data={"csrf": form["csrf"], "chosen": [str(each) for each in ids]})
    assert page.status_code == 200
    revisions = dict(re.findall(r'type="hidden" name="(revision_[\w-]+)" value="([^"]*)"', page.text))
    return {"csrf": form["csrf"], "chosen": [str(each) for each in ids]} | revisions, page.text


async def test_five_at_once_of_which_one_was_approved_before(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant, settings: Settings
) -> None:
    await make_member(web_database, platform, name="先に承認した会", email="before@npo.example")
    ids = [
        await make_application(web_database, platform, name=f"一括の会{number}", email=f"many{number}@npo.example")
        for number in range(4)
    ]
    async with web_database.read(platform.id) as session:
        [before] = (await application_queries.applications(session, states=[ApplicationState.APPROVED])).items
    # One letter after the other for each receiver, until none is left.
    while await settle(settings, platform):
        continue
    form, preview = await chosen(staff, [*ids, before.id])
    assert ("4件を承認します" in preview, "承認済みのまま" in preview) == (True, True)
    done = await staff.post(f"{BATCH}/approve", data=form | today())
    assert (done.status_code, done.text.count("承認しました</span>"), done.text.count("すでに承認済みでした")) == (
        200,
        4,
        1,
    )
    again = await staff.post(f"{BATCH}/approve", data=form | today())
    assert (again.status_code, again.text.count("すでに承認済みでした")) == (200, 5)
    async with web_database.read(platform.id) as session:
        assert await session.scalar(select(func.count()).select_from(Membership)) == 5
    told = [letter for letter in await settle(settings, platform) if letter.template == "members/application_approved"]
    assert sorted(letter.to_email for letter in told) == [f"many{number}@npo.example" for number in range(4)]


async def test_those_that_cannot_be_approved_are_named_and_the_others_are(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant
) -> None:
    good, bad, changed = [await make_application(web_database, strict, name=f"{name}の会") for name in "良難変"]
    form, preview = await chosen(staff, [good, bad, changed])
    assert "県内で活動している、政治活動を目的としていない" in preview
    async with web_database.write(strict.id) as session:
        negative = Finding(criterion="area", result=CheckResult.NOT_MET, note="県外")
        await screening.record_findings(session, bad, [negative], actor=STAFF)
    path = f"/staff/applications/{changed}"
    await staff.post(f"{path}/take-up", data=await hidden(staff, path))
    done = await staff.post(f"{BATCH}/approve", data=form | today() | {"met": ["area", "neutral"]})
    assert (done.status_code, done.text.count("承認しました</span>"), done.text.count("承認していません</span>")) == (
        409,
        1,
        2,
    )
    assert ("県内で活動している：満たしていない" in done.text, "阿波 緑さんが「確認中」にしました" in done.text) == (
        True,
        True,
    )
    states = [await state_of(web_database, strict, each) for each in (good, bad, changed)]
    assert states == [ApplicationState.APPROVED, ApplicationState.RECEIVED, ApplicationState.IN_REVIEW]


async def test_the_day_of_the_meeting_is_the_day_of_joining_unless_another_is_given(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant
) -> None:
    application_id = await make_application(web_database, strict)
    form, _ = await chosen(staff, [application_id])
    meeting = {"meeting_on_year": "令和8年", "meeting_on_month": "10", "meeting_on_day": "1"}
    done = await staff.post(f"{BATCH}/approve", data=form | meeting | {"met": ["area", "neutral"]})
    assert (done.status_code, "2026年）10月1日" in done.text) == (200, True)
    async with web_database.read(strict.id) as session:
        joined = await session.scalar(select(Membership.joined_on))
        checks = {check.slug: check.happened_on for check in await criteria.checks(session, application_id)}
    assert (str(joined), str(checks["meeting"])) == ("2026-10-01", "2026-10-01")


async def test_a_batch_without_a_date_an_old_form_and_an_empty_choice(
    staff: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    application_id = await make_application(web_database, platform)
    form, _ = await chosen(staff, [application_id])
    dateless = await staff.post(f"{BATCH}/approve", data=form)
    assert (dateless.status_code, 'id="effective_on-error"' in dateless.text) == (422, True)
    assert (await staff.post(f"{BATCH}/approve", data=form | today() | {"csrf": "old"})).status_code == 422
    empty = await staff.post(BATCH, data={"csrf": form["csrf"]})
    assert "申請が選ばれていません" in (await staff.get(empty.headers["location"])).text
    assert (await staff.get(BATCH)).status_code == 303
    strange = await staff.post(BATCH, data={"csrf": form["csrf"], "chosen": ["x", str(uuid4())]})
    assert strange.status_code == 303
    assert await state_of(web_database, platform, application_id) is ApplicationState.RECEIVED


async def test_another_platform_can_approve_none_of_ours(
    client_for: ClientFor, web_database: Database, worker_database: Database, platform: Tenant, site: Site
) -> None:
    application_id = await make_application(web_database, platform)
    other = await make_platform(worker_database)
    await site._reload_hosts()
    foreign = await signed_in(client_for(other), await make_account(worker_database, other, Role.SECRETARIAT))
    token = {"csrf": (await hidden(foreign, "/staff/applications/new"))["csrf"]}
    given = token | {"chosen": str(application_id), f"revision_{application_id}": "2"} | today()
    assert (await foreign.post(f"{BATCH}/approve", data=given)).text.count("承認しました</span>") == 0
    path = f"/staff/applications/{application_id}/checks"
    assert (await foreign.post(path, data=token | {"action": "all"})).status_code == 404
    assert await state_of(web_database, platform, application_id) is ApplicationState.RECEIVED


async def test_the_list_is_as_few_statements_with_fifty_as_with_one(
    staff: httpx.AsyncClient, web_database: Database, strict: Tenant, statements: list[str]
) -> None:
    counts = []
    for more in (1, 12):
        for _ in range(more):
            await make_application(web_database, strict)
        await staff.get("/staff/applications")
        statements.clear()
        assert (await staff.get("/staff/applications")).text.count("残り2") == (1 if more == 1 else 13)
        counts.append(len([each for each in statements if "membership_application" in each]))
    assert counts == [2, 2]
