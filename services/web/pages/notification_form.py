"""How somebody wants to be told, as a form: the desk's and a person's have the same fields."""

from typing import Any

from services.web.forms import Form, FormView
from shared.identity.notifications.models import NotificationKind, NotificationManner
from shared.identity.notifications.queries import Choices
from shared.identity.notifications.words import KINDS, MANNERS, OCCASIONS
from shared.kit.refusals import Refusal

DONE = "保存しました。次の通知から、この受け取り方になります。"


def manners_in(form: Form) -> dict[str, str]:
    return {kind.value: form.text(kind.value) for kind in NotificationKind if form.has(kind.value)}


def view_of(choices: Choices, form: Form | None = None, refusal: Refusal | None = None) -> FormView:
    """What was typed stands over what is kept."""
    kept: dict[str, str | list[str]] = {kind.value: manner.value for kind, manner in choices.manners.items()}
    return FormView(kept | {"by_night": "1" if choices.by_night else "0"} | (form.values() if form else {}), refusal)


#: What both pages need to say it in words.
WORDS: dict[str, Any] = {
    "kinds": KINDS,
    "occasions": OCCASIONS,
    "manners": [(each.value, MANNERS[each]) for each in NotificationManner],
}
