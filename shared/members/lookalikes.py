"""Whether somebody is already there: organisations and applications that may be the same as the one on the desk."""

from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from shared.kit.japanese import Unreadable, normalise
from shared.members.details import ApplicationDetails
from shared.members.models import MembershipApplication


class Lookalike(msgspec.Struct, frozen=True):
    """An organisation, or another application, that may be the same as the one on the desk; `same` names what agrees."""

    id: UUID
    name: str
    receipt_number: str | None
    same: list[str]


#: Names and addresses are compared without spaces, points, width and letter case, names without their legal form, too.
#: A shared address alone says nothing: many have their desk in the same house. Refused applications do not count.
_LOOKALIKES = text(
    """
    WITH other AS (
      SELECT id, name, NULL AS receipt_number, corporate_number, email, ARRAY[phone, mobile, fax] AS phones, address
      FROM organisation WHERE id IS DISTINCT FROM :organisation_id
      UNION ALL
      SELECT id, organisation_name, receipt_number, details ->> 'corporate_number', details ->> 'email',
        ARRAY[details ->> 'phone', details ->> 'mobile', details ->> 'fax'], details ->> 'address'
      FROM membership_application WHERE id IS DISTINCT FROM :id AND state NOT IN ('APPROVED', 'REJECTED')
    ), folded AS (
      SELECT 'mine' AS whose, NULL::uuid AS id, :mine ->> 'name' AS name, NULL AS receipt_number,
        NULLIF(:mine ->> 'corporate_number', '') AS corporate_number, NULLIF(:mine ->> 'email', '') AS email,
        ARRAY[:mine ->> 'phone', :mine ->> 'mobile', :mine ->> 'fax'] AS phones, :mine ->> 'address' AS address
      UNION ALL
      SELECT 'other', id, name, receipt_number, corporate_number, email, phones, address FROM other
    ), plain AS (
      SELECT whose, id, name, receipt_number, corporate_number, email, array_remove(phones, '') AS phones,
        NULLIF(lower(regexp_replace(normalize(name, NFKC),
          '[\\s・()「」]|特定非営利活動法人|NPO法人|社会福祉法人|(一般|公益)(社団|財団)法人|株式会社|有限会社|合同会社|\\(株\\)|\\(有\\)',
          '', 'g')), '') AS plain_name,
        NULLIF(regexp_replace(normalize(address, NFKC), '[\\s・]|^(北海道|東京都|(京都|大阪)府|.{2,3}県)', '', 'g'), '')
          AS plain_address
      FROM folded
    ), compared AS (
      SELECT other.id, other.name, other.receipt_number, array_remove(ARRAY[
        CASE WHEN other.plain_name = mine.plain_name THEN '団体名' END,
        CASE WHEN other.corporate_number = mine.corporate_number THEN '法人番号' END,
        CASE WHEN other.phones && mine.phones THEN '電話番号' END,
        CASE WHEN other.email = mine.email THEN 'メールアドレス' END,
        CASE WHEN other.plain_address = mine.plain_address THEN '所在地' END], NULL) AS same
      FROM plain other JOIN plain mine ON mine.whose = 'mine' WHERE other.whose = 'other'
    )
    SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY cardinality(same) DESC, name), '[]')::text
    FROM (SELECT * FROM compared WHERE same NOT IN ('{}', '{所在地}')
      ORDER BY cardinality(same) DESC, name LIMIT 10) c
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("organisation_id", type_=Uuid), bindparam("mine", type_=JSONB))
_READERS = {
    "corporate_number": normalise.corporate_number,
    "phone": normalise.phone,
    "mobile": normalise.phone,
    "fax": normalise.phone,
    "email": normalise.email,
}


async def lookalikes(session: AsyncSession, application_id: UUID) -> list[Lookalike]:
    """Of a stored application; not what it has become itself."""
    columns = (MembershipApplication.details, MembershipApplication.organisation_id)
    row = (await session.execute(select(*columns).where(MembershipApplication.id == application_id))).one_or_none()
    return await _find(session, row.details, application_id, row.organisation_id) if row else []


async def lookalikes_of(session: AsyncSession, details: ApplicationDetails) -> list[Lookalike]:
    """Of a form that is still being typed: what cannot be read yet is left out."""
    return await _find(session, msgspec.to_builtins(msgspec.structs.replace(details, **_readable(details))), None, None)


async def _find(
    session: AsyncSession, mine: dict[str, object], application_id: UUID | None, organisation_id: UUID | None
) -> list[Lookalike]:
    """The most alike first, at most ten: whether they are the same, a person has to say."""
    values = {"mine": mine, "id": application_id, "organisation_id": organisation_id}
    row = (await session.execute(_LOOKALIKES, values)).scalar_one()
    return msgspec.json.decode(row, type=list[Lookalike])


def _readable(details: ApplicationDetails) -> dict[str, str]:
    read = {}
    for name, reader in _READERS.items():
        try:
            read[name] = reader(getattr(details, name)) if getattr(details, name) else ""
        except Unreadable:
            read[name] = ""
    return read
