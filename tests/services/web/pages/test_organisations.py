"""The directory as the public sees it, and what nobody may find there."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from services.web.site import Site
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import HIDDEN_PHONE, make_member, make_organisation, make_platform
from tests.factories.screening import make_pledge
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


@pytest.fixture
async def visitor(client_for: ClientFor, platform: Tenant) -> httpx.AsyncClient:
    return client_for(platform)


def main_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    return answer.text[answer.text.index('<main id="main"') : answer.text.index("</main>")]


async def test_an_empty_directory_says_what_to_do_next(visitor: httpx.AsyncClient) -> None:
    page = main_of(await visitor.get("/organisations"))
    assert ("まだ掲載されている団体はありません" in page, 'href="/join"' in page) == (True, True)


async def test_a_member_appears_with_its_joining_date_in_both_calendars(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_organisation(
        worker_database,
        platform,
        name="NPO法人You&ゆう",
        kana="ユウ アンド ユウ",
        website="https://youandyou.example/",
        joined_on=clock.today().replace(year=2023, month=2, day=20),
    )
    listed = main_of(await visitor.get("/organisations"))
    assert ("NPO法人You&amp;ゆう" in listed, f"/organisations/{organisation_id}" in listed) == (True, True)
    page = main_of(await visitor.get(f"/organisations/{organisation_id}"))
    assert "令和5年（2023年）2月20日（月）" in page
    assert 'href="https://youandyou.example/"' in page
    assert "デモ" not in page


async def test_invented_organisations_are_marked(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_organisation(worker_database, platform, name="見本の会", joined_on=None, demo=True)
    for path in ("/organisations", f"/organisations/{organisation_id}"):
        assert "デモ" in main_of(await visitor.get(path))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("field=childcare", ["子の会"]),
        ("field=disaster", ["備えの会"]),
        ("category=private", ["子の会", "備えの会"]),
        ("category=npo&field=disaster", []),
        ("municipality=362042", ["子の会"]),
        ("q=食堂", ["子の会"]),
        ("q=見回り&field=disaster", ["備えの会"]),
        ("q=見回り&field=childcare", []),
        ("q=", ["子の会", "備えの会"]),
        ("page=0&field=", ["子の会", "備えの会"]),
        ("page=abc", ["子の会", "備えの会"]),
        ("page=99", []),
        ("q=%00&field=%00", ["子の会", "備えの会"]),
        ("field=childcare&field=disaster&nobody=1", None),
        ("q=" + "あ" * 5000, []),
    ],
)
async def test_filters_and_words_narrow_the_list(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant, query: str, found: list[str] | None
) -> None:
    await make_member(web_database, platform, name="子の会", kana="コノカイ", activities="子ども食堂")
    await make_member(
        web_database,
        platform,
        name="備えの会",
        kana="ソナエノカイ",
        fields=("disaster",),
        category="private",
        municipality_code="",
        activities="見回り",
    )
    page = main_of(await visitor.get(f"/organisations?{query}"))
    if found is not None:
        assert [name for name in ("子の会", "備えの会") if f">{name}</a>" in page] == found
        assert ('class="empty"' in page) == (not found)


async def test_the_list_has_pages_that_keep_the_filter(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    for number in range(21):
        await make_organisation(
            worker_database, platform, name=f"会{number:02}", kana=f"カイ{number:02}", joined_on=None
        )
    first = main_of(await visitor.get("/organisations?q=会"))
    assert ("会20" in first, "q=%E4%BC%9A&amp;page=2" in first) == (False, True)
    assert "会20" in main_of(await visitor.get("/organisations?q=会&page=2"))


async def test_the_list_and_an_organisation_take_two_statements(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant, statements: list[str]
) -> None:
    """The list with the numbers beside the filters, or an organisation, and what stands behind its members."""
    for number in range(5):
        last = await make_organisation(worker_database, platform, name=f"会{number}", joined_on=clock.today())
    await visitor.get("/about")  # the platform's profile is known from now on
    counts = []
    for path in ("/organisations", "/organisations?q=会", f"/organisations/{last}"):
        statements.clear()
        await visitor.get(path)
        counts.append(len(statements))
    assert counts == [2, 2, 2]


async def test_who_has_left_is_gone_and_who_comes_later_is_announced(
    visitor: httpx.AsyncClient, worker_database: Database, platform: Tenant
) -> None:
    today = clock.today()
    left = await make_organisation(
        worker_database, platform, name="去った会", joined_on=today - timedelta(days=9), left_on=today
    )
    later = await make_organisation(worker_database, platform, name="来る会", joined_on=today + timedelta(days=9))
    assert (await visitor.get(f"/organisations/{left}")).status_code == 404
    assert "参加予定日" in main_of(await visitor.get(f"/organisations/{later}"))
    assert "来る会" not in main_of(await visitor.get("/organisations"))


async def test_a_hidden_contact_is_on_no_public_page_feed_or_search(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(
        web_database,
        platform,
        address="秘密の避難先1丁目",
        email="canary@hidden.example",
        contact_name="かくれた 人",
        visibility={"phone": "MEMBERS"},
    )
    canaries = (HIDDEN_PHONE, "秘密の避難先", "canary@hidden.example", "かくれた 人", "髙橋 明")
    for path in (
        "/",
        "/organisations",
        f"/organisations/{organisation_id}",
        f"/organisations?q={HIDDEN_PHONE}",
        "/organisations?q=避難先",
        f"/search?q={HIDDEN_PHONE}",
        "/search?q=つなぐ",
        "/search?q=避難先",
        "/feed.atom",
        "/about",
    ):
        answer = await visitor.get(path)
        body = answer.text.replace(f'value="{HIDDEN_PHONE}"', "")
        assert [canary for canary in canaries if canary in body and canary not in path] == [], path
    assert "見つかりませんでした" in main_of(await visitor.get(f"/organisations?q={HIDDEN_PHONE}"))


async def test_programs_find_no_hidden_contact_either(
    visitor: httpx.AsyncClient, web_database: Database, platform: Tenant
) -> None:
    await make_member(web_database, platform, visibility={"email": "MEMBERS"}, email="canary@hidden.example")
    query = """{ organisations { nodes { name representativeName contactName postalCode address phone mobile fax email } }
        search(text: "2179") { totalCount } }"""
    answer = (await visitor.post("/graphql", json={"query": query})).json()
    [node] = answer["data"]["organisations"]["nodes"]
    assert [field for field, value in node.items() if value] == ["name"]
    assert answer["data"]["search"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.SECRETARIAT, ["090-1234-5678", HIDDEN_PHONE]),
        (Role.ORGANISATION_USER, ["090-1234-5678"]),
        (Role.CASEWORKER, []),
    ],
)
async def test_members_and_the_secretariat_see_more_and_leave_nothing_in_the_cache(
    client_for: ClientFor,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    role: Role,
    seen: list[str],
) -> None:
    own = await make_member(web_database, platform)
    organisation_id = await make_member(
        web_database, platform, mobile="090-1234-5678", visibility={"mobile": "MEMBERS"}
    )
    of = own if role is Role.ORGANISATION_USER else None
    account = await make_account(worker_database, platform, role, organisation_id=of)
    await make_pledge(worker_database, platform, account)
    path = f"/organisations/{organisation_id}"
    insider = await signed_in(client_for(platform), account)
    page = main_of(await insider.get(path))
    assert [phone for phone in ("090-1234-5678", HIDDEN_PHONE) if phone in page] == seen
    stranger = main_of(await client_for(platform).get(path))
    assert ("090-1234-5678" in stranger, HIDDEN_PHONE in stranger) == (False, False)


async def test_missing_and_foreign_organisations_look_the_same(
    visitor: httpx.AsyncClient,
    client_for: ClientFor,
    web_database: Database,
    worker_database: Database,
    platform: Tenant,
    site: Site,
) -> None:
    foreign = await make_member(web_database, platform)
    other = client_for(await make_platform(worker_database))
    await site._reload_hosts()
    missing = uuid4()
    pages = [await other.get(f"/organisations/{each}") for each in (foreign, missing)]
    assert [page.status_code for page in pages] == [404, 404]
    assert pages[0].text.replace(str(foreign), str(missing)) == pages[1].text
    assert (await visitor.get("/organisations/not-an-id")).status_code == 404
