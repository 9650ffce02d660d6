"""/about, /charter and the standing pages."""

from datetime import date, datetime
from typing import Any

from lxml import html

from services.web.site import Site
from shared.content.models import Page
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Category, Charter, Contact, Field, ProfileItem, ProfileKind, Tenant
from tests.factories.events import make_event
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor


async def read(client_for: ClientFor, tenant: Tenant, site: Site, path: str, preferences: str = "") -> Any:
    await site._reload_hosts()
    answer = await client_for(tenant).get(path, headers={"cookie": f"preferences={preferences}"})
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def texts(document: Any, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in document.xpath(path)]


async def test_everything_the_profile_says_is_on_the_page_under_a_heading_of_the_contents(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database, vision="支え合う町", founded_on=date(2023, 2, 20), fields_open=True)
    async with worker_database.write(tenant.id) as session:
        for kind in ProfileKind:
            session.add(
                ProfileItem(kind=kind, ordinal=1, label="①", title=f"{kind.value}の題", points=["ひとつ目の点"])
            )
        session.add(Field(slug="education", name="教育", ordinal=1))
        session.add(Charter(version=1, title="設置要綱", body="## 第1条"))
    document = await read(client_for, tenant, site, "/about")
    linked = [link.get("href")[1:] for link in document.xpath("//nav[@class='about__contents']//a")]
    assert linked == document.xpath("//main//section/h2/@id")
    shown = document.text_content()
    assert [kind for kind in ProfileKind if f"{kind.value}の題" not in shown] == []
    assert ["令和5年（2023年）2月20日（月）" in shown, "ここに挙げたものに限りません" in shown] == [True, True]


async def test_the_story_is_told_from_the_beginning(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database, founded_on=date(2023, 2, 20))
    for title, day in (("第1回セミナー", 6), ("準備会合", 1)):
        starts_at = datetime(2023, day, 3, 13, 30, tzinfo=clock.JST)
        await make_event(worker_database, tenant, title=title, starts_at=starts_at)
    document = await read(client_for, tenant, site, "/about")
    assert texts(document, "//ol[@class='story']/li/span") == ["準備会合", f"{tenant.short_name} 設立", "第1回セミナー"]


async def test_categories_are_a_tree_with_its_open_ends(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        parent = Category(slug="support", name="民間団体", open_ended=True, ordinal=1)
        session.add(parent)
        await session.flush()
        session.add(Category(slug="npo", name="NPO法人", parent_id=parent.id, ordinal=2))
    document = await read(client_for, tenant, site, "/about")
    assert texts(document, "//ul[@class='tree']/li/span") == ["民間団体"]
    assert texts(document, "//ul[@class='tree']/li/ul/li") == ["NPO法人", "等"]


async def test_a_desk_of_yesterday_is_history_and_never_the_contact(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        old = {"purpose": "入会", "department": "国保課", "phone": "088-000-0001", "valid_to": date(2024, 3, 31)}
        session.add(Contact(**old, ordinal=1))
        session.add(Contact(purpose="入会", department="地域共生課", phone="088-000-0002", ordinal=2))
    document = await read(client_for, tenant, site, "/about")
    assert texts(document, "//footer//p[@class='contact__desk']") == ["地域共生課"]
    assert texts(document, "//details//p[@class='contact__desk']") == ["国保課"]
    assert texts(document, "//details/div/div/p[@class='meta']") == ["〜令和6年（2024年）3月31日（日）"]


async def test_the_charter_in_force_is_shown_and_older_ones_say_that_they_are_old(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add(Charter(version=1, title="設置要綱", body="## 旧第1条", adopted_on=date(2023, 2, 20)))
        session.add(Charter(version=2, title="設置要綱", body="## 第1条\n\n<script>x</script>"))
    now = await read(client_for, tenant, site, "/charter")
    assert (texts(now, "//article//h2"), now.xpath("//article//script")) == (["第1条"], [])
    old = await read(client_for, tenant, site, "/charter/1")
    assert texts(old, "//strong") == ["これは古い版です。"]
    assert (await client_for(tenant).get("/charter/3")).status_code == 404


async def test_a_platform_without_a_charter_says_so(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    document = await read(client_for, await make_tenant(worker_database), site, "/charter")
    assert texts(document, "//h1") == ["設置要綱"]
    assert "まだ公開されていません" in document.text_content()


async def test_standing_pages_have_a_text_before_anybody_wrote_one(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    access = await read(client_for, tenant, site, "/accessibility")
    privacy = await read(client_for, tenant, site, "/privacy")
    assert "JIS X 8341-3:2016" in access.text_content()
    assert texts(privacy, "//h2")[:2] == ["お預かりする情報", "使いみち"]
    easy = await read(client_for, tenant, site, "/privacy", preferences="easy=1")
    assert texts(easy, "//main//h2")[0] == "あなたの 情報を 大切に します"


async def test_the_tenants_own_text_comes_first_and_a_missing_easy_one_is_said(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_tenant(worker_database)
    async with worker_database.write(tenant.id) as session:
        session.add(Page(slug="privacy", title="私たちの約束", body="## 約束", updated_at=clock.now()))
    document = await read(client_for, tenant, site, "/privacy", preferences="easy=1")
    assert texts(document, "//h1") == ["私たちの約束"]
    assert texts(document, "//p[contains(@class, 'easy-note')]") == [
        "やさしい日本語の文章は準備中です。ふつうの文章を表示しています。"
    ]
