"""参加申込 between the browser and the domain: what a form sends, and what it shows of a stored one."""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.web.forms import Form
from shared.events.registrations.availability import availability
from shared.events.registrations.drafts import RegistrationDraft
from shared.events.registrations.models import Attendance
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.seats import ways
from shared.events.registrations.words import ATTENDANCES, needs_parts, needs_text
from shared.events.views import EventView
from shared.identity.policy import Actor
from shared.kit.japanese.normalise import clean_text, digits

Values = dict[str, Any]
Options = list[tuple[str, str]]

#: Typed as they stand; `needs_words` is what the ticks of `needs` do not say, `key` makes two clicks one registration.
TEXTS = (
    "name",
    "kana",
    "email",
    "phone",
    "organisation_name",
    "attendance",
    "party_size",
    "companions",
    "needs_words",
    "remarks",
    "key",
)
_MOST_TICKED = 20
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


def first_values(event: EventView, actor: Actor, organisation_name: str = "") -> Values:
    """An empty form, on the first way that has seats; who is signed in need not type the own name."""
    known = availability(event)
    return {
        **dict.fromkeys(TEXTS, ""),
        "name": actor.name if actor.account_id else "",
        "email": actor.email or "",
        "organisation_name": organisation_name,
        "attendance": next((each.attendance for each in known if not each.full), known[0].attendance),
        "party_size": "1",
        "needs": [],
        "key": fresh_key(),
    }


def typed_values(form: Form) -> Values:
    """The fields of the form as typed; whatever else was sent is dropped, and of a repeated field the first counts."""
    values: Values = {name: next(iter(form.texts(name)), "").replace("\r\n", "\n") for name in TEXTS}
    values["needs"] = form.texts("needs")[:_MOST_TICKED]
    if not _KEY.fullmatch(values["key"]):
        values["key"] = fresh_key()
    return values


def stored_values(registration: RegistrationView) -> Values:
    """A registration that is looked at again, as its form."""
    ticked, words = needs_parts(registration.needs)
    values: Values = {name: getattr(registration, name, None) or "" for name in TEXTS if name != "key"}
    return values | {"needs": ticked, "needs_words": words, "revision": str(registration.revision)}


def draft_of(values: Mapping[str, Any], event: EventView, stored: RegistrationDraft | None = None) -> RegistrationDraft:
    """What the form says; of what is not on it, `stored` keeps its own. A size that is no number is refused by the domain."""
    before = stored or RegistrationDraft(name="")
    return msgspec.structs.replace(
        before,
        name=values["name"],
        kana=values["kana"],
        email=values["email"],
        phone=values["phone"],
        organisation_name=values["organisation_name"],
        attendance=_way(values["attendance"], event, before),
        party_size=_number(values["party_size"]),
        companions=values["companions"],
        needs=needs_text(values["needs"], values["needs_words"]),
    )


def stored_draft(registration: RegistrationView) -> RegistrationDraft:
    names = (field.name for field in msgspec.structs.fields(RegistrationDraft))
    return RegistrationDraft(**{name: getattr(registration, name) for name in names})


def way_options(event: EventView) -> Options:
    """Empty when there is nothing to choose."""
    known = ways(event)
    return [(way.value, ATTENDANCES[way]) for way in known] if len(known) > 1 else []


def carried(values: Values, names: Iterable[str] = TEXTS) -> list[tuple[str, str]]:
    """Hidden fields that carry the form through the confirmation page."""
    single = [(name, values[name]) for name in names if values[name]]
    return [*single, *(("needs", need) for need in values["needs"])]


def _way(typed: str, event: EventView, before: RegistrationDraft) -> Attendance | None:
    if typed in Attendance.__members__:
        return Attendance(typed)
    return before.attendance if before.attendance in ways(event) else None


def _number(typed: str) -> int:
    """An empty field is oneself; 0, which no rule allows, stands for what is no number."""
    text = digits(clean_text(typed)).removesuffix("人").removesuffix("名").strip()
    if not text:
        return 1
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def fresh_key() -> str:
    return secrets.token_urlsafe(18)
