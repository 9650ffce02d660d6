"""守秘義務の誓約: read and signed before confidential data are shown, again when the 設置要綱 is a new one."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete

from shared.identity.models import Role
from shared.identity.policy import Actor
from shared.kit.content_version import bump
from shared.kit.database.session import Database
from shared.kit.files import FileStore
from shared.kit.settings import Settings
from shared.members import intake, pledges
from shared.members.models import Channel, Organisation, Visibility
from shared.members.name_use import files as name_use_files
from shared.members.notices import service as notices
from shared.tenants.models import Charter, Tenant
from tests.factories.identity import form_token, make_account
from tests.factories.members import make_application, make_member
from tests.factories.name_use import make_name_use, offer_name_use
from tests.factories.screening import PDF
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.member.conftest import person

MOBILE, STREET = "090-1234-5678", "影町9丁目1番地"
DESK = Actor(name="事務局", client_id="desk", roles=frozenset({Role.SECRETARIAT}))


async def sign(client: httpx.AsyncClient, to: str = "", version: str = "2", **more: str) -> httpx.Response:
    form = {"csrf": await form_token(client, "/pledge"), "version": version, "next": to, "agreed": "1"}
    return await client.post("/pledge", data=form | more)


async def new_charter(database: Database, tenant: Tenant) -> None:
    async with database.write(tenant.id) as session:
        session.add(
            Charter(
                version=3, title="新しい要綱", body="## 第3条（守秘義務）\n\n新しい約束\n\n## 第4条（費用）\n\n無料"
            )
        )
        await bump(session)


@pytest.fixture
async def neighbour(worker_database: Database, tenant: Tenant) -> UUID:
    """Shows one number to members only."""
    return await make_member(worker_database, tenant, mobile=MOBILE, visibility={"mobile": Visibility.MEMBERS})


@pytest.fixture
async def shelter(worker_database: Database, tenant: Tenant) -> UUID:
    shelter = await make_member(worker_database, tenant, name="静かな家", address=STREET)
    async with worker_database.write(tenant.id) as session:
        (await session.get_one(Organisation, (tenant.id, shelter))).address_confidential = True
    return shelter


async def test_members_see_each_others_contacts_after_the_pledge_and_come_back(
    manager: httpx.AsyncClient, neighbour: UUID
) -> None:
    path = f"/organisations/{neighbour}"
    before = (await manager.get(path)).text
    assert (MOBILE in before, f'href="/pledge?next={path}"' in before) == (False, True)
    page = (await manager.get(f"/pledge?next={path}")).text
    assert ("第2版" in page, "第1条　目的" in page, f'value="{path}"' in page) == (True, True, True)
    answer = await sign(manager, path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    after = (await manager.get(path)).text
    assert (MOBILE in after, "/pledge?next" in after) == (True, False)


async def test_a_new_charter_asks_again_and_shows_its_clause_alone(
    manager: httpx.AsyncClient, worker_database: Database, tenant: Tenant, neighbour: UUID
) -> None:
    await sign(manager)
    await new_charter(worker_database, tenant)
    assert MOBILE not in (await manager.get(f"/organisations/{neighbour}")).text
    stale = await sign(manager, version="2")
    assert (stale.status_code, "設置要綱が新しくなりました" in stale.text) == (409, True)
    assert ("新しい約束" in stale.text, "無料" in stale.text) == (True, False)
    assert (await sign(manager, version="3")).status_code == 303
    assert MOBILE in (await manager.get(f"/organisations/{neighbour}")).text


async def test_without_the_mark_nothing_is_signed(manager: httpx.AsyncClient, neighbour: UUID) -> None:
    answer = await sign(manager, agreed="")
    assert (answer.status_code, 'id="agreed-error"' in answer.text) == (422, True)
    assert MOBILE not in (await manager.get(f"/organisations/{neighbour}")).text


@pytest.mark.parametrize("place", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"])
async def test_nobody_is_led_elsewhere_by_it(manager: httpx.AsyncClient, place: str) -> None:
    assert '<input type="hidden" name="next" value="">' in (await manager.get("/pledge", params={"next": place})).text
    assert (await sign(manager, place)).headers["location"] == "/member"


async def test_signing_stands_in_the_record_once(manager: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await sign(manager)).status_code == 303
    assert (await staff.get("/staff/record")).text.count("守秘義務の誓約: 署名") == 1


async def test_every_ordinary_page_of_the_desk_opens_without_it(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, shelter: UUID, neighbour: UUID
) -> None:
    application = await make_application(worker_database, tenant)
    for path in (
        "/staff",
        "/staff/organisations",
        f"/staff/organisations/{shelter}",
        f"/staff/organisations/{neighbour}",
        "/staff/applications",
        f"/staff/applications/{application}",
        "/staff/exports/organisations.csv",
        "/staff/exports/applications.csv",
        "/staff/organisations/labels.pdf",
        f"/organisations/{shelter}",
    ):
        answer = await staff.get(path)
        assert (answer.status_code, STREET in answer.text) == (200, False), path
    assert MOBILE in (await staff.get(f"/organisations/{neighbour}")).text


async def test_the_secretariat_learns_where_a_shelter_is_after_the_pledge(
    staff: httpx.AsyncClient, shelter: UUID
) -> None:
    places = [
        f"/staff/organisations/{shelter}",
        f"/organisations/{shelter}",
        "/staff/exports/organisations.csv",
        "/staff/exports/applications.csv",
    ]
    for path in places[:2]:
        assert f"/pledge?next={path}" in (await staff.get(path)).text
    assert (await sign(staff, places[0])).headers["location"] == places[0]
    for path in places:
        assert STREET in (await staff.get(path)).text, path


async def test_papers_and_notices_of_a_shelter_lead_to_the_pledge_and_back(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant, settings: Settings, shelter: UUID
) -> None:
    store = FileStore(settings)
    application = await make_application(worker_database, tenant)
    await offer_name_use(worker_database, tenant)
    asked = await make_name_use(worker_database, tenant, shelter)
    async with worker_database.write(tenant.id) as session:
        scan = await intake.keep_scan(session, store, data=PDF, actor=DESK, application_id=application)
        kept = await name_use_files.keep_scan(session, store, asked.id, data=PDF, actor=DESK)
        change = {"address": "影町8丁目"}
        notice = await notices.submit_change(session, shelter, change, channel=Channel.FAX, actor=DESK)
    guarded = [
        f"/staff/applications/{application}/scans/{scan.id}",
        f"/staff/name-use/{asked.id}/scans/{kept.id}",
        f"/staff/notices/changes/{notice.id}",
        f"/staff/changes/{notice.id}/form1.pdf",
        f"/staff/notices/new/{shelter}/change",
        f"/staff/organisations/{shelter}/form1.pdf",
    ]
    for path in guarded:
        answer = await staff.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/pledge?next={path.replace('/', '%2F')}")
    await sign(staff)
    assert [(await staff.get(path)).status_code for path in guarded] == [200] * len(guarded)


async def graphql(client: httpx.AsyncClient, query: str) -> dict[str, object]:
    answer: dict[str, object] = (await client.post("/graphql", json={"query": query})).json()
    return answer


async def test_programs_of_persons_read_null_until_they_have_signed(
    manager: httpx.AsyncClient, staff: httpx.AsyncClient, neighbour: UUID, shelter: UUID
) -> None:
    contact = f'{{ organisation(id: "{neighbour}") {{ mobile }} }}'
    place = f'{{ organisation(id: "{shelter}") {{ address postalCode municipality }} }}'
    hidden = {"organisation": {"address": None, "postalCode": None, "municipality": None}}
    assert (await graphql(manager, contact))["data"] == {"organisation": {"mobile": None}}
    assert (await graphql(staff, contact))["data"] == {"organisation": {"mobile": MOBILE}}
    assert (await graphql(staff, place))["data"] == hidden
    signing = "mutation { signPledge(input: {charterVersion: %d}) { __typename ... on Pledge { signed } ... on Problem { code } } }"
    assert (await graphql(staff, signing % 1))["data"] == {"signPledge": {"__typename": "Problem", "code": "CONFLICT"}}
    for client in (manager, staff):
        assert (await graphql(client, signing % 2))["data"] == {"signPledge": {"__typename": "Pledge", "signed": True}}
    assert (await graphql(manager, contact))["data"] == {"organisation": {"mobile": MOBILE}}
    seen = {"organisation": {"address": STREET, "postalCode": "770-8570", "municipality": "阿南市"}}
    assert (await graphql(staff, place))["data"] == seen
    assert (await graphql(manager, place))["data"] == hidden


async def test_an_application_of_a_shelter_is_refused_to_programs_of_who_has_not_signed(
    staff: httpx.AsyncClient, shelter: UUID
) -> None:
    page = (await staff.get(f"/staff/organisations/{shelter}")).text
    application = page.split("/staff/applications/")[1][:36]
    query = f'{{ membershipApplication(id: "{application}") {{ details {{ address }} }} }}'
    refused = await graphql(staff, query)
    assert (refused["data"], "PLEDGE_NEEDED" in str(refused["errors"])) == ({"membershipApplication": None}, True)
    await sign(staff)
    assert (await graphql(staff, query))["data"] == {"membershipApplication": {"details": {"address": STREET}}}


async def test_no_notice_tells_where_a_shelter_is_before_the_pledge(
    staff: httpx.AsyncClient, manager: httpx.AsyncClient, worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    async with worker_database.write(tenant.id) as session:
        change = {"address": "影町8丁目"}
        notice = await notices.submit_change(session, shelter, change, channel=Channel.FAX, actor=DESK)
    parts = "__typename ... on Problem { code } ... on ChangeNotice { changes { before } }"
    about = f'organisationId: "{shelter}", address: "影町7丁目", accept: false'
    asked = [
        f"mutation {{ it: submitChangeNotice(input: {{{about}}}) {{ {parts} }} }}",
        f'mutation {{ it: decideChangeNotice(input: {{id: "{notice.id}", decision: REFUSE, message: "x"}}) {{ {parts} }} }}',
        f'mutation {{ it: decideChangeNotice(input: {{id: "{notice.id}", decision: ACCEPT}}) {{ {parts} }} }}',
    ]
    for query in asked:
        assert (await graphql(staff, query))["data"] == {"it": {"__typename": "Problem", "code": "PLEDGE_NEEDED"}}
    typed = {"csrf": await form_token(staff, "/pledge"), "channel": "FAX", "address": "影町7丁目", "key": "k"}
    sent = await staff.post(f"/staff/notices/new/{shelter}/change", data=typed)
    assert (sent.status_code, STREET in sent.text, 'href="/pledge"' in sent.text) == (403, False, True)
    await sign(staff)
    told = {"it": {"__typename": "ChangeNotice", "changes": [{"before": STREET}]}}
    assert [(await graphql(staff, query))["data"] for query in asked[:2]] == [told, told]
    assert (await staff.post(f"/staff/notices/new/{shelter}/change", data=typed)).status_code == 303


async def test_a_shelters_own_manager_needs_no_pledge_for_its_own_address(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, shelter: UUID
) -> None:
    own = await person(client_for, worker_database, tenant, Role.ORGANISATION_MANAGER, shelter)
    about = f'organisationId: "{shelter}", address: "影町7丁目"'
    query = f"mutation {{ it: submitChangeNotice(input: {{{about}}}) {{ ... on ChangeNotice {{ changes {{ before }} }} }} }}"
    assert (await graphql(own, query))["data"] == {"it": {"changes": [{"before": STREET}]}}


async def test_where_there_is_no_charter_nothing_is_held_back_and_nothing_can_be_signed(
    client_for: ClientFor, worker_database: Database, tenant: Tenant, neighbour: UUID, organisation: UUID
) -> None:
    async with worker_database.write(tenant.id) as session:
        await session.execute(delete(Charter).where(Charter.tenant_id == tenant.id))
        await bump(session)
    reader = await person(client_for, worker_database, tenant, Role.ORGANISATION_USER, organisation)
    assert MOBILE in (await reader.get(f"/organisations/{neighbour}")).text
    assert (await reader.get("/pledge")).status_code == 404


async def test_a_program_of_its_own_signs_nothing(worker_database: Database, tenant: Tenant) -> None:
    account = await make_account(worker_database, tenant, Role.SECRETARIAT)
    async with worker_database.read(tenant.id) as session:
        assert await pledges.is_bound(session, DESK)
        assert not await pledges.is_bound(session, Actor(account_id=account.id))
        assert not await pledges.is_bound(session, Actor())


@pytest.mark.parametrize(
    ("body", "clauses"),
    [
        (
            "前文\n\n## 第1条（目的）\n\n目的\n\n## 第2条（守秘義務）\n\n守る\n\n## 第3条\n\n秘密",
            ["## 第2条（守秘義務）\n\n守る"],
        ),
        ("第1条　目的\n第2条　会員は秘密を漏らさない。\n第3条　費用", ["第2条　会員は秘密を漏らさない。"]),
        ("ただの文", ["ただの文"]),
    ],
)
def test_the_clauses_about_secrecy_are_found(body: str, clauses: list[str]) -> None:
    assert [part.strip() for part in [pledges.clauses_of(body)]] == clauses
