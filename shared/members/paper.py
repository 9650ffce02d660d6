"""様式1, 様式2, 宛名ラベル and 名簿 as PDF: from the records of this slice to the printed sheet."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from shared.kit.japanese import eras
from shared.kit.paper.qr import qr_code
from shared.kit.paper.typesetting import Document, typeset
from shared.kit.refusals import Refusal
from shared.members.details import LABELS, ApplicationDetails
from shared.members.letters import DESK
from shared.members.models import Channel
from shared.members.paper_rows import Data, choice, option, options, part, row, section, sections
from shared.members.words import CHANNELS
from shared.tenants.queries import ContactView, Profile

FORM1, FORM2 = "様式1", "様式2"
_DATE_BLANK = "記入した日　　　　　年　　　月　　　日"
_ON_PAPER = (Channel.FAX, Channel.POST, Channel.EMAIL, Channel.PHONE)
LABELS_PER_SHEET = 12
#: What one file may hold: a hundred sheets of labels, a book of a list.
MOST_LABELS, MOST_ROWS = 1_200, 2_000


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """退会届 as sent; empty for a form to be filled in with a pen."""

    name: str = ""
    kana: str = ""
    representative_title: str = ""
    representative_name: str = ""
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    effective_on: date | None = None
    reason: str = ""


class AddressLabel(msgspec.Struct, frozen=True, kw_only=True):
    """Without a person the label says 御中."""

    name: str
    postal_code: str = ""
    address: str = ""
    department: str = ""
    person: str = ""


class Column(msgspec.Struct, frozen=True):
    """`width` is relative to the other columns."""

    label: str
    width: float = 1.0


async def render_form1(
    profile: Profile,
    details: ApplicationDetails | None,
    receipt_number: str | None,
    *,
    received_on: date | None = None,
    changed: Collection[str] = (),
    municipality: str = "",
    channel: Channel | None = None,
    web_address: str | None = None,
) -> bytes:
    """入会申請書, which with `changed` (names of fields) is a 変更届; empty without `details`. Without a receipt number it is
    for the pen: nothing says yet what becomes of it.

    `web_address` is where the same form stands on the web, for those who would rather.
    """
    known = details or ApplicationDetails()
    charter = f"設置要綱{f'（第{profile.charter.version}版）' if profile.charter else ''}を読み、その内容に同意します。"
    agreements = [
        option(charter, chosen=known.charter_version is not None),
        option("この書類の個人情報を、入会の確認と会員としての連絡に使うことに同意します。", chosen=known.consent),
    ]
    data = {
        **_heading(profile, "入会申請書・変更届", FORM1, receipt_number, received_on),
        "kinds": [
            option("新しく参加する", chosen=receipt_number is not None and not changed),
            option("届け出た内容を変更する（団体名と、変わるところだけご記入ください）", chosen=bool(changed)),
        ],
        "intro": "次のとおり、参加の申込み（届け出た内容の変更）をします。" + _changed(changed),
        "sections": sections(known, profile, municipality),
        "agreements": agreements,
        "office": _office(channel, received_on, "参加日"),
        **_desk(profile, web_address),
    }
    return await typeset(Document.FORM, data)


async def render_form2(
    profile: Profile,
    withdrawal: Withdrawal | None = None,
    receipt_number: str | None = None,
    *,
    received_on: date | None = None,
    channel: Channel | None = None,
) -> bytes:
    """退会届: empty without `withdrawal`."""
    known = withdrawal or Withdrawal()
    day = eras.both_calendars(known.effective_on, weekday=False) if known.effective_on else ""
    representative = (
        part(known.representative_title, caption="役職"),
        part(known.representative_name, caption="氏名", blank="　"),
    )
    member = [
        row(
            "団体名",
            part(known.kana, caption="フリガナ"),
            part(known.name, kind="name", blank="　"),
            needed=True,
        ),
        row("代表者", *representative),
        row("連絡を担当する方", part(known.contact_name, caption="氏名", blank="　")),
        row(LABELS["phone"], part(known.phone, blank="　")),
        row(LABELS["email"], part(known.email, blank="　")),
    ]
    hint = "" if withdrawal else "差し支えなければお書きください"
    leaving = [
        row("退会する日", part(day, blank="　　　　　年　　　月　　　日"), needed=True),
        row("退会の理由", part(known.reason, caption=hint, kind="lines", count=5)),
    ]
    data = {
        **_heading(profile, "退会届", FORM2, receipt_number, received_on),
        "kinds": [],
        "intro": f"{profile.name}から、次のとおり退会します。",
        "sections": [section("団体について", member), section("退会について", leaving)],
        "agreements": [],
        "office": _office(channel, received_on, "退会日"),
        **_desk(profile, None),
    }
    return await typeset(Document.FORM, data)


async def render_labels(profile: Profile, labels: Iterable[AddressLabel], *, skip: int = 0) -> bytes:
    """宛名ラベル, 12 on A4; `skip` leaves out those that a begun sheet has already lost. Refuses more than MOST_LABELS."""
    wanted = [msgspec.to_builtins(label) for label in labels]
    _refuse_more_than(MOST_LABELS, len(wanted))
    data = {
        "title": "宛名ラベル",
        "platform": profile.name,
        "labels": wanted,
        "skip": skip % LABELS_PER_SHEET,
    }
    return await typeset(Document.LABELS, data)


async def render_name_list(
    profile: Profile,
    *,
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    as_of: date,
    unit: str = "団体",
) -> bytes:
    """名簿 on A4 landscape, its rows numbered, with date and count. Refuses more than MOST_ROWS."""
    _refuse_more_than(MOST_ROWS, len(rows))
    data = {
        "title": title,
        "platform": profile.name,
        "note": f"{eras.both_calendars(as_of, weekday=False)}現在　{len(rows)}{unit}",
        "foot": f"{profile.name}　{title}",
        "landscape": True,
        "columns": [{"label": column.label, "width": column.width} for column in columns],
        "rows": [list(each) for each in rows],
        "empty": "該当する団体はありません。",
    }
    return await typeset(Document.NAME_LIST, data)


def _changed(names: Collection[str]) -> str:
    labels = "、".join(label for name, label in LABELS.items() if name in names)
    return f"\n変更した項目：{labels}" if labels else ""


def _refuse_more_than(most: int, count: int) -> None:
    if count > most:
        raise Refusal(
            "TOO_MANY_ROWS",
            f"一度に印刷できるのは{most:,}件までです（いまは{count:,}件です）。条件で絞り込んでください。",
        )


def _heading(
    profile: Profile, title: str, mark: str, receipt_number: str | None, received_on: date | None
) -> dict[str, Any]:
    """A receipt number stands on what has been received, so such a sheet carries no date to be written."""
    day = eras.japanese_date(received_on, weekday=False) if received_on else ""
    receipt = receipt_number and {
        "number": receipt_number,
        "received_on": f"受付日　{day}" if day else "",
        "qr": qr_code(receipt_number, f"受付番号{receipt_number}のQRコード"),
    }
    return {
        "title": title,
        "platform": profile.name,
        "mark": mark,
        "date": "" if receipt_number else _DATE_BLANK,
        "receipt": receipt or None,
        "to": f"{profile.name}　事務局　御中",
        "foot": f"{profile.name}　{title}（{mark}）",
    }


def desk_lines(profile: Profile) -> str:
    """Where the secretariat is reached, line by line."""
    contacts = profile.contacts_for(DESK)
    return "\n".join(_lines(contacts[0])) if contacts else ""


def _desk(profile: Profile, web_address: str | None) -> dict[str, Any]:
    web = web_address and {
        "label": "ウェブからも申し込めます",
        "qr": qr_code(web_address, f"ウェブで申し込むページ {web_address} のQRコード"),
    }
    return {"desk": desk_lines(profile), "web": web or None}


def _lines(contact: ContactView) -> list[str]:
    postal = f"〒{contact.postal_code}　" if contact.postal_code else ""
    ways = {"電話": contact.phone, "FAX": contact.fax}
    return [
        each
        for each in (
            f"{postal}{contact.address or ''}",
            "　".join(filter(None, [contact.department, contact.desk])),
            "　".join(f"{name} {value}" for name, value in ways.items() if value),
            f"メール {contact.email}" if contact.email else "",
        )
        if each
    ]


def _office(channel: Channel | None, received_on: date | None, decided: str) -> list[Data]:
    if channel not in (None, *_ON_PAPER):
        return []
    ways = options({way: CHANNELS[way] for way in _ON_PAPER}, [channel] if channel else [])
    day = eras.japanese_date(received_on, weekday=False) if received_on else ""
    empty: list[Data] = []
    return [
        {"label": "受付日", "value": day, "options": empty},
        {"label": "受付者", "value": "", "options": empty},
        {"label": "受付の方法", "value": "", "options": choice(ways)["options"]},
        {"label": decided, "value": "", "options": empty},
    ]
