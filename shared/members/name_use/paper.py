"""後援名義承認書 as PDF, to be shown to a hall, a printer or a newspaper."""

from datetime import date
from typing import Any

from shared.kit.japanese import eras
from shared.kit.paper.qr import qr_code
from shared.kit.paper.typesetting import Document, typeset
from shared.kit.refusals import NotFound
from shared.members.name_use.models import NameUseState
from shared.members.name_use.queries import NameUseView
from shared.members.paper import desk_lines
from shared.tenants.queries import Profile

_NOTES = (
    "ロゴの形と色を変えず、この行事・活動だけにお使いください。",
    "内容が変わるときや中止するときは、先に事務局へお知らせください。",
    "終わりましたら、マイページか事務局への連絡で結果をお知らせください。",
)


async def render_permission(profile: Profile, request: NameUseView) -> bytes:
    """NotFound for what is not approved: there is no such paper."""
    if request.state is not NameUseState.APPROVED or request.allowed_from is None or request.allowed_until is None:
        raise NotFound
    number = request.receipt_number
    decided = eras.in_japan(request.decided_at).date() if request.decided_at else request.allowed_from
    rows = {
        "行事・活動": request.title,
        "日程": _span(request.starts_on, request.ends_on),
        "場所": request.place,
        "使える期間": f"{_day(request.allowed_from)}から{_day(request.allowed_until)}まで",
        "条件": request.conditions or "",
    }
    data: dict[str, Any] = {
        "title": "後援名義承認書",
        "platform": profile.name,
        "mark": "後援名義",
        "date": _day(decided),
        "to": f"{request.organisation_name}　御中",
        "from": f"{profile.name}\n事務局",
        "receipt": {"number": number, "qr": qr_code(number, f"受付番号{number}のQRコード")},
        "intro": f"申請のあった次の行事・活動に、{profile.name}の名義を使うことを承認します。",
        "rows": [{"label": label, "value": value} for label, value in rows.items() if value],
        "notes": list(_NOTES),
        "desk": desk_lines(profile),
        "foot": f"{profile.name}　後援名義承認書（{number}）",
    }
    return await typeset(Document.PERMISSION, data)


def _day(day: date) -> str:
    return eras.both_calendars(day, weekday=False)


def _span(start: date, end: date) -> str:
    return _day(start) if start == end else f"{_day(start)}から{_day(end)}まで"
