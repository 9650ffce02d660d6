"""An event from the first word to its cancellation, through the pages."""

import re
from datetime import timedelta

import httpx
import pytest

from shared.events import queries
from shared.events.timekeeping import keep_events_in_time
from shared.kit import clock
from shared.kit.database.session import Database
from shared.tenants.models import Tenant
from tests.factories.events import make_event
from tests.services.web.conftest import ClientFor
from tests.services.web.pages.staff.forms import fields_of, open_form

NEW = "/staff/events/new"
EVENT = {
    "title": "冬のつながりセミナー",
    "kind": "SEMINAR",
    "starts_at_year": "令和９",
    "starts_at_month": "２",
    "starts_at_day": "3",
    "starts_at_time": "午後1時半",
    "ends_at_year": "2027",
    "ends_at_month": "2",
    "ends_at_day": "3",
    "ends_at_time": "16:00",
    "venue": "市民会館",
    "capacity": "１２０",
    "takes_registrations": "1",
}


async def press(client: httpx.AsyncClient, sent: dict[str, str], button: str, path: str = NEW) -> dict[str, str]:
    """A button beside a row; what comes back is the form with the rows changed."""
    answer = await client.post(path, data=sent | {"rows": button})
    assert answer.status_code == 200, answer.text
    return fields_of(answer.text)


async def programme(client: httpx.AsyncClient) -> dict[str, str]:
    """A form on which two parts and three people were added, row by row."""
    sent = await open_form(client, NEW) | EVENT
    sent = await press(client, sent, "session.add") | {"sessions.0.title": "基調講演", "sessions.0.label": "第1部"}
    sent = await press(client, sent, "person.add.0") | {
        "sessions.0.appearances.0.person_name": "山田 花子",
        "sessions.0.appearances.0.role_label": "講師",
        "sessions.0.appearances.0.affiliation": "試験大学 教授",
        "sessions.0.time": "13:40",
        "sessions.0.minutes": "４０",
    }
    sent = await press(client, sent, "session.add") | {"sessions.1.title": "話し合い"}
    sent = await press(client, sent, "person.add.1") | {"sessions.1.appearances.0.person_name": "髙橋 一"}
    return await press(client, sent, "person.add.1") | {"sessions.1.appearances.1.person_name": "𠮷田 二"}


async def create(client: httpx.AsyncClient, **more: str) -> str:
    answer = await client.post(NEW, data=await programme(client) | {"then": "save"} | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def test_an_event_with_two_parts_and_three_people_is_published(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, worker_database: Database
) -> None:
    path = await create(staff, then="publish")
    public = await client_for(tenant).get(path.removeprefix("/staff"))
    assert public.status_code == 200
    async with worker_database.read(tenant.id) as session:
        event = (await queries.upcoming(session)).pop()
    assert [(part.title, [person.person_name for person in part.appearances]) for part in event.sessions] == [
        ("基調講演", ["山田 花子"]),
        ("話し合い", ["髙橋 一", "𠮷田 二"]),
    ]
    assert (event.starts_at.isoformat(), event.capacity) == ("2027-02-03T04:30:00Z".replace("Z", "+00:00"), 120)
    assert event.sessions[0].minutes == 40


async def test_rows_move_and_go(staff: httpx.AsyncClient) -> None:
    sent = await press(staff, await programme(staff), "session.up.1")
    assert (sent["sessions.0.title"], sent["sessions.1.title"]) == ("話し合い", "基調講演")
    sent = await press(staff, sent, "person.down.0.0")
    assert sent["sessions.0.appearances.0.person_name"] == "𠮷田 二"
    sent = await press(staff, await press(staff, sent, "session.remove.1"), "person.remove.0.1")
    names = [name for name in sent if name.endswith(".person_name")]
    assert names == ["sessions.0.appearances.0.person_name"]


@pytest.mark.parametrize(
    "button", ["session.remove.9", "person.add.9", "person.up.0.9", "x", "session.up", "person.add"]
)
async def test_a_button_that_was_never_on_the_form_changes_nothing(staff: httpx.AsyncClient, button: str) -> None:
    before = await programme(staff)
    assert await press(staff, before, button) == before


async def test_opening_and_saving_changes_nothing(staff: httpx.AsyncClient) -> None:
    path = await create(staff, then="publish")
    before = await open_form(staff, path)
    assert (await staff.post(path, data=before | {"then": "save"})).status_code == 303
    assert (await open_form(staff, path))["revision"] == before["revision"]


async def test_rows_that_were_never_filled_say_nothing(staff: httpx.AsyncClient) -> None:
    sent = await press(staff, await press(staff, await programme(staff), "session.add"), "person.add.1")
    answer = await staff.post(NEW, data=sent | {"then": "save"})
    kept = await open_form(staff, answer.headers["location"])
    assert ("sessions.2.title" in kept, "sessions.1.appearances.2.person_name" in kept) == (False, False)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"kind": ""}, "kind"),
        ({"starts_at_year": ""}, "starts_at"),
        ({"starts_at_month": "13"}, "starts_at"),
        ({"starts_at_time": "25時"}, "starts_at"),
        ({"ends_at_time": "12:00"}, "ends_at"),
        ({"capacity": "たくさん"}, "capacity"),
        ({"contact_email": "x@"}, "contact_email"),
        ({"sessions.0.title": ""}, "sessions.0.title"),
        ({"sessions.0.time": "あとで"}, "sessions.0.time"),
        ({"sessions.0.minutes": "-5"}, "sessions.0.minutes"),
        (
            {"sessions.1.appearances.1.person_name": "", "sessions.1.appearances.1.role_label": "司会"},
            "sessions.1.appearances.1.person_name",
        ),
        ({"title": "行" * 10_000}, "title"),
    ],
)
async def test_a_mistake_is_said_beside_its_field_and_everything_typed_stays(
    staff: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    sent = await programme(staff) | typed
    answer = await staff.post(NEW, data=sent | {"then": "publish"})
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    again = fields_of(answer.text)
    assert {name: value for name, value in again.items() if sent.get(name) != value} == {}


async def test_all_mistakes_are_said_at_once(staff: httpx.AsyncClient) -> None:
    sent = await programme(staff) | {"title": "", "starts_at_year": "", "capacity": "x", "sessions.0.title": ""}
    answer = await staff.post(NEW, data=sent)
    summary = answer.text.split("error-summary__list")[1].split("</ul>")[0]
    assert re.findall(r'href="#([\w.]+)"', summary) == ["title", "starts_at", "capacity", "sessions.0.title"]


async def test_another_day_is_told_with_its_reason(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    path = await create(staff, then="publish")
    sent = await open_form(staff, path) | {"starts_at_day": "10", "ends_at_day": "10", "reason": "会場の都合のため"}
    assert (await staff.post(path, data=sent)).status_code == 303
    assert "会場の都合のため" in (await client_for(tenant).get(path.removeprefix("/staff"))).text


async def test_two_editors_lose_nothing(staff: httpx.AsyncClient) -> None:
    path = await create(staff)
    sent = await open_form(staff, path)
    assert (await staff.post(path, data=sent | {"venue": "公民館"})).status_code == 303
    answer = await staff.post(path, data=sent | {"venue": "体育館"})
    assert (answer.status_code, "公民館" in answer.text) == (409, True)
    again = fields_of(answer.text)
    assert again["venue"] == "体育館"
    assert (await staff.post(path, data=again)).status_code == 303
    assert (await open_form(staff, path))["venue"] == "体育館"


@pytest.mark.parametrize("verb", ["cancel", "postpone"])
async def test_calling_off_needs_a_reason_that_everybody_reads(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant, verb: str
) -> None:
    path = await create(staff, then="publish")
    sent = await open_form(staff, f"{path}/{verb}")
    assert (await staff.post(f"{path}/{verb}", data=sent)).status_code == 422
    assert (await staff.post(f"{path}/{verb}", data=sent | {"reason": "大雪のため"})).status_code == 303
    assert "大雪のため" in (await client_for(tenant).get(path.removeprefix("/staff"))).text


async def test_a_draft_cannot_be_called_off(staff: httpx.AsyncClient) -> None:
    path = await create(staff)
    form = await open_form(staff, path)
    token = {"csrf": form["csrf"], "reason": "大雪のため", "form_key": "of-a-page-of-before"}
    assert (await staff.post(f"{path}/cancel", data=token)).status_code == 409


async def test_two_clicks_make_one_event(staff: httpx.AsyncClient) -> None:
    sent = await programme(staff)
    first, second = await staff.post(NEW, data=sent), await staff.post(NEW, data=sent)
    assert first.headers["location"] == second.headers["location"]


async def test_an_event_of_another_tenant_is_not_there(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient
) -> None:
    path = await create(other_staff)
    token = {"csrf": (await open_form(staff, NEW))["csrf"], "reason": "x"}
    answers = [await staff.get(path), await staff.get(f"{path}/cancel")]
    answers += [
        await staff.post(f"{path}{verb}", data=token) for verb in ("", "/publish", "/held", "/cancel", "/postpone")
    ]
    assert [answer.status_code for answer in answers] == [404] * 7


async def versions(staff: httpx.AsyncClient) -> tuple[str, httpx.Response]:
    """The answer to the second of two who had opened the same event."""
    path = await create(staff)
    sent = await open_form(staff, path)
    other = sent | {"venue": "公民館", "theme": "支え合い", "sessions.0.title": "特別講演"}
    assert (await staff.post(path, data=other)).status_code == 303
    mine = {"venue": "体育館", "description": "くわしい説明", "starts_at_time": "14:00"}
    return path, await staff.post(path, data=sent | mine)


def compared(html: str) -> dict[str, tuple[str, str]]:
    """By field: what is stored, what was typed."""
    found = {}
    for field, both in re.findall(r'<dl class="facts" data-field="(\w+)">(.*?)</dl>', html, re.DOTALL):
        cells = re.findall(r"<dd.*?</dd>", both, re.DOTALL)
        stored, typed = (re.sub(r"<button.*?</button>|<[^>]+>", "", cell).strip() for cell in cells)
        found[field] = (stored, typed)
    return found


async def test_two_versions_are_shown_field_by_field(staff: httpx.AsyncClient) -> None:
    _, answer = await versions(staff)
    assert answer.status_code == 409
    rows = compared(answer.text)
    assert list(rows) == ["theme", "venue", "starts_at", "description", "sessions"]
    assert (rows["venue"], rows["theme"], rows["description"]) == (
        ("公民館", "体育館"),
        ("支え合い", "（なし）"),
        ("（なし）", "くわしい説明"),
    )
    assert ("特別講演" in rows["sessions"][0], "基調講演" in rows["sessions"][1]) == (True, True)


async def test_one_takes_what_the_other_wrote_and_keeps_the_rest(staff: httpx.AsyncClient) -> None:
    path, answer = await versions(staff)
    again = fields_of(answer.text)
    for field in ("sessions", "theme", "starts_at"):
        answer = await staff.post(path, data=again | {"take": field})
        assert answer.status_code == 200
        again = fields_of(answer.text)
    assert list(compared(answer.text)) == ["venue", "description"]
    assert (await staff.post(path, data=again)).status_code == 303
    kept = await open_form(staff, path)
    taken = [kept[name] for name in ("venue", "theme", "sessions.0.title", "description", "starts_at_time")]
    assert taken == ["体育館", "支え合い", "特別講演", "くわしい説明", "13:30"]


@pytest.mark.parametrize("field", ["x", "revision", "csrf", "title.__class__"])
async def test_a_field_that_is_not_compared_takes_nothing(staff: httpx.AsyncClient, field: str) -> None:
    path, answer = await versions(staff)
    again = fields_of(answer.text)
    assert fields_of((await staff.post(path, data=again | {"take": field})).text) == again


async def test_back_and_saved_again_is_the_same_event(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    sent = await programme(staff)
    first = await staff.post(NEW, data=sent)
    second = await staff.post(NEW, data=sent | {"title": "別の題", "sessions.1.title": "語り合い"})
    assert first.headers["location"] == second.headers["location"]
    async with worker_database.read(tenant.id) as session:
        [event] = (await queries.all_for_staff(session)).items
    assert (event.title, event.sessions[1].title) == ("別の題", "語り合い")


async def test_back_to_a_form_whose_event_is_public_by_now_shows_both(staff: httpx.AsyncClient) -> None:
    sent = await programme(staff) | {"then": "publish"}
    first = await staff.post(NEW, data=sent)
    assert (await staff.post(NEW, data=sent)).headers["location"] == first.headers["location"]
    answer = await staff.post(NEW, data=sent | {"title": "別の題"})
    assert (answer.status_code, compared(answer.text)) == (409, {"title": ("冬のつながりセミナー", "別の題")})
    assert f'action="{first.headers["location"].split("?")[0]}"' in answer.text


async def test_next_years_event_is_made_of_this_years(staff: httpx.AsyncClient) -> None:
    path = await create(
        staff,
        then="publish",
        registration_deadline_year="2027",
        registration_deadline_month="2",
        registration_deadline_day="1",
    )
    sent = await open_form(staff, f"{NEW}?copy={path.split('/')[-1]}")
    copied = [
        sent[name] for name in ("title", "venue", "capacity", "starts_at_time", "sessions.0.appearances.0.affiliation")
    ]
    assert copied == ["冬のつながりセミナー", "市民会館", "120", "13:30", "試験大学 教授"]
    days = [
        sent[f"{name}_{part}"] for name in ("starts_at", "registration_deadline") for part in ("year", "month", "day")
    ]
    assert days == [""] * 6
    new = {
        "starts_at_year": "2028",
        "starts_at_month": "2",
        "starts_at_day": "2",
        "ends_at_time": "",
        "title": "来年の会",
    }
    answer = await staff.post(NEW, data=sent | new)
    assert answer.status_code == 303
    assert answer.headers["location"].split("?")[0] != path
    copy = await open_form(staff, answer.headers["location"])
    assert (copy["title"], copy["starts_at_year"], copy["sessions.0.time"]) == ("来年の会", "2028", "13:40")
    assert (await open_form(staff, path))["title"] == "冬のつながりセミナー"


async def test_an_event_of_another_platform_is_not_copied(
    staff: httpx.AsyncClient, other_staff: httpx.AsyncClient
) -> None:
    path = await create(other_staff)
    assert (await staff.get(f"{NEW}?copy={path.split('/')[-1]}")).status_code == 404
    assert (await staff.get(f"{NEW}?copy=x")).status_code == 200


async def test_a_promised_day_is_not_moved_without_a_reason(staff: httpx.AsyncClient) -> None:
    path = await create(staff, then="publish")
    sent = await open_form(staff, path) | {"venue": "体育館"}
    answer = await staff.post(path, data=sent | {"reason": "　"})
    assert (answer.status_code, 'id="reason-error"' in answer.text) == (422, True)
    assert fields_of(answer.text)["venue"] == "体育館"
    assert (await staff.post(path, data=sent | {"reason": "耐震工事のため"})).status_code == 303


async def test_parts_of_the_second_day_move_with_the_event(staff: httpx.AsyncClient) -> None:
    path = await create(staff)
    sent = await open_form(staff, path)
    two_days = {"ends_at_day": "4", "sessions.1.day": "２日目", "sessions.1.time": "10:00"}
    assert (await staff.post(path, data=sent | two_days)).status_code == 303
    sent = await open_form(staff, path)
    assert (sent["sessions.0.day"], sent["sessions.1.day"]) == ("", "2")
    later = {"starts_at_month": "3", "ends_at_month": "3"}
    assert (await staff.post(path, data=sent | later)).status_code == 303
    moved = await open_form(staff, path)
    assert [moved[f"sessions.1.{name}"] for name in ("day", "time")] == ["2", "10:00"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"ends_at_year": "2026"}, "ends_at"),
        (
            {
                "registration_deadline_year": "2027",
                "registration_deadline_month": "2",
                "registration_deadline_day": "4",
            },
            "registration_deadline",
        ),
        (
            {
                "registration_opens_at_year": "2027",
                "registration_opens_at_month": "2",
                "registration_opens_at_day": "4",
            },
            "registration_opens_at",
        ),
        ({"capacity": "-１"}, "capacity"),
        ({"party_limit": "0"}, "party_limit"),
        ({"sessions.0.day": "0"}, "sessions.0.day"),
        ({"sessions.0.day": "999"}, "sessions.0.day"),
        ({"starts_at_year": "9999", "sessions.0.day": "366"}, "starts_at"),
    ],
)
async def test_what_cannot_be_is_said_and_the_typed_stays(
    staff: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    sent = await programme(staff) | typed
    answer = await staff.post(NEW, data=sent)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    again = fields_of(answer.text)
    assert {name: value for name, value in again.items() if sent.get(name) != value} == {}


async def test_numbers_may_be_typed_as_people_write_them(staff: httpx.AsyncClient) -> None:
    sent = await programme(staff) | {"capacity": "１，２００名", "party_limit": "５人", "members_only": "1"}
    path = (await staff.post(NEW, data=sent)).headers["location"]
    kept = await open_form(staff, path)
    assert [kept[name] for name in ("capacity", "party_limit", "members_only")] == ["1200", "5", "1"]


async def test_moving_to_a_known_day_tells_it_and_takes_a_new_deadline(
    staff: httpx.AsyncClient, client_for: ClientFor, tenant: Tenant
) -> None:
    path = await create(staff, then="publish")
    sent = await open_form(staff, f"{path}/postpone") | {"reason": "講師の都合のため"}
    sent |= {"starts_at_year": "2027", "starts_at_month": "3", "starts_at_day": "3", "starts_at_time": "13:30"}
    wrong = sent | {
        "registration_deadline_year": "2027",
        "registration_deadline_month": "4",
        "registration_deadline_day": "1",
    }
    answer = await staff.post(f"{path}/postpone", data=wrong)
    assert (answer.status_code, 'id="registration_deadline-error"' in answer.text) == (422, True)
    assert fields_of(answer.text)["reason"] == "講師の都合のため"
    answer = await staff.post(f"{path}/postpone", data=sent)
    assert answer.headers["location"] == f"{path}?done=moved"
    page = (await client_for(tenant).get(path.removeprefix("/staff"))).text
    assert "3月3日（水）13時30分〜に延期になりました。理由：講師の都合のため" in page
    calendar = (await client_for(tenant).get(path.removeprefix("/staff") + ".ics")).text
    assert ("SEQUENCE:1" in calendar, "DTSTART;TZID=Asia/Tokyo:20270303T133000" in calendar) == (True, True)


async def test_the_desk_asks_for_the_report_of_what_was_held_lately(
    staff: httpx.AsyncClient, worker_database: Database, tenant: Tenant
) -> None:
    for days in (2, 200):
        await make_event(worker_database, tenant, starts_at=clock.now() - timedelta(days=days), ends_at=None)
    async with worker_database.write(tenant.id) as session:
        assert await keep_events_in_time(session) == 2
    desk = re.sub(r"<[^>]+>|\s", "", (await staff.get("/staff")).text)
    assert "開催報告を待っている行事1件" in desk or "1件開催報告を待っている行事" in desk
