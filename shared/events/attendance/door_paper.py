"""受付名簿: the door on paper, in the order of kana, with a box to tick."""

from collections.abc import Sequence

from shared.events.attendance.queries import GuestView
from shared.events.registrations.models import RegistrationStatus
from shared.events.views import EventView
from shared.kit import clock
from shared.members.paper import Column, render_name_list
from shared.tenants.queries import Profile

_COLUMNS = (
    Column("来場", 0.7),
    Column("受付番号", 1.0),
    Column("フリガナ", 2.0),
    Column("お名前", 2.2),
    Column("団体・所属", 3.0),
    Column("人数", 0.7),
    Column("参加への配慮", 2.2),
)
_WAITING = "キャンセル待ち"


async def render_door_list(profile: Profile, event: EventView, guests: Sequence[GuestView]) -> bytes:
    """Who has a seat, then who waits; nobody who has cancelled."""
    rows = [_row(each) for each in guests if each.status is not RegistrationStatus.CANCELLED]
    return await render_name_list(
        profile, title=f"{event.title}　受付名簿", columns=_COLUMNS, rows=rows, as_of=clock.today(), unit="件"
    )


def _row(guest: GuestView) -> list[str]:
    ticked = "■" if guest.check_in else _WAITING if guest.status is RegistrationStatus.WAITLISTED else "□"
    return [
        ticked,
        guest.called,
        guest.kana or "",
        guest.name,
        guest.organisation_name or "",
        str(guest.party_size),
        guest.needs or "",
    ]
