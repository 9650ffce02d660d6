"""「令和5年7月14日現在95団体」: texts that say how many members there were, and those among them with which the ledger disagrees."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.content.models import Announcement, AnnouncementState, Page
from shared.kit import clock
from shared.kit.database.session import tenant_of
from shared.kit.japanese import Unreadable, eras
from shared.kit.japanese.kanji_numbers import KANJI, kanji_number
from shared.members import ledger
from shared.tenants.models import Figure, ProfileItem, ProfileKind, Tenant

MOST_TEXTS = 1_000
#: What a profile calls the number of members. Other names (会員団体数 of the nation) count what stands in no ledger of ours.
FIGURE_NAMES = ("参加団体数",)

_YEAR = r"(?:(?:令和|平成|昭和|[RHS])\.?(?:元|\d{1,2})|\d{4})"
_DAY = re.compile(
    rf"(?P<whole>{_YEAR}(?:年|[./-])\d{{1,2}}(?:月|[./-])\d{{1,2}}日?)"
    rf"|(?P<month_end>{_YEAR}年\d{{1,2}}月)末日?|(?P<fiscal_year>{_YEAR}年度)末|(?P<year_end>{_YEAR}年)末"
    r"|(?<!\d)(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日|末日?)"
)
_MEMBERS = "(?:参加|会員|構成|登録|加盟)"
_COUNT = re.compile(
    rf"(?P<about>約|およそ|おおよそ)?(?<![\d,./-])(?P<count>\d[\d,]*)\s*(?:の\s*)?{_MEMBERS}?団体(?!数)(?=(?P<after>.{{0,8}}))"
)
#: 「参加団体数は…97」: the number says of itself what it counts, so that it needs no unit.
_WITHOUT_UNIT = re.compile(
    rf"{_MEMBERS}団体の?総?数は?[^。は]{{0,60}}?(?P<about>約|およそ|おおよそ)?(?<![\d,./年月-])(?P<count>\d[\d,]*)"
    r"(?=(?P<after>\s*(?:で(?:す|あ|、)|と(?:な|、)|に(?:な|増|達)|[。、,）)（(]|$)))"
)
_OF_MEMBERS = re.compile(r"参加団体|会員|構成団体|登録団体|現在|時点")
#: A part of the members, newcomers, or people who came to a meeting: no statement about the whole.
_PART_BEFORE = re.compile(r"(?:うち|新たに|新しく|新規に|ほかに|さらに|のべ|延べ)、?$")
#: What the number counts, said in the same breath before it: not the members.
_OTHERS_BEFORE = re.compile(
    r"(?:傘下|支部|出席|欠席|回答|アンケート|応募|視聴|来場|出展|協力団体|後援団体|共催|退会|助成)(?:[^、。]*|[^、。]*は、[^は。]*)$"
)
_PART_AFTER = re.compile(
    r"以上|余り|あまり|超|弱|強|ほど|程度|[がのにかはを、]*(?:から)?(?:新たに)?(?:出席|回答|欠席|視聴|応募|来場|出展|協力|増|減|配布|へ配|退会)"
)
_IN_KANJI = re.compile(
    rf"(?<![数何第{KANJI}])(?P<number>[{KANJI}]+)(?=年|月|日|\s*(?:の\s*)?{_MEMBERS}?団体|(?:です|であ|とな|にな|。|、|$))"
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
    """Something that everybody may read, and where. `written_on` tells of which year a day without a year is."""

    place: Place
    key: str
    title: str
    body: str
    written_on: date | None = None


def stated_counts(text: str, written_on: date | None = None) -> list[Stated]:
    """Every number of members in the text that stands beside its day. Rough numbers (約) state nothing that could be wrong."""
    lines = unicodedata.normalize("NFKC", text).split("\n")
    return [stated for line in lines for stated in _in_paragraph(line, written_on)]


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


def _in_paragraph(line: str, written_on: date | None) -> Iterator[Stated]:
    """「…7月14日現在です。参加団体は95団体。」: the day of a sentence holds for the next one when it says 現在."""
    known: date | None = None
    for words in re.split(r"(?<=。)", line):
        sentence = _IN_KANJI.sub(_in_digits, words)
        days = list(_days(sentence, known, written_on))
        if days and re.search(r"現在|時点", sentence):
            known = days[-1][1]
        if _OF_MEMBERS.search(sentence) or known:
            for stated in _in_sentence(sentence, days, known):
                yield msgspec.structs.replace(stated, words=words.strip())


def _in_digits(found: re.Match[str]) -> str:
    """A single 一 or 三 before 団体 is more often a word (一団体として) than a number of members."""
    number, follows = found["number"], found.string[found.end() : found.end() + 1]
    return (
        number if len(number) == 1 and number not in "十百" and follows not in "年月日" else str(kanji_number(number))
    )


def _in_sentence(sentence: str, days: list[tuple[int, date | None]], known: date | None) -> Iterator[Stated]:
    found_ones = {found.start("count"): found for each in (_COUNT, _WITHOUT_UNIT) for found in each.finditer(sentence)}
    for start, found in sorted(found_ones.items()):
        before = sentence[:start]
        if (
            found["about"]
            or _PART_AFTER.match(found["after"])
            or _PART_BEFORE.search(before)
            or _OTHERS_BEFORE.search(before)
        ):
            continue
        earlier = [day for place, day in days if place < start]
        later = [day for place, day in days if place > start]
        day = earlier[-1] if earlier else known or (later[0] if later else None)
        if day is not None:
            yield Stated(int(found["count"].replace(",", "")), day, sentence)


def _days(sentence: str, known: date | None, written_on: date | None) -> Iterator[tuple[int, date | None]]:
    """Where a day stands, and which. One without a year takes that of the day before it, else the last before it was written."""
    year = known.year if known else None
    for found in _DAY.finditer(sentence):
        day: date | None = None
        try:
            if found["month"]:
                day = _without_year(found, year, written_on)
            else:
                day = _whole(found)
                year = day.year
        except (Unreadable, ValueError):
            day = None
        yield found.start(), day


def _whole(found: re.Match[str]) -> date:
    if found["fiscal_year"]:
        return date(eras.read_fiscal_year(found["fiscal_year"]) + 1, 3, 31)
    return eras.read_partial_date(found["whole"] or found["month_end"] or found["year_end"]).last


def _without_year(found: re.Match[str], year: int | None, written_on: date | None) -> date | None:
    if year is not None:
        return _in_year(found, year)
    if written_on is None:
        return None
    day = _in_year(found, written_on.year)
    return day if day <= written_on else _in_year(found, written_on.year - 1)


def _in_year(found: re.Match[str], year: int) -> date:
    month = int(found["month"])
    return date(year, month, int(found["day"] or monthrange(year, month)[1]))


async def _said(session: AsyncSession, more: Iterable[PublicText]) -> list[tuple[PublicText, Stated]]:
    figures = select(Figure).where(Figure.name.in_(FIGURE_NAMES), Figure.unit == ledger.UNIT, ~Figure.approximate)
    said = [
        (PublicText(Place.FIGURE, figure.name, figure.name, ""), Stated(figure.value, figure.as_of, figure.note or ""))
        for figure in (await session.execute(figures.order_by(Figure.as_of).limit(MOST_TEXTS))).scalars()
    ]
    for source in [*await _own_words(session), *await _published(session), *more]:
        said += [(source, stated) for stated in stated_counts(source.body, source.written_on)]
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
        select(
            Announcement.id, Announcement.title, Announcement.body, Announcement.body_easy, Announcement.published_at
        )
        .where(Announcement.state == AnnouncementState.PUBLISHED, Announcement.published_at <= clock.now())
        .order_by(Announcement.published_at.desc())
        .limit(MOST_TEXTS)
    )
    pages = select(Page.slug, Page.title, Page.body, Page.body_easy).order_by(Page.slug).limit(MOST_TEXTS)
    return [
        *(_text(Place.ANNOUNCEMENT, *row) for row in await session.execute(news)),
        *(_text(Place.PAGE, *row) for row in await session.execute(pages)),
    ]


def _text(
    place: Place, key: UUID | str, title: str, body: str, body_easy: str | None, published_at: datetime | None = None
) -> PublicText:
    written_on = published_at.astimezone(clock.JST).date() if published_at else None
    return PublicText(place, str(key), title, "\n".join([title, body, body_easy or ""]), written_on)
