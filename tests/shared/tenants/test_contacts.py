"""Which desk something goes to: the one that is named for it, else any."""

from datetime import date

from shared.identity.notifications import queries as notifications
from shared.kit.database.session import Database
from shared.tenants import queries
from shared.tenants.models import Contact
from tests.factories.tenants import make_tenant


async def test_the_desk_that_is_named_for_a_purpose_comes_before_the_others(worker_database: Database) -> None:
    tenant = await make_tenant(worker_database)
    desks = [
        Contact(purpose="セミナー", department="講座係", email="seminar@pref.example", ordinal=1),
        Contact(purpose="入会、変更", department="地域共生課", ordinal=2),
        Contact(purpose="入会", department="前の課", valid_to=date(2024, 3, 31), ordinal=3),
    ]
    async with worker_database.write(tenant.id) as session:
        session.add_all(desks)
    async with worker_database.read(tenant.id) as session:
        profile = await queries.profile(session)
        receiver = await notifications.desk(session, "入会")
    named = {purpose: [each.department for each in profile.contacts_for(purpose)] for purpose in ("入会", "取材")}
    assert named == {"入会": ["地域共生課"], "取材": ["講座係", "地域共生課"]}
    assert receiver is not None
    assert (receiver.name, [each.department for each in profile.contacts_for("入会", by_mail=True)]) == (
        "講座係",
        ["講座係"],
    )
