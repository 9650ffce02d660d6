"""A registration in a few lines, as letters say it."""

from shared.events import words as event_words
from shared.events.registrations import rules
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.words import ATTENDANCES, STATUSES
from shared.events.views import EventView
from shared.kit.refusals import Refusal


def summary(event: EventView, person: RegistrationView) -> str:
    """行事名, 日時, 会場, 参加方法 where there are two, 人数 of a group."""
    lines = [
        ("行事", event.title),
        ("日時", event_words.when(event)),
        ("会場", event_words.where(event) or ""),
        ("参加方法", ATTENDANCES[person.attendance] if event.online else ""),
        ("視聴", "下の確認ページの「視聴のページへ」から（始まる30分前に開きます）" if _watches(person) else ""),
        ("人数", f"{person.party_size}人" if person.party_size > 1 else ""),
        ("問い合わせ", event.contact_phone or event.contact_email or ""),
    ]
    return "\n".join(f"{label}　{value}" for label, value in lines if value)


def standing(person: RegistrationView) -> str:
    """`参加確定`, or `キャンセル待ち（3番目）`."""
    place = f"（{person.waitlist_position}番目）" if person.waitlist_position else ""
    return f"{STATUSES[person.status]}{place}"


def fewer_people(event: EventView) -> str:
    """How a group that waits makes itself smaller: by itself while registration is open, then through the desk."""
    hope = "人数を減らせば参加できることもあります。"
    try:
        rules.check_open(event, by_staff=False)
    except Refusal:
        desk = event.contact_phone or event.contact_email
        where = f"問い合わせ先（{desk}）" if desk else "問い合わせ先"
        return f"{hope}いまは受付期間の外のため、人数の変更は{where}でお受けします。順番の確認と取消は、次のページからできます。"
    return f"{hope}人数は、次のページから変えられます。"


def _watches(person: RegistrationView) -> bool:
    return person.attendance is Attendance.ONLINE and person.status is RegistrationStatus.CONFIRMED
