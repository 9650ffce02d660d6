"""The directory and the ledger: who is listed, what can be found, and who may see which column."""

from datetime import date, timedelta

import pytest

from shared.kit import clock
from shared.kit.database.session import Database
from shared.kit.refusals import NotFound
from shared.members import directory, queries
from shared.members.directory import Directory
from shared.members.filters import Wanted
from shared.members.models import CONTACT_COLUMNS, Visibility
from shared.tenants import queries as tenants
from shared.tenants.models import Tenant
from tests.factories.members import HIDDEN_PHONE, make_member, make_organisation, make_platform


@pytest.fixture
async def platform(worker_database: Database) -> Tenant:
    return await make_platform(worker_database)


async def listed(database: Database, tenant: Tenant, **filters: object) -> list[str]:
    async with database.read(tenant.id) as session:
        page: Directory = await directory.listed(session, Wanted(**filters))  # type: ignore[arg-type]
    assert page.total == len(page.items)
    return [item.name for item in page.items]


async def test_members_of_today_and_undated_organisations_are_listed_in_the_order_of_their_kana(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    today = clock.today()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    for name, kana, joined, left in [
        ("去った会", "ア", yesterday, today),
        ("三番", "ン", today, None),
        ("一番", "アワ", None, None),
        ("二番", "カ", yesterday, tomorrow),
        ("これからの会", "イ", tomorrow, None),
        ("四番", None, yesterday, None),
    ]:
        await make_organisation(worker_database, platform, name=name, kana=kana, joined_on=joined, left_on=left)
    assert await listed(web_database, platform) == ["一番", "二番", "三番", "四番"]


async def test_the_ledger_answers_for_any_day(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    start, end = date(2023, 2, 20), date(2024, 4, 26)
    await make_organisation(worker_database, platform, name="残る会", joined_on=start)
    await make_organisation(worker_database, platform, name="去る会", joined_on=start, left_on=end)
    days = [start - timedelta(days=1), start, end - timedelta(days=1), end]
    async with web_database.read(platform.id) as session:
        counts = [await queries.member_count(session, day) for day in days]
    assert [(count.count, count.unit) for count in counts] == [(0, "団体"), (2, "団体"), (2, "団体"), (1, "団体")]


async def test_filters_of_one_kind_widen_and_of_two_kinds_narrow(web_database: Database, platform: Tenant) -> None:
    await make_member(web_database, platform, name="子の会", kana="ア", fields=("childcare",), category="npo")
    await make_member(web_database, platform, name="防災の会", kana="イ", fields=("disaster",), category="private")
    await make_member(
        web_database, platform, name="両方の会", kana="ウ", fields=("childcare", "disaster"), municipality_code=""
    )
    assert await listed(web_database, platform, fields=["childcare"]) == ["子の会", "両方の会"]
    assert await listed(web_database, platform, fields=["childcare", "disaster"]) == ["子の会", "防災の会", "両方の会"]
    assert await listed(web_database, platform, categories=["private"]) == ["子の会", "防災の会", "両方の会"]
    assert await listed(web_database, platform, categories=["npo"], municipalities=["362042"]) == ["子の会"]
    assert await listed(web_database, platform, fields=["nobody"]) == []


async def test_filters_may_be_named_by_slug_id_or_name(web_database: Database, platform: Tenant) -> None:
    await make_member(web_database, platform, name="子の会", fields=("childcare",), category="npo")
    await make_organisation(web_database, platform, name="他の会", joined_on=None)
    async with web_database.read(platform.id) as session:
        profile = await tenants.profile(session)
    field = next(field for field in profile.fields if field.slug == "childcare")
    category = next(category for category in profile.categories if category.slug == "private")
    for given in (field.slug, str(field.id), field.name):
        assert await listed(web_database, platform, fields=[given]) == ["子の会"]
    for given in (category.slug, str(category.id), category.name):
        assert await listed(web_database, platform, categories=[given]) == ["子の会"]
    for given in ("362042", "阿南市"):
        assert await listed(web_database, platform, municipalities=[given]) == ["子の会"]


@pytest.mark.parametrize("typed", ["こども食堂", "ｺﾄﾞﾓ", "You＆ゆう", "髙", "孤独孤立", "子育て", "食"])
async def test_the_search_finds_as_people_type(web_database: Database, platform: Tenant, typed: str) -> None:
    await make_member(
        web_database, platform, name="NPO法人You&ゆう", appeal="髙橋が始めた子ども食堂です。孤独・孤立をなくします。"
    )
    await make_member(
        web_database, platform, name="別の会", fields=("disaster",), activities="見回り", audience="", visibility={}
    )
    assert await listed(web_database, platform, search=typed) == ["NPO法人You&ゆう"]


@pytest.mark.parametrize("typed", ["", "  ", "！", "'; DROP TABLE", "あ" * 5000, "\x00"])
async def test_odd_searches_are_harmless(web_database: Database, platform: Tenant, typed: str) -> None:
    assert await listed(web_database, platform, search=typed) == []


async def test_each_column_is_shown_to_its_audience_only(web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(
        web_database,
        platform,
        mobile="090-1234-5678",
        fax="088-621-2180",
        visibility={"phone": "SECRETARIAT", "mobile": "MEMBERS", "fax": "PUBLIC", "address": "PUBLIC"},
    )
    seen = {}
    for audience in Visibility:
        async with web_database.read(platform.id) as session:
            view = await queries.organisation(session, organisation_id, audience)
            [line] = (await directory.listed(session, audience=audience)).items
        assert line == view
        seen[audience] = {column for column in CONTACT_COLUMNS if getattr(view, column)}
    assert seen == {
        Visibility.PUBLIC: {"fax", "address"},
        Visibility.MEMBERS: {"fax", "address", "mobile"},
        Visibility.SECRETARIAT: set(CONTACT_COLUMNS),
    }


async def test_what_belongs_to_a_hidden_column_is_hidden_with_it(web_database: Database, platform: Tenant) -> None:
    organisation_id = await make_member(web_database, platform, visibility={})
    async with web_database.read(platform.id) as session:
        view = await queries.organisation(session, organisation_id)
    assert (view.postal_code, view.representative_title, view.contact_department) == (None, None, None)


async def test_a_hidden_column_cannot_be_searched(web_database: Database, platform: Tenant) -> None:
    await make_member(web_database, platform)
    for typed in (HIDDEN_PHONE, "2179", "万代町", "﨑山"):
        assert await listed(web_database, platform, search=typed) == []


async def test_a_representative_is_found_by_name_when_public(web_database: Database, platform: Tenant) -> None:
    await make_member(web_database, platform, name="名を出す会", visibility={"representative_name": "PUBLIC"})
    await make_member(web_database, platform, name="名を出さない会", visibility={"representative_name": "MEMBERS"})
    assert await listed(web_database, platform, search="髙橋") == ["名を出す会"]


async def test_pages_of_the_list_know_the_total(web_database: Database, platform: Tenant) -> None:
    for kana in "アイウ":
        await make_member(web_database, platform, kana=kana)
    async with web_database.read(platform.id) as session:
        pages = [await directory.listed(session, first=2, offset=offset) for offset in (0, 2, 4)]
    assert [(page.total, [item.kana for item in page.items]) for page in pages] == [
        (3, ["ア", "イ"]),
        (3, ["ウ"]),
        (3, []),
    ]


async def test_facets_count_what_is_listed(web_database: Database, platform: Tenant) -> None:
    await make_member(web_database, platform, fields=("childcare", "disaster"))
    await make_member(web_database, platform, municipality_code="", category="private")
    async with web_database.read(platform.id) as session:
        facets = await directory.browse(session)
    assert facets.total == 2
    assert [(each.value, each.name, each.count) for each in facets.fields] == [
        ("childcare", "子育て", 2),
        ("disaster", "防災", 1),
    ]
    assert [(each.value, each.count) for each in facets.categories] == [("private", 2), ("npo", 1)]
    assert [(each.name, each.count) for each in facets.municipalities] == [("阿南市", 1)]


async def test_another_platforms_organisation_is_not_found(
    web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    organisation_id = await make_member(web_database, platform)
    other = await make_platform(worker_database)
    async with web_database.read(other.id) as session:
        with pytest.raises(NotFound):
            await queries.organisation(session, organisation_id, Visibility.SECRETARIAT)
