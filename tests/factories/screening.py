"""A checklist with one line of each kind, and papers as a scanner or a vandal makes them."""

import io

from PIL import Image

from shared.identity.policy import Actor
from shared.kit.database.session import Database
from shared.members.pledges import sign_pledge
from shared.members.screening_models import Criterion, CriterionKind
from shared.tenants.models import Tenant
from tests.factories.identity import MadeAccount

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


async def make_criteria(database: Database, tenant: Tenant) -> None:
    """Two required statements, and the three steps that are open to a tenant. `database` is the worker's."""
    async with database.write(tenant.id) as session:
        session.add_all(
            [
                Criterion(slug="area", name="県内で活動している", ordinal=1),
                Criterion(slug="neutral", name="政治活動を目的としていない", ordinal=2),
                Criterion(
                    slug="recommendation",
                    name="参加団体の推薦",
                    kind=CriterionKind.RECOMMENDATION,
                    required=False,
                    ordinal=3,
                ),
                Criterion(slug="pledge", name="暴排の誓約書", kind=CriterionKind.PLEDGE, required=False, ordinal=4),
                Criterion(slug="meeting", name="承認会議", kind=CriterionKind.MEETING, required=False, ordinal=5),
            ]
        )


async def make_pledge(database: Database, tenant: Tenant, account: MadeAccount) -> None:
    """守秘義務の誓約 to what is in force, by a person with a sign-in."""
    async with database.write(tenant.id) as session:
        await sign_pledge(session, actor=Actor(name=account.name, account_id=account.id))


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, kind)
    return out.getvalue()
