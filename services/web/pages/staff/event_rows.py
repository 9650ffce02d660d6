"""The programme as rows of a form: added, removed and moved by named buttons, without a script."""

from typing import Any

import msgspec

from services.web.forms import Form
from shared.events.drafts import MOST_APPEARANCES, MOST_SESSIONS

SESSION_FIELDS = ("label", "title", "day", "time", "minutes", "body")
PERSON_FIELDS = ("person_name", "role_label", "affiliation", "summary")
Values = dict[str, str]


class SessionRow(msgspec.Struct):
    values: Values
    people: list[Values]

    @property
    def empty(self) -> bool:
        typed = (self.values[name] for name in SESSION_FIELDS if name != "day")
        return not any(typed) and not self.people


class Rows(msgspec.Struct):
    sessions: list[SessionRow]

    def without_empty(self) -> "Rows":
        """Rows that were opened and never filled say nothing."""
        filled = [
            SessionRow(row.values, [person for person in row.people if any(person.values())]) for row in self.sessions
        ]
        return Rows([row for row in filled if not row.empty])

    def flat(self) -> dict[str, str]:
        """By the names of the form's fields."""
        found: dict[str, str] = {}
        for index, row in enumerate(self.sessions):
            found |= {f"sessions.{index}.{name}": value for name, value in row.values.items()}
            for position, person in enumerate(row.people):
                place = f"sessions.{index}.appearances.{position}"
                found |= {f"{place}.{name}": value for name, value in person.items()}
        return found


def read_rows(form: Form) -> Rows:
    """Rows are numbered without gaps; what stands behind a gap was never on our form."""
    rows: list[SessionRow] = []
    while len(rows) <= MOST_SESSIONS and form.has(f"sessions.{len(rows)}.title"):
        place = f"sessions.{len(rows)}"
        rows.append(SessionRow(_read(form, place, SESSION_FIELDS), _people(form, place)))
    return Rows(rows)


def _people(form: Form, place: str) -> list[Values]:
    people: list[Values] = []
    while len(people) <= MOST_APPEARANCES and form.has(f"{place}.appearances.{len(people)}.person_name"):
        people.append(_read(form, f"{place}.appearances.{len(people)}", PERSON_FIELDS))
    return people


def _read(form: Form, place: str, names: tuple[str, ...]) -> Values:
    return {name: form.text(f"{place}.{name}") for name in names}


def change_rows(rows: Rows, button: str) -> None:
    """`session.add`, `session.remove.0`, `session.up.1`, `person.add.0`, `person.down.0.2` …; anything else changes nothing."""
    what, _, rest = button.partition(".")
    verb, _, place = rest.partition(".")
    numbers = [int(part) for part in place.split(".") if part.isascii() and part.isdigit() and len(part) < 4]
    if what == "session":
        change_list(rows.sessions, verb, numbers, SessionRow(dict.fromkeys(SESSION_FIELDS, ""), []))
    elif what == "person" and numbers and numbers[0] < len(rows.sessions):
        change_list(rows.sessions[numbers[0]].people, verb, numbers[1:], dict.fromkeys(PERSON_FIELDS, ""))


def change_list(items: list[Any], verb: str, numbers: list[int], fresh: Any) -> None:
    """`add` appends `fresh`; `remove`, `up` and `down` concern the row of the first number. Unknown places change nothing."""
    if verb == "add":
        items.append(fresh)
        return
    if not numbers or numbers[0] >= len(items):
        return
    index = numbers[0]
    if verb == "remove":
        del items[index]
        return
    other = {"up": index - 1, "down": index + 1}.get(verb, index)
    if 0 <= other < len(items):
        items[index], items[other] = items[other], items[index]
