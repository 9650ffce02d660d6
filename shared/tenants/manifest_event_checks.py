"""What an event's file must fulfil beyond its shape."""

from collections import Counter
from collections.abc import Iterator

from shared.kit.japanese import Unreadable, normalise
from shared.tenants.manifest_events import EventFile
from shared.tenants.manifest_lines import Path

Mistake = tuple[Path, str]


def event_mistakes(event: EventFile, files: set[str]) -> Iterator[Mistake]:
    yield from _dates(event)
    yield from _pictures(event, files)
    yield from _contact(event)
    for name, count in Counter(measure.name for measure in event.measures).items():
        if count > 1:
            index = max(place for place, measure in enumerate(event.measures) if measure.name == name)
            yield ("measures", index, "name"), f"「{name}」という数値が二度書かれています。"
    for index, session in enumerate(event.sessions):
        if session.minutes is not None and session.minutes <= 0:
            yield ("sessions", index, "minutes"), "minutes は1以上の整数で書いてください。"


def _dates(event: EventFile) -> Iterator[Mistake]:
    if event.held_until is not None and event.held_until < event.held_on:
        yield ("held_until",), "held_until が held_on より前の日付です。"
    if event.ends is not None and event.starts is None:
        yield ("ends",), "ends を書くときは starts も書いてください。"
    same_day = event.held_until in (None, event.held_on)
    if same_day and event.starts and event.ends and event.ends <= event.starts:
        yield ("ends",), "ends が starts より前の時刻です。"
    for name in ("capacity", "online_capacity"):
        if (getattr(event, name) or 0) < 0:
            yield (name,), f"{name} は0以上の整数で書いてください。"
    if not 1 <= event.party_limit <= 50:
        yield ("party_limit",), "party_limit は1から50までの整数で書いてください。"


def _pictures(event: EventFile, files: set[str]) -> Iterator[Mistake]:
    if event.flyer is not None and event.flyer not in files:
        yield ("flyer",), f"「{event.flyer}」が tenant.toml の [[media]] にありません。"
    shown: set[str] = set()
    for index, photo in enumerate(event.photos):
        if photo.file not in files:
            yield ("photos", index, "file"), f"「{photo.file}」が tenant.toml の [[media]] にありません。"
        if photo.file in shown:
            yield ("photos", index, "file"), f"「{photo.file}」が二度載っています。"
        shown.add(photo.file)


def _contact(event: EventFile) -> Iterator[Mistake]:
    for name, read in (("contact_phone", normalise.phone), ("contact_email", normalise.email)):
        value = getattr(event, name)
        try:
            _ = value is None or read(value)
        except Unreadable as error:
            yield (name,), str(error)
