"""One rule decides who sees what: compared here, for any entry, with the rule as a person would say it."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.kit import search
from shared.kit.database.session import Database
from shared.members import directory, queries
from shared.members.models import CONTACT_COLUMNS, Organisation, Visibility
from shared.members.organisations import put_into_search
from shared.members.visibility import GOES_WITH, Audience
from shared.tenants.models import Tenant
from tests.factories.members import make_organisation, make_platform

WIDEST: dict[str, int] = {each: place for place, each in enumerate(Audience)}
GUARDED = (*CONTACT_COLUMNS, *GOES_WITH)


def may_see(column: str, said: dict[str, Visibility], confidential: bool, audience: Audience) -> bool:
    if confidential and column in ("address", "postal_code", "municipality_code"):
        return audience is Audience.CONFIDENTIAL
    if column == "municipality_code":
        return True
    return WIDEST[audience] >= WIDEST[said.get(GOES_WITH.get(column, column), Visibility.SECRETARIAT)]


class Kept:
    """One organisation, whose visibility each example changes."""

    tenant: Tenant | None = None
    organisation_id: UUID


async def _organisation(database: Database) -> tuple[Tenant, UUID]:
    if Kept.tenant is None:
        Kept.tenant = await make_platform(database)
        values: dict[str, Any] = {column: f"zq{column}" for column in GUARDED}
        Kept.organisation_id = await make_organisation(
            database, Kept.tenant, joined_on=None, name="開いた会", municipality_code="362042", **values
        )
    return Kept.tenant, Kept.organisation_id


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.dictionaries(st.sampled_from(CONTACT_COLUMNS), st.sampled_from(list(Visibility))),
    confidential=st.booleans(),
)
async def test_every_face_takes_the_same_decision(
    worker_database: Database, web_database: Database, said: dict[str, Visibility], confidential: bool
) -> None:
    tenant, organisation_id = await _organisation(worker_database)
    async with worker_database.write(tenant.id) as session:
        row = await session.get_one(Organisation, (tenant.id, organisation_id))
        row.visibility, row.address_confidential = dict(said), confidential
        await put_into_search(session, organisation_id)
    for audience in Audience:
        async with web_database.read(tenant.id) as session:
            shown = await queries.organisation(session, organisation_id, audience)
            browsed = await directory.browse(session, audience=audience)
        assert [browsed.items[0]] == [shown]
        for column in (*GUARDED, "municipality_code"):
            seen = getattr(shown, column) is not None
            assert seen == may_see(column, said, confidential, audience), (column, audience)
        assert (shown.municipality is None) == (shown.municipality_code is None)
        assert [facet.count for facet in browsed.municipalities] == ([] if shown.municipality is None else [1])
    async with web_database.read(tenant.id) as session:
        found = {column for column in GUARDED if (await search.find(session, f"zq{column}")).total}
        assert not (await search.find(session, "阿南")).total
    public = may_see("representative_name", said, confidential, Audience.PUBLIC)
    assert found == ({"representative_name", "representative_kana"} if public else set())
