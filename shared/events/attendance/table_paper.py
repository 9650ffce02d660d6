"""班分け on paper: the list for the door, and a card for each table."""

from typing import Any

from shared.events.attendance.table_queries import Sitting, TablePlan
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.japanese import eras
from shared.kit.paper.typesetting import Document, typeset
from shared.kit.refusals import Refusal
from shared.tenants.queries import Profile

#: Cards of one file.
MOST_GROUPS = 300


async def render_tables(profile: Profile, event: EventView, plan: TablePlan) -> bytes:
    """A4: the list in the order of the receipt numbers, then two cards on each sheet."""
    groups = plan.groups
    if not groups:
        raise Refusal("NO_TABLES", "まだ班分けをしていません。")
    if len(groups) > MOST_GROUPS:
        raise Refusal("TOO_MANY_ROWS", f"一度に印刷できるのは{MOST_GROUPS}班までです。")
    everybody = [(person, group.number) for group in groups for person in group.people]
    data = {
        "title": event.title,
        "platform": profile.name,
        "note": f"{eras.japanese_moment(clock.now())}現在　{len(groups)}班　{len(everybody)}人",
        "foot": f"{profile.name}　班分け",
        "groups": [{"number": group.number, "people": [_person(each) for each in group.people]} for group in groups],
        "list": [
            _person(person) | {"table": number, "number": f"{person.number:04}"}
            for person, number in sorted(everybody, key=lambda each: (each[0].number, each[0].ordinal))
        ],
    }
    return await typeset(Document.TABLES, data)


def _person(person: Sitting) -> dict[str, Any]:
    return {"name": person.name, "organisation": person.organisation_name or ""}
