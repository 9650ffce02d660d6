"""What everybody may ask."""

from shared.tenants.models import Tenant
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import data


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
