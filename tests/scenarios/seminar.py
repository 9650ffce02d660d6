"""This year's edition of a seminar, and the people who have to do with it: each with a browser of an own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect

from shared.kit import clock
from tests.browser.fixtures import sign_in
from tests.running import Installation
from tests.scenarios.steps import letter_to, letters_to

SLUG = "tokushima"
STAFF = "staff@tokushima.example"
TITLE = "第2回セミナー 今年の回"
#: Of a telephone of some years ago.
PHONE = {"viewport": {"width": 375, "height": 667}, "is_mobile": True, "has_touch": True}
OLD_PHONE = PHONE | {"java_script_enabled": False}


class Seminar:
    """`path` and `desk` are its public page and the secretariat's; `own` the page that each person has for the registration."""

    def __init__(self, browser: Browser, running: Installation) -> None:
        self.browser, self.running = browser, running
        self.event_id = ""
        self.own: dict[str, str] = {}

    @property
    def path(self) -> str:
        return self.url(f"/events/{self.event_id}")

    @property
    def desk(self) -> str:
        return self.url(f"/staff/events/{self.event_id}")

    def url(self, path: str) -> str:
        return self.running.url(SLUG, path)

    @contextmanager
    def somebody(self, **options: Any) -> Iterator[Page]:
        context = self.browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", **options)
        context.set_default_timeout(30_000)
        yield context.new_page()
        context.close()

    @contextmanager
    def secretariat(self, **options: Any) -> Iterator[Page]:
        with self.somebody(**options) as page:
            sign_in(page, self.running, SLUG, STAFF)
            yield page

    def register(self, page: Page, name: str, *, party: int = 1, way: str = "HALL", **more: str) -> None:
        """From the public page to the person's own. The mail address is made of the name."""
        page.goto(self.path)
        page.get_by_role("link", name=re.compile("申し込む$")).first.click()
        fill(page, {"name": name, "email": mail_of(name), "party_size": str(party)} | more)
        page.check(f"input[name=attendance][value={way}]")
        page.get_by_role("button", name="入力内容を確認する").click()
        expect(page.locator("h1")).to_have_text("申込内容の確認")
        page.get_by_role("button", name=re.compile("申し込む$")).click()
        expect(page.locator("h1")).to_have_text("お申し込みの状況")
        self.own[name] = page.url.partition("?")[0]

    def letter(self, name: str, subject: str) -> EmailMessage:
        return letter_to(self.running, mail_of(name), subject)

    def subjects(self, name: str) -> list[str]:
        return [str(each["subject"]) for each in letters_to(self.running, mail_of(name))]

    def state_of(self, page: Page, name: str) -> str:
        page.goto(self.own[name])
        return page.locator("#state").inner_text().strip()

    def counts(self, page: Page) -> dict[str, tuple[str, str, str]]:
        """参加確定, 残り and キャンセル待ち by the way of attending, as the secretariat sees them."""
        page.goto(f"{self.desk}/registrations")
        rows = page.get_by_role("region", name="席の状況").locator("tbody tr").all()
        cells = [(row.locator("th").inner_text(), row.locator("td").all_inner_texts()) for row in rows]
        return {way: (taken, left, waiting) for way, (_, taken, left, waiting) in cells}


def mail_of(name: str) -> str:
    return f"{'-'.join(f'{ord(each):x}' for each in name)}@example.jp"


def squeezed(name: str) -> str:
    """As `pages` of a PDF has it."""
    return "".join(name.split())


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)


def days(name: str, moment: datetime) -> dict[str, str]:
    """As one types a day and a time."""
    local = moment.astimezone(clock.JST)
    parts = {"year": local.year, "month": local.month, "day": local.day}
    return {f"{name}_{part}": str(value) for part, value in parts.items()} | {f"{name}_time": f"{local:%H:%M}"}


def on_now() -> dict[str, str]:
    """It has begun, so that the door is open, and goes on for some hours, so that one can still register."""
    return days("starts_at", clock.now() - timedelta(minutes=30)) | days("ends_at", clock.now() + timedelta(hours=5))


def link_in(letter: EmailMessage, path: str) -> str:
    found = re.search(rf"http://\S+{path}\S*", words_of(letter))
    assert found is not None, words_of(letter)
    return found.group()


def words_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class Entry(NamedTuple):
    uid: str
    sequence: int
    status: str


def entry_in(calendar: str, title: str = TITLE) -> Entry:
    """An event as a calendar file has it, called off or not."""
    events = Calendar.from_ical(calendar).walk("VEVENT")
    [event] = [each for each in events if str(each["summary"]).removeprefix("【中止】") == title]
    return Entry(str(event["uid"]), int(str(event["sequence"])), str(event["status"]))


def entry_of(letter: EmailMessage, title: str = TITLE) -> Entry:
    [attached] = [part for part in letter.iter_attachments() if part.get_content_type() == "text/calendar"]
    return entry_in(attached.get_content(), title)
