"""通知の受け取り方 by GraphQL."""

from services.web.site import Site
from shared.identity.models import Role
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.identity import make_account, signed_in
from tests.factories.members import make_member, make_platform
from tests.services.web.conftest import ClientFor
from tests.services.web.graphql.conftest import StaffFor, ask, bearer, data

CHOICES = "{ notificationChoices { kinds { kind manner } byNight } }"
DESKS = "{ notificationChoices(desk: true) { kinds { kind manner } byNight } }"
CHOOSE = """mutation ($input: ChooseNotificationsInput!) { chooseNotifications(input: $input) {
  ... on NotificationChoices { kinds { kind manner } byNight } ... on Problem { code field } } }"""


async def test_the_administrator_chooses_for_the_desk_and_what_is_left_out_stays(
    staff_for: StaffFor, town: Tenant
) -> None:
    staff = await staff_for(town)
    wanted = {"desk": True, "kinds": [{"kind": "POST", "manner": "DAILY"}], "byNight": True}
    chosen = (await data(staff, CHOOSE, {"input": wanted}))["chooseNotifications"]
    assert {each["kind"]: each["manner"] for each in chosen["kinds"]} == {
        "APPLICATION": "GATHERED",
        "NOTICE": "GATHERED",
        "POST": "DAILY",
        "NAME_USE": "GATHERED",
    }
    assert (chosen["byNight"], (await data(staff, DESKS))["notificationChoices"]) == (True, chosen)


async def test_a_poster_chooses_for_oneself_and_not_for_the_desk(
    client_for: ClientFor, worker_database: Database, site: Site
) -> None:
    tenant = await make_platform(worker_database)
    await site._reload_hosts()
    member = await make_member(worker_database, tenant)
    account = await make_account(worker_database, tenant, Role.ORGANISATION_MANAGER, organisation_id=member)
    client = await signed_in(client_for(tenant), account)
    own = {"kinds": [{"kind": "POST_RESULT", "manner": "NEVER"}]}
    assert (await data(client, CHOOSE, {"input": own}))["chooseNotifications"] == {
        "kinds": [{"kind": "POST_RESULT", "manner": "NEVER"}],
        "byNight": False,
    }
    for given, code in (
        ({"desk": True}, "FORBIDDEN"),
        ({"kinds": [{"kind": "POST", "manner": "NEVER"}]}, "INVALID_INPUT"),
    ):
        assert (await data(client, CHOOSE, {"input": given}))["chooseNotifications"]["code"] == code
    assert "FORBIDDEN" in str(await ask(client, DESKS))


async def test_a_program_has_no_choice_of_its_own(
    client_for: ClientFor, worker_database: Database, town: Tenant
) -> None:
    client = client_for(town)
    client.headers["authorization"] = f"Bearer {await bearer(worker_database, town, Role.SECRETARIAT)}"
    assert (await data(client, CHOICES))["notificationChoices"] is None
    assert (await data(client, DESKS))["notificationChoices"]["byNight"] is False
    answer = await data(client, CHOOSE, {"input": {"byNight": True}})
    assert answer["chooseNotifications"]["code"] == "FORBIDDEN"
