"""What everybody may ask, in how many statements, and from whose memory."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.web.site import Site
from shared.events.models import EventKind
from shared.identity.models import Role
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.content import make_announcement, make_media
from tests.factories.events import make_event
from tests.factories.members import make_member, make_organisation, make_platform
from tests.factories.tenants import make_tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, ask, bearer, data

EVENTS = """{ events(first: 20) { totalCount nodes { id kind status phase title startsAt endsAt venue organiser { name } url
  flyer { url alt } report { body photos { caption image { url } } }
  sessions { __typename ordinal label title minutes appearances { personName roleLabel affiliation } } } } }"""


async def test_a_platform_tells_who_it_is(client_for: ClientFor, town: Tenant) -> None:
    query = "{ tenant { slug code level name parent { slug } children { slug } aliases theme { key } fields { id } } }"
    assert (await data(client_for(town), query))["tenant"] == {
        "slug": town.slug,
        "code": town.code,
        "level": "MUNICIPALITY",
        "name": town.name,
        "parent": {"slug": "national"},
        "children": [],
        "aliases": [],
        "theme": {"key": "#1a3a6c"},
        "fields": [],
    }


async def test_categories_are_a_tree(client_for: ClientFor, worker_database: Database, site: Site) -> None:
    platform = await make_platform(worker_database)
    await site._reload_hosts()
    answer = await data(client_for(platform), "{ tenant { categories { slug parent { slug parent { id } } } } }")
    assert answer["tenant"]["categories"] == [
        {"slug": "private", "parent": None},
        {"slug": "npo", "parent": {"slug": "private", "parent": None}},
    ]


async def test_platforms_are_found_by_level_and_parent(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    query = "query ($parent: String) { tenants(level: MUNICIPALITY, parent: $parent) { slug url parent { slug } } }"
    quarter = await make_tenant(worker_database, parent_id=town.id)
    found = (await data(client_for(town), query, {"parent": town.slug}))["tenants"]
    address = f"http://{quarter.slug}.localhost:8000"
    assert found == [{"slug": quarter.slug, "url": address, "parent": {"slug": town.slug}}]
    assert (await data(client_for(town), query, {"parent": quarter.slug}))["tenants"] == []


async def test_events_come_with_their_parts_and_pictures_in_one_statement(
    client_for: ClientFor, worker_database: Database, town: Tenant, site: Site, statements: list[str]
) -> None:
    flyer = await make_media(worker_database, town, site.files, alt="講座のちらし")
    for _ in range(3):
        event = await make_event(worker_database, town, flyer_id=flyer.id)
    await make_event(worker_database, town, published=False)
    await site.profile(town.id)
    statements.clear()
    listed = (await data(client_for(town), EVENTS))["events"]
    assert (len(statements), listed["totalCount"]) == (1, 3)
    last = listed["nodes"][-1]
    assert last["url"] == f"http://{town.slug}.localhost:8000/events/{event.id}"
    assert last["flyer"]["alt"] == "講座のちらし"
    assert last["flyer"]["url"].startswith(f"http://{town.slug}.localhost:8000/media/{flyer.id}/1200?v=")
    assert (last["startsAt"][-6:], last["report"]) == ("+09:00", None)
    person = {"personName": "試験 太郎", "roleLabel": "講師", "affiliation": "試験大学"}
    assert last["sessions"] == [
        {
            "__typename": "Session",
            "ordinal": 1,
            "label": "第1部",
            "title": "話を聞く",
            "minutes": 90,
            "appearances": [person],
        },
        {
            "__typename": "Session",
            "ordinal": 2,
            "label": "第2部",
            "title": "話し合う",
            "minutes": None,
            "appearances": [],
        },
    ]


async def test_the_short_way_and_the_long_way_say_the_same(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    """A directive anywhere sends the whole document the long way."""
    for _ in range(2):
        await make_event(worker_database, town)
    client = client_for(town)
    assert await data(client, EVENTS.replace("totalCount", "totalCount @include(if: true)")) == await data(
        client, EVENTS
    )


@pytest.mark.parametrize("connection", ["events", "announcements", "organisations", 'search(text: "試験")'])
async def test_a_list_is_read_piece_by_piece(
    client_for: ClientFor, worker_database: Database, site: Site, connection: str
) -> None:
    platform = await make_platform(worker_database)
    await site._reload_hosts()
    for number in range(3):
        starts_at = clock.now() + timedelta(days=number + 1)
        await make_event(worker_database, platform, starts_at=starts_at)
        await make_announcement(worker_database, platform, title=f"試験のお知らせ{number}")
        await make_member(worker_database, platform, kana=f"{'アイウ'[number]}カイ", appeal="試験")
    name, _, arguments = connection.rstrip(")").partition("(")
    id_field = "objectId" if name == "search" else "id"
    query = (
        f"query ($after: String) {{ it: {name}({arguments} first: 2, after: $after) "
        f"{{ totalCount nodes {{ {id_field} }} edges {{ cursor }} pageInfo {{ hasNextPage endCursor }} }} }}"
    )
    client, seen, after = client_for(platform), [], None
    for _ in range(10):
        piece = (await data(client, query, {"after": after}))["it"]
        seen += [node[id_field] for node in piece["nodes"]]
        after = piece["pageInfo"]["endCursor"]
        assert after == piece["edges"][-1]["cursor"]
        if not piece["pageInfo"]["hasNextPage"]:
            break
    assert (len(seen), len(set(seen))) == (piece["totalCount"], piece["totalCount"])
    answer = await ask(client, query, {"after": "bm9uc2Vuc2U"})
    assert answer["errors"][0]["extensions"] == {"code": "CURSOR_UNREADABLE", "field": "after"}


async def test_a_symposium_has_its_counters_and_is_nothing_else(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    symposium = await make_event(worker_database, town, kind=EventKind.SYMPOSIUM)
    seminar = await make_event(worker_database, town)
    query = f'{{ a: symposium(id: "{symposium.id}") {{ __typename title measures {{ name }} }} b: symposium(id: "{seminar.id}") {{ id }} }}'
    assert await data(client_for(town), query) == {
        "a": {"__typename": "Symposium", "title": symposium.title, "measures": []},
        "b": None,
    }


async def test_events_to_come_are_told_from_those_that_are_over(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    await make_event(worker_database, town, title="これから")
    await make_event(worker_database, town, title="もう終わった", starts_at=clock.now() - timedelta(days=9))
    query = """{ a: events(filter: {upcoming: true}) { nodes { title phase } }
      b: events(filter: {upcoming: false}) { nodes { title phase } } c: events { totalCount } }"""
    assert await data(client_for(town), query) == {
        "a": {"nodes": [{"title": "これから", "phase": "OPEN"}]},
        "b": {"nodes": [{"title": "もう終わった", "phase": "PAST"}]},
        "c": {"totalCount": 2},
    }


async def test_members_are_counted_on_any_day(client_for: ClientFor, worker_database: Database, town: Tenant) -> None:
    await make_organisation(
        worker_database, town, name="はじめの会", joined_on=date(2023, 2, 1), left_on=date(2024, 4, 1)
    )
    query = '{ then: memberCount(asOf: "2023-02-20") { count asOf unit } now: memberCount { count } }'
    assert await data(client_for(town), query) == {
        "then": {"count": 1, "asOf": "2023-02-20", "unit": "団体"},
        "now": {"count": 0},
    }


async def test_the_viewer_is_the_person_the_program_or_nobody(
    client_for: ClientFor, staff_for: StaffFor, worker_database: Database, town: Tenant
) -> None:
    query = "{ viewer { name email roles clientId } }"
    assert await data(client_for(town), query) == {"viewer": None}
    person = (await data(await staff_for(town), query))["viewer"]
    assert (person["roles"], person["clientId"]) == (["SECRETARIAT_ADMIN"], None)
    token = await bearer(worker_database, town, Role.SECRETARIAT)
    program = (await data(client_for(town), query, authorization=f"Bearer {token}"))["viewer"]
    assert program == {"name": "連携", "email": None, "roles": ["SECRETARIAT"], "clientId": "robot SECRETARIAT"}


async def test_a_second_stranger_is_answered_from_memory_until_something_public_changes(
    client_for: ClientFor, staff_for: StaffFor, town: Tenant, statements: list[str]
) -> None:
    staff, reader = await staff_for(town), client_for(town)
    query = "{ announcements { totalCount } }"
    assert (await data(reader, query))["announcements"] == {"totalCount": 0}
    statements.clear()
    assert (await data(reader, query))["announcements"] == {"totalCount": 0}
    assert statements == []
    made = await data(
        staff, 'mutation { it: createAnnouncement(input: {title: "題", body: "文"}) { ... on Announcement { id } } }'
    )
    publish = f'mutation {{ publishAnnouncement(input: {{id: "{made["it"]["id"]}"}}) {{ __typename }} }}'
    assert (await data(staff, publish))["publishAnnouncement"] == {"__typename": "Announcement"}
    assert (await data(reader, query))["announcements"] == {"totalCount": 1}
    assert (await data(staff, query))["announcements"] == {"totalCount": 1}


async def test_nothing_that_went_wrong_and_no_mutation_is_remembered(
    client_for: ClientFor, town: Tenant, site: Site
) -> None:
    reader = client_for(town)
    for query in (
        "{ membershipApplications { totalCount } }",
        'mutation { publishEvent(input: {id: "x"}) { __typename } }',
        '{ organisation(id: "0190b0f0-0000-7000-8000-000000000000") { name } }',
    ):
        await ask(reader, query)
        assert [key for key in site.cache._answers if key[0] == town.id] == []


async def test_a_defect_is_masked_and_numbered(
    client_for: ClientFor, town: Tenant, site: Site, owner_connection: Any
) -> None:
    """A row that no view can show: the answer tells a number, not the cause."""
    await owner_connection.execute("UPDATE tenant SET theme = '{}' WHERE id = $1", town.id)
    await owner_connection.execute("UPDATE content_version SET version = 99 WHERE tenant_id = $1", town.id)
    site.cache.learn(town.id, 99)
    answer = await ask(client_for(town), "{ tenant { name theme { key } } }")
    [error] = answer["errors"]
    assert (answer["data"], error["path"], error["extensions"]) == (
        None,
        ["tenant", "theme", "key"],
        {"code": "UNEXPECTED"},
    )
    assert error["message"].startswith("思わぬ不具合が起きました。お手数ですが事務局へお知らせください。番号: ")


async def test_the_printed_schema_is_public(client_for: ClientFor, town: Tenant) -> None:
    answer = await client_for(town).get("/schema.graphql")
    assert (answer.status_code, "type Query {" in answer.text) == (200, True)
