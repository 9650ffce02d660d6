"""A registration in a few lines, as letters say it."""

from shared.events import words as event_words
from shared.events.registrations.models import Attendance, RegistrationStatus
from shared.events.registrations.queries import RegistrationView
from shared.events.registrations.words import ATTENDANCES
from shared.events.views import EventView


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


def _watches(person: RegistrationView) -> bool:
    return person.attendance is Attendance.ONLINE and person.status is RegistrationStatus.CONFIRMED
