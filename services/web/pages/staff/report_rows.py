"""The photographs and the counters of a report as rows of a form."""

from datetime import date
from typing import Any

import msgspec

from services.web.context import Context
from services.web.forms import Form
from services.web.pages.staff.event_rows import change_list
from shared.content.queries import MediaView, media_by_name_or_id, media_with_same_alt
from shared.events.measures import UNITS, MeasureDraft
from shared.events.report_drafts import PhotoDraft
from shared.events.report_queries import DeskPhoto
from shared.events.views import MeasureView
from shared.kit.japanese import Unreadable, eras
from shared.kit.japanese.normalise import clean_text, digits
from shared.kit.refusals import Refusal, Refusals

MOST_PHOTOS = 40
#: Empty rows at the end, to write something new into.
_SPARE = 2


class Photo(msgspec.Struct):
    """A row of the form. `same` are other pictures that read alike."""

    media: MediaView
    alt: str
    caption: str = ""
    credit: str = ""
    consented: bool = False
    same: list[MediaView] = []

    def draft(self) -> PhotoDraft:
        return PhotoDraft(
            media_id=self.media.id,
            alt=self.alt,
            caption=self.caption,
            credit=self.credit,
            consented=self.consented,
        )


def stored_photo(photo: DeskPhoto) -> Photo:
    return Photo(photo.media, photo.media.alt, photo.caption or "", photo.credit or "", photo.consented)


async def typed_photos(ctx: Context, form: Form) -> list[Photo]:
    """A picture that is not ours is left out."""
    photos: list[Photo] = []
    for index in range(MOST_PHOTOS):
        place = f"photos.{index}"
        media_id = form.text(f"{place}.media_id")
        media = await ctx.read(media_by_name_or_id, media_id) if media_id else None
        if media is not None:
            caption, credit = form.text(f"{place}.caption"), form.text(f"{place}.credit")
            photos.append(
                Photo(media, form.text(f"{place}.alt"), caption, credit, form.text(f"{place}.consented") == "1")
            )
    return photos


def change_photos(photos: list[Photo], button: str) -> None:
    """`photo.up.1`, `photo.down.0`, `photo.remove.2`; anything else changes nothing."""
    verb, _, place = button.removeprefix("photo.").partition(".")
    if verb in ("up", "down", "remove") and place.isascii() and place.isdigit():
        change_list(photos, verb, [int(place)], None)


async def with_same_alt(ctx: Context, photos: list[Photo]) -> list[Photo]:
    """Each with those of the report and of the whole platform that read alike."""
    for photo in photos:
        words = clean_text(photo.alt)
        elsewhere = await ctx.read(media_with_same_alt, alt=words, besides=photo.media.id)
        here = [each.media for each in photos if each is not photo and words and clean_text(each.alt) == words]
        known = {each.id: each for each in [*here, *elsewhere] if each.version != photo.media.version}
        shown = {each.media.id: each.alt for each in photos}
        photo.same = [each for each in known.values() if clean_text(shown.get(each.id, words)) == words]
    return photos


def photo_values(photos: list[Photo]) -> dict[str, Any]:
    """By the names of the form's fields."""
    return {
        f"photos.{index}.{name}": value
        for index, photo in enumerate(photos)
        for name, value in {"alt": photo.alt, "caption": photo.caption, "credit": photo.credit}.items()
    }


def measure_values(measures: list[MeasureView]) -> dict[str, Any]:
    """What is stored, then the names that every platform knows, then empty rows."""
    known = [(each.name, str(each.value), each.unit, each.as_of) for each in measures]
    missing = [(name, "", unit, None) for name, unit in UNITS.items() if name not in {each.name for each in measures}]
    rows = [*known, *missing, *[("", "", "", None)] * _SPARE]
    return {
        f"measures.{index}.{field}": text
        for index, (name, value, unit, as_of) in enumerate(rows)
        for field, text in {
            "name": name,
            "value": value,
            "unit": unit,
            "as_of": eras.japanese_date(as_of) if as_of else "",
        }.items()
    }


def typed_measures(form: Form) -> list[MeasureDraft]:
    """Rows without a number say nothing. Raises Refusals named by the rows of the form."""
    drafts: list[MeasureDraft] = []
    problems: list[Refusal] = []
    for index in range(_rows(form)):
        place = f"measures.{index}"
        value = form.text(f"{place}.value")
        if not value:
            continue
        try:
            drafts.append(
                MeasureDraft(
                    name=form.text(f"{place}.name"),
                    value=_number(value, f"{place}.value"),
                    unit=form.text(f"{place}.unit"),
                    as_of=_day(form.text(f"{place}.as_of"), f"{place}.as_of"),
                )
            )
        except Refusal as refusal:
            problems.append(refusal)
    if problems:
        raise Refusals(problems)
    return drafts


def measure_rows(form: Form) -> list[int]:
    """The rows of the form that hold a number, by their place: what a refusal of the n-th draft speaks of."""
    return [index for index in range(_rows(form)) if form.text(f"measures.{index}.value")]


def _rows(form: Form) -> int:
    index = 0
    while index < 40 and form.has(f"measures.{index}.name"):
        index += 1
    return index


def _number(text: str, field: str) -> int:
    plain = digits(clean_text(text)).replace(",", "").replace("，", "")
    if plain.isascii() and plain.isdigit() and len(plain) < 11:
        return int(plain)
    raise Refusal("UNREADABLE", "数は数字で入力してください。", field)


def _day(text: str, field: str) -> date | None:
    try:
        return eras.read_date(text) if text else None
    except Unreadable as error:
        raise Refusal("UNREADABLE", f"いつの数か: {error}", field) from None
