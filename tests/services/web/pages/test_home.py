"""The first page: what the platform is, what happens next, who takes part; few statements, in the tenant's dress."""

from datetime import date, timedelta
from typing import Any

from lxml import html
from sqlalchemy import update

from services.web.pages.public.home import series_of
from services.web.site import Site
from shared.kit import clock
from shared.kit.database.session import NATIONAL, Database
from shared.tenants import queries
from shared.tenants.models import Field, Figure, Tenant
from tests.factories.content import make_announcement
from tests.factories.events import make_event
from tests.factories.members import make_member, make_platform
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.statements import counted


async def first_page(client_for: ClientFor, tenant: Tenant, site: Site, preferences: str = "") -> Any:
    await site._reload_hosts()
    answer = await client_for(tenant).get("/", headers={"cookie": f"preferences={preferences}"})
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def headings(document: Any, level: str = "h2") -> list[str]:
    return [heading.text_content().strip() for heading in document.xpath(f"//main//{level}")]


async def test_a_new_platform_has_a_whole_page(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    tenant = await make_tenant(worker_database, slogan="だれもひとりにしない町へ")
    document = await first_page(client_for, tenant, site)
    assert headings(document, "h1") == [tenant.name]
    assert document.xpath("string(//*[@class='hero__slogan'])").strip() == "だれもひとりにしない町へ"
    assert headings(document) == ["行事", "お知らせ", "数字で見る"]
    assert len(document.xpath("//*[@class='empty']")) == 2


async def test_the_order_is_help_events_news_numbers_fields(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database, help_line={"title": "相談したい方へ", "phone": "0120-000-000"})
    await make_announcement(worker_database, tenant, title="冬の予定")
    seminar = await make_event(worker_database, tenant, title="第3回セミナー")
    document = await first_page(client_for, tenant, site)
    assert headings(document)[:5] == [
        "相談したい方へ",
        "これからの行事",
        "お知らせ",
        "数字で見る",
        "会員が活動している分野",
    ]
    assert document.xpath(f"string(//a[@href='/events/{seminar.id}'])") == "第3回セミナー"
    assert document.xpath("string(//ol[@class='news-list']//a)") == "冬の予定"
    assert document.xpath("string(//a[@href='tel:0120-000-000'])") == "0120-000-000"


async def test_past_events_fill_the_place_of_coming_ones(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    await make_event(worker_database, tenant, title="第1回情報交換会", starts_at=clock.now() - timedelta(days=40))
    document = await first_page(client_for, tenant, site)
    assert headings(document)[0] == "これまでの行事"
    assert document.xpath("string(//p[@class='event-list__title'])") == "第1回情報交換会"


async def test_drafts_are_for_nobody(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    tenant = await make_tenant(worker_database)
    await make_announcement(worker_database, tenant, title="ひみつの下書き", published=False)
    await make_event(worker_database, tenant, title="ひみつの行事", published=False)
    document = await first_page(client_for, tenant, site)
    assert "ひみつ" not in document.text_content()


async def test_the_map_has_a_dot_for_each_member_of_a_field(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    await make_member(worker_database, tenant)
    document = await first_page(client_for, tenant, site)
    shown = {
        item.xpath("string(*[contains(@class, 'field-map__name')])"): (
            len(item.xpath(".//i[not(@class)]")),
            item.xpath("string(*[@class='field-map__count'])"),
        )
        for item in document.xpath("//li[contains(@class, 'field-map__item')]")
    }
    assert sorted(shown.values()) in ([(0, "これから"), (1, "1団体")], [(1, "1団体"), (1, "1団体")])
    assert document.xpath("string(//a[@href='/organisations'][ancestor::main])") == "参加団体の一覧"


async def test_numbers_carry_their_unit_and_their_date(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        for ordinal, (value, day) in enumerate([(90, date(2023, 2, 20)), (95, date(2023, 7, 14))]):
            session.add(Figure(name="参加団体数", value=value, unit="団体", as_of=day, ordinal=ordinal))
    document = await first_page(client_for, tenant, site)
    number = document.xpath("//li[@class='number']")[0].text_content()
    assert ["95団体" in number, "令和5年（2023年）7月14日（金）現在" in number, "令和5年2月20日 90団体" in number] == [
        True
    ] * 3


async def test_a_number_as_it_stood_last_comes_before_what_it_was(
    web_database: Database, worker_database: Database
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add(Figure(name="参加団体数", value=90, unit="団体", as_of=date(2023, 2, 20), ordinal=1))
        session.add(Figure(name="参加団体数", value=95, unit="団体", as_of=date(2023, 7, 14), ordinal=2))
        session.add(Figure(name="参加者", value=30, unit="人", as_of=date(2023, 4, 21), ordinal=3))
    async with web_database.read(tenant.id) as session:
        series = series_of(await queries.profile(session))
    assert [(each.latest.value, [old.value for old in each.earlier]) for each in series] == [(95, [90]), (30, [])]


async def test_a_cold_page_costs_six_statements_at_most_and_a_warm_one_none(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    for number in range(5):
        await make_announcement(worker_database, tenant)
        await make_event(worker_database, tenant, starts_at=clock.now() - timedelta(days=10 + number))
    await make_member(worker_database, tenant)
    await site._reload_hosts()
    client = client_for(tenant)
    with counted(site.database) as cold:
        await client.get("/")
    with counted(site.database) as warm:
        await client.get("/")
    assert (len(cold), warm) == (6, [])


async def test_easy_japanese_changes_the_sentence_where_there_is_one(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database, lead_easy="ひとりで こまっている 人を たすけます。")
    document = await first_page(client_for, tenant, site, preferences="easy=1")
    assert document.xpath("string(//*[@class='hero__lead'])") == "ひとりで こまっている 人を たすけます。"


async def test_what_a_tenant_writes_is_text_and_never_markup(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(NATIONAL) as session:
        await session.execute(update(Tenant).where(Tenant.id == tenant.id).values(slogan="<script>alert(1)</script>"))
    async with worker_database.write(tenant.id) as session:
        session.add(Field(slug="x", name="<b>分野</b>", ordinal=1))
    document = await first_page(client_for, tenant, site)
    assert document.xpath("//main//script | //main//b") == []
