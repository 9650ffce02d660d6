"""Where a shelter is must not stand in its own words either: its introduction, its news, its events.

Compared are not letters but places: 万代町1丁目1番地, 万代町１－１ and 万代町一丁目一番地 are one.
"""

import re
from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from shared.kit.japanese.folding import fold
from shared.kit.refusals import Refusal, Refusals
from shared.members.details import LABELS, ApplicationDetails

#: What an organisation says in words of its own, by field of 様式1.
TEXTS = ("activities", "purpose", "area", "audience", "appeal", "website")
PLACES = frozenset({"address", "postal_code"})
#: With which a written address may begin, for Python and PostgreSQL alike.
PREFECTURE = "^(北海道|東京都|京都府|大阪府|.{2,3}県)"
_NUMERALS = re.compile("[〇一二三四五六七八九十百]+(?=丁目|番地|番|号)")
_DIGITS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}
_BETWEEN = re.compile("(?<=[0-9])(?:丁目|番地の|番地|番|号室|号|の|之|ー)+")
_TOWN = re.compile("^(?:.{1,5}?郡)?.{1,6}?[市区町村]")
#: The block is enough to find the door: 万代町1ー1 of 万代町1ー1ー5.
_UP_TO_THE_NUMBER = re.compile("^(.*?[0-9]+(?:ー[0-9]+)?)[0-9ー]*(.*)$")
_NO_WORD = re.compile("[0-9ー]*")
_POSTAL = re.compile("(?<![0-9ー])([0-9]{3})ー?([0-9]{4})(?![0-9ー])")
_SHORTEST_BUILDING = 3
_SHORTEST_PLACE = 4


class SecretPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Of an organisation whose address is confidential. `municipality` is a name."""

    address: str
    postal_code: str = ""
    municipality: str = ""
    name: str = ""

    def is_told_in(self, words: str) -> bool:
        told = _bare(words)
        return any(_stands_in(sign, told) for sign in self._signs()) or self._postal_code_in(told)

    def _signs(self) -> list[str]:
        """The street with its number, and the building; the whole where there is no number."""
        rest = re.sub(PREFECTURE, "", _bare(self.address))
        town = _bare(self.municipality)
        rest = rest.removeprefix(town) if town and rest.startswith(town) else _TOWN.sub("", rest, count=1)
        numbered = _UP_TO_THE_NUMBER.match(rest)
        if numbered is None:
            return [rest] if len(rest) >= _SHORTEST_PLACE else []
        street, building = numbered[1].strip("ー"), re.sub("[0-9ーf階室]+$", "", numbered[2])
        known = len(building) >= _SHORTEST_BUILDING and building not in fold(self.name)
        return [sign for sign in (street, building if known else "") if not _NO_WORD.fullmatch(sign)]

    def _postal_code_in(self, told: str) -> bool:
        own = _POSTAL.search(fold(self.postal_code))
        return own is not None and own.groups() in _POSTAL.findall(told)


class Told(msgspec.Struct, frozen=True):
    """A text in which the place stands. `kind` is organisation, announcement or event."""

    kind: str
    id: UUID
    title: str


async def secret_place(session: AsyncSession, organisation_id: UUID) -> SecretPlace | None:
    """None: nothing is to be kept."""
    return (await secret_places(session, [organisation_id])).get(organisation_id)


_SECRET = text(
    """
    SELECT o.id, coalesce(o.address, '') AS address, coalesce(o.postal_code, '') AS postal_code, o.name,
      coalesce((SELECT m.name FROM municipality m WHERE m.code = o.municipality_code), '') AS municipality
    FROM organisation o WHERE o.id = ANY (:ids) AND o.address_confidential
    """
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def secret_places(session: AsyncSession, organisation_ids: Collection[UUID]) -> dict[UUID, SecretPlace]:
    """Of those among them whose address is confidential."""
    rows = (await session.execute(_SECRET, {"ids": list(organisation_ids)})).mappings()
    return {row["id"]: SecretPlace(**{name: row[name] for name in SecretPlace.__struct_fields__}) for row in rows}


_SAID = text(
    """
    SELECT 'organisation' AS kind, o.id, o.name AS title,
      ARRAY[o.summary, o.purpose, o.area, o.audience, o.appeal, o.website] AS texts FROM organisation o WHERE o.id = :id
    UNION ALL SELECT 'announcement', a.id, a.title, ARRAY[a.title, a.body, a.body_easy] FROM announcement a
      WHERE a.member_organisation_id = :id AND a.state <> 'WITHDRAWN'
    UNION ALL SELECT 'event', e.id, e.title,
      ARRAY[e.title, e.venue, e.description, e.description_easy, e.audience, e.how_to_apply, e.accessibility] FROM event e
      WHERE e.member_organisation_id = :id
    ORDER BY 1 DESC, 3, 2 LIMIT 500
    """
).bindparams(bindparam("id", type_=Uuid))


async def told_already(session: AsyncSession, organisation_id: UUID) -> list[Told]:
    """What was written before the address became confidential, and says it still."""
    place = await secret_place(session, organisation_id)
    if place is None:
        return []
    rows = (await session.execute(_SAID, {"id": organisation_id})).all()
    return [Told(row.kind, row.id, row.title) for row in rows if place.is_told_in("\n".join(filter(None, row.texts)))]


def refuse(place: SecretPlace | None, texts: Mapping[str, str | None], labels: Mapping[str, str] = LABELS) -> None:
    """Refusals for each text, by its field, in which the place is told."""
    told = [name for name, words in texts.items() if place and words and place.is_told_in(words)]
    if told:
        raise Refusals([Refusal("PLACE_TOLD", _message(labels[name]), name) for name in told])


def refuse_in(place: SecretPlace | None, before: ApplicationDetails, after: ApplicationDetails) -> None:
    """The same for an entry that changes. What nobody touches stops nobody; a place that moves is looked for everywhere."""
    if place is None:
        return
    moved = any(getattr(before, name) != getattr(after, name) for name in PLACES)
    new = msgspec.structs.replace(place, address=after.address, postal_code=after.postal_code)
    touched = {name: getattr(after, name) for name in TEXTS if moved or getattr(before, name) != getattr(after, name)}
    refuse(new, touched)


def _message(label: str) -> str:
    return (
        f"この団体の所在地は非公開です。「{label}」に所在地か郵便番号が書かれているため、保存していません。"
        "その部分を消してから、もう一度お試しください。"
    )


def _bare(words: str) -> str:
    """One spelling for all of a place's."""
    numbered = _NUMERALS.sub(lambda found: str(_number(found[0])), fold(words))
    return _BETWEEN.sub("ー", numbered)


def _number(numerals: str) -> int:
    if not set(numerals) & _UNITS.keys():
        return int("".join(str(_DIGITS[each]) for each in numerals))
    total = last = 0
    for each in numerals:
        if each in _UNITS:
            total, last = total + (last or 1) * _UNITS[each], 0
        else:
            last = _DIGITS[each]
    return total + last


def _stands_in(sign: str, told: str) -> bool:
    """万代町1 stands in 万代町1の2, and not in 万代町12."""
    return re.search(re.escape(sign) + ("(?![0-9])" if sign[-1].isdecimal() else ""), told) is not None
