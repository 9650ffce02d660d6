"""「令和5年7月14日現在95団体」: texts that say how many members there were, and those among them with which the ledger disagrees."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Announcement, AnnouncementState, Page
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese import Unreadable, eras
from shared.members import ledger
from shared.tenants.models import Figure, ProfileItem, ProfileKind, Tenant

MOST_TEXTS = 1_000
#: What a profile calls the number of members. Other names (会員団体数 of the nation) count what stands in no ledger of ours.
FIGURE_NAMES = ("参加団体数",)

_DAY = re.compile(
    r"(?P<whole>(?:(?:令和|平成|昭和|[RHS])\.?(?:元|\d{1,2})|\d{4})(?:年|[./-])\d{1,2}(?:月|[./-])\d{1,2}日?)"
    r"|(?<!\d)(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
)
_COUNT = re.compile(r"(?P<about>約|およそ|おおよそ)?(?<![\d,])(?P<count>\d[\d,]*)\s*団体(?=(?P<after>.{0,8}))")
_OF_MEMBERS = re.compile(r"参加団体|会員|構成団体|登録団体|現在|時点")
#: A part of the members, newcomers, or people who came to a meeting: no statement about the whole.
_PART_BEFORE = re.compile(r"(?:うち|新たに|新しく|新規に|ほかに|さらに)、?$")
_PART_AFTER = re.compile(
    r"以上|余り|あまり|超|弱|強|ほど|程度|[がのにかはを、]*(?:から)?(?:新たに)?(?:出席|回答|欠席|視聴|応募|増|減|配布|へ配)"
)


class Stated(msgspec.Struct, frozen=True):
    """A number of members, the day that it is said of, and the sentence that says so."""

    count: int
    as_of: date
    words: str


class Place(StrEnum):
    """Where a number stands. EVENT comes from the slice above, which hands its texts in."""

    FIGURE = "FIGURE"
    PROFILE = "PROFILE"
    ITEM = "ITEM"
    ANNOUNCEMENT = "ANNOUNCEMENT"
    PAGE = "PAGE"
    EVENT = "EVENT"


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """`key` is what its page is found by: an announcement's or event's id, a page's slug, the kind of a profile's item."""

    place: Place
    key: str
    title: str
    words: str
    stated: int
    counted: int
    as_of: date
    unit: str = ledger.UNIT


class PublicText(msgspec.Struct, frozen=True):
    """Something that everybody may read, and where."""

    place: Place
    key: str
    title: str
    body: str


def stated_counts(text: str) -> list[Stated]:
    """Every number of members in the text that stands beside its day. Rough numbers (約) state nothing that could be wrong."""
    return [stated for line in unicodedata.normalize("NFKC", text).split("\n") for stated in _in_paragraph(line)]


async def disagreements(
    session: AsyncSession, more: Iterable[PublicText] = (), *, limit: int = 100
) -> list[Disagreement]:
    """What the platform says in public and its ledger does not confirm; `more` are texts of slices above this one."""
    said = await _said(session, more)
    counted = await ledger.counts_on(session, {stated.as_of for _, stated in said})
    return [
        Disagreement(
            place=source.place,
            key=source.key,
            title=source.title,
            words=stated.words,
            stated=stated.count,
            counted=counted[stated.as_of],
            as_of=stated.as_of,
        )
        for source, stated in said
        if stated.count != counted[stated.as_of]
    ][:limit]


def _in_paragraph(line: str) -> Iterator[Stated]:
    """「…7月14日現在です。参加団体は95団体。」: the day of a sentence holds for the next one when it says 現在."""
    known: date | None = None
    for sentence in re.split(r"(?<=。)", line):
        days = list(_days(sentence, known))
        if days and re.search(r"現在|時点", sentence):
            known = days[-1][1]
        if _OF_MEMBERS.search(sentence) or known:
            yield from _in_sentence(sentence, days, known)


def _in_sentence(sentence: str, days: list[tuple[int, date | None]], known: date | None) -> Iterator[Stated]:
    for found in _COUNT.finditer(sentence):
        if found["about"] or _PART_AFTER.match(found["after"]) or _PART_BEFORE.search(sentence[: found.start()]):
            continue
        earlier = [day for place, day in days if place < found.start()]
        later = [day for place, day in days if place > found.start()]
        day = earlier[-1] if earlier else known or (later[0] if later else None)
        if day is not None:
            yield Stated(int(found["count"].replace(",", "")), day, sentence.strip())


def _days(sentence: str, known: date | None) -> Iterator[tuple[int, date | None]]:
    """Where a day stands, and which; a day without a year takes that of the day before it, or is none."""
    year = known.year if known else None
    for found in _DAY.finditer(sentence):
        day: date | None = None
        try:
            if found["whole"]:
                day = eras.read_date(found["whole"])
                year = day.year
            elif year:
                day = date(year, int(found["month"]), int(found["day"]))
        except (Unreadable, ValueError):
            day = None
        yield found.start(), day


async def _said(session: AsyncSession, more: Iterable[PublicText]) -> list[tuple[PublicText, Stated]]:
    figures = select(Figure).where(Figure.name.in_(FIGURE_NAMES), Figure.unit == ledger.UNIT, ~Figure.approximate)
    said = [
        (PublicText(Place.FIGURE, figure.name, figure.name, ""), Stated(figure.value, figure.as_of, figure.note or ""))
        for figure in (await session.execute(figures.order_by(Figure.as_of).limit(MOST_TEXTS))).scalars()
    ]
    for source in [*await _own_words(session), *await _published(session), *more]:
        said += [(source, stated) for stated in stated_counts(source.body)]
    return said


async def _own_words(session: AsyncSession) -> list[PublicText]:
    columns = (Tenant.lead, Tenant.lead_easy, Tenant.vision)
    own = (await session.execute(select(*columns).where(Tenant.id == tenant_of(session)))).one()
    items = await session.execute(select(ProfileItem).order_by(ProfileItem.kind, ProfileItem.ordinal).limit(MOST_TEXTS))
    return [
        PublicText(Place.PROFILE, "", "紹介文", "\n".join(filter(None, own))),
        *(
            PublicText(
                Place.ITEM, ProfileKind(item.kind), item.title, "\n".join([item.title, item.body or "", *item.points])
            )
            for item in items.scalars()
        ),
    ]


async def _published(session: AsyncSession) -> list[PublicText]:
    news = (
        select(Announcement.id, Announcement.title, Announcement.body, Announcement.body_easy)
        .where(Announcement.state == AnnouncementState.PUBLISHED, Announcement.published_at <= clock.now())
        .order_by(Announcement.published_at.desc())
        .limit(MOST_TEXTS)
    )
    pages = select(Page.slug, Page.title, Page.body, Page.body_easy).order_by(Page.slug).limit(MOST_TEXTS)
    return [
        *(_text(Place.ANNOUNCEMENT, row[0], *row[1:]) for row in await session.execute(news)),
        *(_text(Place.PAGE, row[0], *row[1:]) for row in await session.execute(pages)),
    ]


def _text(place: Place, key: UUID | str, title: str, body: str, body_easy: str | None) -> PublicText:
    return PublicText(place, str(key), title, "\n".join([title, body, body_easy or ""]))
