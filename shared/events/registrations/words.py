"""What registrations are called on pages, on paper and in letters."""

from shared.events.registrations.models import Attendance, RegistrationChannel, RegistrationStatus

ATTENDANCES = {Attendance.HALL: "会場", Attendance.ONLINE: "オンライン"}

STATUSES = {
    RegistrationStatus.CONFIRMED: "参加確定",
    RegistrationStatus.WAITLISTED: "キャンセル待ち",
    RegistrationStatus.CANCELLED: "取消済み",
}

CHANNELS = {
    RegistrationChannel.WEB: "ウェブ",
    RegistrationChannel.PHONE: "電話",
    RegistrationChannel.FAX: "FAX",
    RegistrationChannel.POST: "郵便",
    RegistrationChannel.EMAIL: "メール",
    RegistrationChannel.DESK: "窓口",
    RegistrationChannel.WALK_IN: "当日受付",
    RegistrationChannel.API: "システム連携",
}

#: 参加への配慮 that can be ticked; anything else is written in words.
NEEDS = ("手話通訳", "要約筆記・字幕", "車いす", "託児", "その他")
NEED_OPTIONS = [(need, need) for need in NEEDS]
_BETWEEN = "、"


def needs_text(ticked: list[str], words: str) -> str:
    """One line of what was ticked, then the words."""
    known = [need for need in NEEDS if need in ticked]
    return "\n".join(part for part in (_BETWEEN.join(known), words) if part)


def needs_parts(text: str | None) -> tuple[list[str], str]:
    """`needs_text` backwards. A text that somebody wrote freely has nothing ticked."""
    first, _, rest = (text or "").partition("\n")
    ticked = first.split(_BETWEEN) if first else []
    if ticked and all(need in NEEDS for need in ticked):
        return ticked, rest
    return [], text or ""
