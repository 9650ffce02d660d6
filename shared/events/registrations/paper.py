"""参加者名簿: the list that lies on the table at the door, also when the network is gone."""

from collections.abc import Iterable, Sequence

from shared.events.registrations.models import RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.words import ATTENDANCES
from shared.events.views import EventView
from shared.events.words import when, where
from shared.kit import clock
from shared.kit.japanese import eras
from shared.kit.paper.typesetting import Document, typeset
from shared.kit.refusals import Refusal
from shared.tenants.queries import Profile

#: A book of a list; no hall on one list is larger.
MOST_ROWS = 2_000
_COLUMNS = (
    ("受付", 0.55),
    ("受付番号", 0.8),
    ("フリガナ", 1.6),
    ("お名前", 1.7),
    ("団体名・所属", 2.2),
    ("人数", 0.6),
    ("同行者", 1.6),
    ("参加への配慮", 2.0),
    ("方法", 0.9),
)
_BOX = "□"


async def render_name_list(profile: Profile, event: EventView, everybody: Iterable[RegistrationView]) -> bytes:
    """A4 landscape. Only who has a seat: whoever waits or has cancelled never stands on it. In the order that is given."""
    coming = [each for each in everybody if each.status is RegistrationStatus.CONFIRMED]
    if len(coming) > MOST_ROWS:
        raise Refusal(
            "TOO_MANY_ROWS", f"一度に印刷できるのは{MOST_ROWS:,}件までです。参加方法で分けて印刷してください。"
        )
    people = sum(each.party_size for each in coming)
    data = {
        "title": f"参加者名簿　{event.title}",
        "platform": "　".join(part for part in (when(event), where(event)) if part),
        "note": f"{eras.japanese_moment(clock.now())}現在　{len(coming):,}組 {people:,}人",
        "foot": f"{profile.name}　参加者名簿（取扱注意）",
        "landscape": True,
        "columns": [{"label": label, "width": width} for label, width in _COLUMNS],
        "rows": [_row(each) for each in coming],
        "empty": "参加が確定した方は、まだいません。",
    }
    return await typeset(Document.NAME_LIST, data)


def by_kana(everybody: Sequence[RegistrationView]) -> list[RegistrationView]:
    """五十音順; names without a reading come last, by number."""
    return sorted(everybody, key=lambda each: (not each.kana, each.kana or "", each.number))


def _row(each: RegistrationView) -> list[str]:
    return [
        _BOX,
        each.called,
        each.kana or "",
        each.name,
        each.organisation_name or "",
        str(each.party_size),
        (each.companions or "").replace("\n", "、"),
        (each.needs or "").replace("\n", " "),
        ATTENDANCES[each.attendance],
    ]
