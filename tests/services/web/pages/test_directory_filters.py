"""The directory's form: five filters with counts, the rows of the kana table, the map, and names that were misspelt."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from lxml import html

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.members.umbrella import service
from shared.tenants.models import Level, Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import STAFF, make_member, make_organisation, make_platform
from tests.factories.screening import make_pledge
from tests.services.web.conftest import ClientFor


@pytest.fixture
async def platform(worker_database: Database, site: Site) -> Tenant:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    return tenant


async def tag(database: Database, tenant: Tenant, organisation_id: UUID, **said: Any) -> None:
    values: dict[str, Any] = {"audiences": [], "resources": [], "address_confidential": False, "reason": ""} | said
    async with database.write(tenant.id) as session:
        await service.describe_for_directory(session, actor=STAFF, organisation_id=organisation_id, **values)


async def shown(client: httpx.AsyncClient, **query: str) -> Any:
    answer = await client.get("/organisations", params=query)
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def options(document: Any, name: str) -> list[str]:
    return [option.text for option in document.xpath(f"//select[@name='{name}']/option")][1:]


def names(document: Any) -> list[str]:
    return [str(name) for name in document.xpath("//li[contains(@class,'card')]//h3/a/text()")]


async def test_each_option_says_how_many_there_are_under_the_other_filters(
    client_for: ClientFor, web_database: Database, platform: Tenant
) -> None:
    first = await make_member(web_database, platform, name="一の会", kana="ア", fields=("childcare",), category="npo")
    second = await make_member(
        web_database, platform, name="二の会", kana="イ", fields=("childcare", "disaster"), category="private"
    )
    await make_member(web_database, platform, name="三の会", kana="ウ", fields=("disaster",), municipality_code="")
    await tag(web_database, platform, first, audiences=["children", "elderly"], resources=["people"])
    await tag(web_database, platform, second, audiences=["elderly"], resources=["place", "people"])
    client = client_for(platform)
    everything = await shown(client)
    assert options(everything, "field") == ["子育て（2）", "防災（2）"]
    assert options(everything, "category") == ["民間団体（3）", "　NPO法人（2）"]
    assert options(everything, "municipality") == ["阿南市（2）"]
    assert options(everything, "audience") == ["子ども（1）", "高齢の方（2）"]
    assert options(everything, "resource") == ["人（2）", "場所（1）"]
    narrowed = await shown(client, field="disaster", resource="people")
    assert names(narrowed) == ["二の会"]
    assert options(narrowed, "field") == ["子育て（2）", "防災（1）"]
    assert options(narrowed, "resource") == ["人（1）", "場所（1）"]
    assert options(narrowed, "category") == ["民間団体（1）"]
    none = await shown(client, audience="children", resource="place")
    assert (names(none), options(none, "audience"), options(none, "resource")) == (
        [],
        ["高齢の方（1）", "子ども（0）"],
        ["人（1）", "場所（0）"],
    )


async def test_the_rows_of_the_kana_table_lead_to_their_page(
    client_for: ClientFor, worker_database: Database, platform: Tenant
) -> None:
    for number in range(19):
        await make_organisation(worker_database, platform, name=f"あ{number}", kana=f"アイ{number:02}", joined_on=None)
    for name, kana in (
        ("が", "ガ"),
        ("ぱ", "パ"),
        ("ん", "ン"),
        ("デ", "デモ エヌピーオーホウジン ハナ"),
        ("無", None),
    ):
        await make_organisation(worker_database, platform, name=name, kana=kana, joined_on=None)
    document = await shown(client_for(platform))
    jumps = document.xpath("//nav[@aria-label='よみの行へ進む']//a")
    assert [(jump.text, jump.get("href")) for jump in jumps] == [
        ("あ", "/organisations#row-あ"),
        ("か", "/organisations#row-か"),
        ("は", "/organisations?page=2#row-は"),
        ("わ", "/organisations?page=2#row-わ"),
        ("他", "/organisations?page=2#row-他"),
    ]
    second = await shown(client_for(platform), page="2")
    assert second.xpath("//li[contains(@class,'card')]/@id") == ["row-は", "row-わ", "row-他"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("松原昭", ["松原 明"]), ("ひだまりた食堂", ["NPO法人ひだまり食堂"]), ("ひだまり", []), ("明", [])],
)
@pytest.mark.parametrize("path", ["/organisations", "/search"])
async def test_a_name_nearly_right_is_offered_where_little_is_found(
    client_for: ClientFor, web_database: Database, platform: Tenant, path: str, typed: str, meant: list[str]
) -> None:
    await make_member(
        web_database,
        platform,
        name="NPO法人ひだまり食堂",
        representative_name="松原 明",
        visibility={"representative_name": "PUBLIC"},
    )
    await make_member(web_database, platform, name="静かな会", representative_name="松原 朋", visibility={})
    document = html.fromstring((await client_for(platform).get(path, params={"q": typed})).text)
    assert document.xpath("//p[contains(., 'もしかして')]/a/text()") == meant


async def test_the_map_and_its_table_show_the_same_numbers_under_the_filters(
    client_for: ClientFor, worker_database: Database, web_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database, level=Level.PREFECTURE, code="360007")
    await site._reload_hosts()
    await make_member(web_database, tenant, fields=("childcare",))
    await make_member(web_database, tenant, fields=("disaster",))
    for query, count in (({}, "2"), ({"field": "disaster"}, "1")):
        document = await shown(client_for(tenant), **query)
        table = {row.xpath("string(th)"): row.xpath("string(td)") for row in document.xpath("//tbody/tr")}
        texts = [
            text.text
            for text in document.xpath("//*[local-name()='svg' and contains(@class,'tiles')]/*[local-name()='text']")
        ]
        tiles = dict(zip(texts[::2], texts[1::2], strict=True))
        assert (table, tiles["阿南市"]) == ({"阿南市": count}, count)


async def test_a_confidential_place_is_nowhere_but_with_the_secretariat_that_has_promised_secrecy(
    client_for: ClientFor, web_database: Database, worker_database: Database, platform: Tenant
) -> None:
    shelter = await make_member(
        web_database,
        platform,
        name="静かな家",
        address="影町9丁目1番地",
        visibility={"address": "PUBLIC", "phone": "PUBLIC"},
    )
    await tag(web_database, platform, shelter, address_confidential=True, reason="避難先のため")
    own = await make_account(worker_database, platform, Role.ORGANISATION_USER, organisation_id=shelter)
    staff = await make_account(worker_database, platform, Role.SECRETARIAT)
    sworn = await make_account(worker_database, platform, Role.SECRETARIAT)
    await make_pledge(worker_database, platform, sworn)
    query = """{ organisations { nodes { phone address postalCode municipality municipalityCode } }
      there: organisations(filter: {municipalities: ["阿南市"]}) { totalCount } }"""
    seen = {}
    people = {"a stranger": None, "itself": own, "who has promised nothing": staff, "the secretariat": sworn}
    for who, account in people.items():
        client = client_for(platform)
        if account:
            client = await signed_in(client, account)
        item = (await client.get(f"/organisations/{shelter}")).text
        document = await shown(client)
        data = (await client.post("/graphql", json={"query": query})).json()["data"]
        seen[who] = (
            "影町" in item,
            "阿南市" in item,
            options(document, "municipality"),
            names(await shown(client, municipality="362042")),
            [value for key, value in data["organisations"]["nodes"][0].items() if key != "phone"],
            data["there"]["totalCount"],
        )
        assert data["organisations"]["nodes"][0]["phone"] == "088-621-2179"
    hidden: tuple[Any, ...] = (False, False, [], [], [None, None, None, None], 0)
    assert seen == {
        "a stranger": hidden,
        "itself": hidden,
        "who has promised nothing": hidden,
        "the secretariat": (
            True,
            True,
            ["阿南市（1）"],
            ["静かな家"],
            ["影町9丁目1番地", "770-8570", "阿南市", "362042"],
            1,
        ),
    }


async def test_the_reach_is_one_figure_with_its_date(
    client_for: ClientFor, web_database: Database, platform: Tenant
) -> None:
    assert "声が届きます" not in (await client_for(platform).get("/organisations")).text
    parent = await make_member(web_database, platform)
    async with web_database.write(platform.id) as session:
        await service.declare_affiliates(
            session,
            actor=STAFF,
            organisation_id=parent,
            count=700,
            unit="社",
            approximate=True,
            as_of=date(2023, 2, 20),
        )
    listed = (await client_for(platform).get("/organisations")).text
    page = (await client_for(platform).get(f"/organisations/{parent}")).text
    assert ("約701</span>" in listed, "約700社</span>" in page) == (True, True)
    assert "令和5年（2023年）2月20日（月）現在" in page
    answer = await client_for(platform).post(
        "/graphql",
        json={
            "query": f'{{ reach {{ count approximate }} affiliates(id: "{parent}") {{ declared {{ count unit asOf }} }} }}'
        },
    )
    assert answer.json()["data"] == {
        "reach": {"count": 701, "approximate": True},
        "affiliates": {"declared": {"count": 700, "unit": "社", "asOf": "2023-02-20"}},
    }
