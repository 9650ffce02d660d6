"""What the door says to a ticket, in words for the staff member who holds the tablet."""

from enum import StrEnum

import msgspec

from shared.events.attendance.queries import CheckInView, GuestView
from shared.kit.japanese.eras import in_japan, japanese_date, japanese_time


class Outcome(StrEnum):
    """Only ADMITTED has changed something."""

    ADMITTED = "ADMITTED"
    ALREADY = "ALREADY"
    WAITING = "WAITING"
    CANCELLED = "CANCELLED"
    ONLINE = "ONLINE"
    OTHER_EVENT = "OTHER_EVENT"
    UNKNOWN = "UNKNOWN"


class DoorAnswer(msgspec.Struct, frozen=True):
    """`message` names no guest: it may be kept for the repetition of a scan."""

    outcome: Outcome
    message: str
    guest: GuestView | None = None

    @property
    def admitted(self) -> bool:
        return self.outcome is Outcome.ADMITTED


UNKNOWN = DoorAnswer(
    Outcome.UNKNOWN,
    "この受付票は見つかりません。番号か名前で探すか、当日受付で加えてください。",
)
WAITING = "キャンセル待ちの方です。席は確定していません。空いている席があれば、確定して受け付けられます。"
CANCELLED = "この申込は取り消されています。席があれば、当日受付で加えてください。"
ONLINE = "オンラインで申し込んだ方です。会場に空きがあれば、会場での参加に変えて受け付けられます。"

TOOK_PART_ONLINE = "オンラインで参加したと記録されている方です。会場で受け付けるときは、先に「オンライン参加」で記録を取り消してください。"


def admitted(guest: GuestView) -> DoorAnswer:
    return DoorAnswer(Outcome.ADMITTED, "受け付けました。", guest)


def already(guest: GuestView, check_in: CheckInView) -> DoorAnswer:
    return DoorAnswer(Outcome.ALREADY, f"すでに受け付けています。{first_scan(check_in)}", guest)


def earlier(guest: GuestView, later: CheckInView) -> DoorAnswer:
    """A scan that reached us after another of the same, though it was made before it: it is the first."""
    words = f"受け付けました。{_where(later)}でも{_when(later)}に読み取られています（こちらが先です）。"
    return DoorAnswer(Outcome.ADMITTED, words, guest)


def other_event(guest: GuestView, title: str) -> DoorAnswer:
    return DoorAnswer(Outcome.OTHER_EVENT, f"この受付票は、別の行事「{title}」のものです。", guest)


def first_scan(check_in: CheckInView) -> str:
    """`最初の受付は1月12日 13時05分、東口（事務局 花子さん）です。`"""
    return f"最初の受付は{_when(check_in)}、{_where(check_in)}です。"


def repetition(check_in: CheckInView) -> str:
    """`13時10分、西口でもう一度読み取られています`; empty for who was scanned once."""
    if check_in.again_at is None:
        return ""
    where = check_in.again_place or (f"{check_in.again_by}さん" if check_in.again_by else "別の端末")
    return f"{japanese_time(in_japan(check_in.again_at))}、{where}でもう一度読み取られています"


def _when(check_in: CheckInView) -> str:
    local = in_japan(check_in.checked_in_at)
    return f"{japanese_date(local.date(), weekday=False)}{japanese_time(local)}"


def _where(check_in: CheckInView) -> str:
    who = f"{check_in.checked_in_by}さん" if check_in.checked_in_by else "係の人"
    return f"{check_in.place}（{who}）" if check_in.place else who
