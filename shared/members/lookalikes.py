"""Whether somebody is already there: organisations and applications that may be the same as the one on the desk."""

import re
import unicodedata
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text, Uuid

from shared.kit.japanese import Unreadable, normalise
from shared.kit.japanese.legal_forms import LEGAL_FORMS
from shared.members.details import ApplicationDetails
from shared.members.models import MembershipApplication
from shared.members.secret_places import PREFECTURE


class Lookalike(msgspec.Struct, frozen=True):
    """An organisation, or another application, that may be the same as the one on the desk; `same` names what agrees."""

    id: UUID
    name: str
    receipt_number: str | None
    same: list[str]


_UNSAID = str.maketrans("", "", " \t・()「」")


def _folded(text: str) -> str:
    """As the statement folds what is stored."""
    return unicodedata.normalize("NFKC", normalise.clean_text(text)).translate(_UNSAID).lower()


#: Folded as names are, and the longest first.
_LEGAL_FORM = "|".join(sorted(map(_folded, LEGAL_FORMS), key=len, reverse=True)) + "|^株|株$"

#: Names and addresses are compared without spaces, points, width and letter case, names without their legal form, too.
#: A shared address alone says nothing: many have their desk in the same house; one that is kept secret is not compared.
#: Refused applications do not count.
#: Every row is folded by cheap functions only; expressions see the few that may be the one (10,000 rows: a tenth of a second, else two).
_LOOKALIKES = text(
    f"""
    WITH other AS (
      SELECT id, name, NULL AS receipt_number, corporate_number, email, ARRAY[phone, mobile, fax] AS phones,
        CASE WHEN NOT address_confidential THEN address END AS address
      FROM organisation WHERE id IS DISTINCT FROM :organisation_id
      UNION ALL
      SELECT id, organisation_name, receipt_number, details ->> 'corporate_number', details ->> 'email',
        ARRAY[details ->> 'phone', details ->> 'mobile', details ->> 'fax'], details ->> 'address'
      FROM membership_application WHERE id IS DISTINCT FROM :id AND state NOT IN ('APPROVED', 'REJECTED')
    ), folded AS (
      SELECT *, lower(translate(normalize(name, NFKC), E' \t・()「」', '')) AS whole FROM other
    ), found AS (
      SELECT id, name, receipt_number, address, array_remove(ARRAY[
        CASE WHEN whole = :whole OR CASE WHEN position(:core IN whole) > 0 THEN :core = regexp_replace(whole,
          '{_LEGAL_FORM}', '', 'g') END
          THEN '団体名' END,
        CASE WHEN corporate_number = :corporate_number THEN '法人番号' END,
        CASE WHEN phones && :phones THEN '電話番号' END,
        CASE WHEN email = :email THEN 'メールアドレス' END], NULL) AS same
      FROM folded
    ), compared AS (
      SELECT id, name, receipt_number, same || CASE WHEN :address = regexp_replace(
        lower(translate(normalize(address, NFKC), E' \t・()「」', '')), '{PREFECTURE}', '')
        THEN '{{所在地}}'::text[] ELSE '{{}}' END AS same
      FROM found WHERE same <> '{{}}'
    )
    SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY cardinality(same) DESC, name), '[]')::text
    FROM (SELECT * FROM compared ORDER BY cardinality(same) DESC, name LIMIT 10) c
    """
).bindparams(
    bindparam("id", type_=Uuid),
    bindparam("organisation_id", type_=Uuid),
    bindparam("phones", type_=ARRAY(Text)),
    *(bindparam(each, type_=Text) for each in ("whole", "core", "corporate_number", "email", "address")),
)
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
    if row is None:
        return []
    return await _find(session, msgspec.convert(row.details, ApplicationDetails), application_id, row.organisation_id)


async def lookalikes_of(session: AsyncSession, details: ApplicationDetails) -> list[Lookalike]:
    """Of a form that is still being typed: what cannot be read yet is left out."""
    return await _find(session, details, None, None)


async def _find(
    session: AsyncSession, mine: ApplicationDetails, application_id: UUID | None, organisation_id: UUID | None
) -> list[Lookalike]:
    """The most alike first, at most ten: whether they are the same, a person has to say."""
    read = {name: _readable(mine, name) for name in _READERS}
    whole = _folded(mine.name)
    values = {
        "id": application_id,
        "organisation_id": organisation_id,
        "whole": whole or None,
        "core": re.sub(_LEGAL_FORM, "", whole) or None,
        "corporate_number": read["corporate_number"] or None,
        "email": read["email"] or None,
        "phones": [read[name] for name in ("phone", "mobile", "fax") if read[name]],
        "address": re.sub(PREFECTURE, "", _folded(mine.address)) or None,
    }
    row = (await session.execute(_LOOKALIKES, values)).scalar_one()
    return msgspec.json.decode(row, type=list[Lookalike])


def _readable(details: ApplicationDetails, name: str) -> str:
    try:
        return _READERS[name](getattr(details, name)) if getattr(details, name) else ""
    except Unreadable:
        return ""
