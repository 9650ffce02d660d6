"""The words of the letters to those who register: a standard for all, and each platform's own where it has written one.

What changes from letter to letter stands in brackets, 【お名前】. Brackets are replaced and nothing else: the words of a
platform are data, never a program.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.events.registrations.models import LetterWording
from shared.identity.policy import Actor
from shared.kit import audit, clock
from shared.kit.database.session import tenant_of
from shared.kit.editing import check_revision
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Conflict, Refusal, Refusals


class LetterKind(StrEnum):
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    PROMOTED = "PROMOTED"
    PASSED_OVER = "PASSED_OVER"
    CHANGED = "CHANGED"
    CANCELLED = "CANCELLED"
    ASKED_AGAIN = "ASKED_AGAIN"
    REMINDER = "REMINDER"
    EVENT_CHANGED = "EVENT_CHANGED"
    EVENT_CANCELLED = "EVENT_CANCELLED"
    THANKS = "THANKS"


#: They speak of a seat, or of a place on the waiting list.
PROMISES = (LetterKind.CONFIRMED, LetterKind.PROMOTED, LetterKind.WAITLISTED, LetterKind.PASSED_OVER)
#: What may stand in brackets, and what stands there in the letter.
PLACEHOLDERS = {
    "お名前": "申し込んだ方のお名前",
    "行事名": "行事の題名",
    "受付番号": "4桁の受付番号",
    "状況": "参加確定、またはキャンセル待ち（順番も）",
    "順番": "キャンセル待ちの順番（数字）",
    "行事のご案内": "行事名・日時・会場・参加方法・人数をまとめた数行",
    "確認ページ": "その方だけのページのアドレス（変更・取消・受付票・視聴・証書）",
    "人数の変更": "人数を減らす方法（締切の前は確認ページから、後は問い合わせ先へ）",
    "お知らせ": "変わったこと、または中止の理由",
    "報告ページ": "開催報告のアドレス",
    "アンケート": "アンケートのお願いとアドレス（登録があるとき）",
}
#: For the preview: a letter as somebody would get it.
EXAMPLE = {
    "お名前": "試し 花子",
    "行事名": "つながりを考える講座",
    "受付番号": "0012",
    "状況": "参加確定",
    "順番": "3",
    "行事のご案内": "行事　つながりを考える講座\n日時　令和9年2月3日（水）13時30分〜15時30分\n会場　県民会館 大会議室",
    "確認ページ": "https://example.jp/registrations/（お一人ずつ違うアドレス）",
    "人数の変更": "人数を減らせば参加できることもあります。人数は、次のページから変えられます。",
    "お知らせ": "会場が「県民会館 大会議室」に決まりました。",
    "報告ページ": "https://example.jp/events/（行事のページ）",
    "アンケート": "アンケートにもご協力ください：\nhttps://example.jp/questionnaire",
}
#: When each letter goes out.
OCCASIONS = {
    LetterKind.CONFIRMED: ("参加確定", "申込と同時に席がとれたとき"),
    LetterKind.WAITLISTED: ("キャンセル待ち", "満席で、キャンセル待ちになったとき"),
    LetterKind.PROMOTED: ("繰り上げ", "席が空いて、参加が確定したとき"),
    LetterKind.PASSED_OVER: ("見送り", "空いた席が人数に足りず、後の方を先に案内したとき（一度だけ）"),
    LetterKind.CHANGED: ("内容の変更", "申込の内容が変わったとき"),
    LetterKind.CANCELLED: ("取消", "申込が取り消されたとき"),
    LetterKind.ASKED_AGAIN: ("二重の申込", "同じアドレスからもう一度申し込まれたとき（1日に一度）"),
    LetterKind.REMINDER: (
        "前日のお知らせ",
        "行事が始まる日の前の日の10時（その日のうちに送れなかったときは、送りません）",
    ),
    LetterKind.EVENT_CHANGED: ("行事の変更", "日時や会場が変わったとき、延期のとき"),
    LetterKind.EVENT_CANCELLED: ("行事の中止", "行事が中止になったとき"),
    LetterKind.THANKS: ("お礼と報告", "開催報告を公開したとき（受付をした方へ）"),
}
#: Without it the person could neither change nor cancel.
_LINK = "確認ページ"
_WITHOUT_LINK = (LetterKind.CANCELLED, LetterKind.EVENT_CANCELLED, LetterKind.THANKS)
LONGEST_SUBJECT, LONGEST_BODY = 200, 5_000
_BRACKETS = re.compile("【([^【】\n]{1,20})】")


class Wording(msgspec.Struct, frozen=True):
    """`revision` 0 is the standard."""

    kind: LetterKind
    subject: str
    body: str
    revision: int = 0
    changed_by: str | None = None
    changed_at: datetime | None = None


@cache
def standard(kind: LetterKind) -> Wording:
    """`wording/<kind>.txt`, first line the subject."""
    source = (Path(__file__).parent / "wording" / f"{kind.lower()}.txt").read_text(encoding="utf-8")
    subject, _, body = source.partition("\n")
    return Wording(kind, subject, body.strip("\n"))


async def wording_of(session: AsyncSession, kind: LetterKind) -> Wording:
    """The platform's own, else the standard."""
    return (await wordings(session))[kind]


async def wordings(session: AsyncSession) -> dict[LetterKind, Wording]:
    rows = await session.scalars(select(LetterWording).where(LetterWording.tenant_id == tenant_of(session)))
    own = {LetterKind(row.kind): row for row in rows}
    return {kind: _view(own[kind]) if kind in own else standard(kind) for kind in LetterKind}


def _view(row: LetterWording) -> Wording:
    return Wording(LetterKind(row.kind), row.subject, row.body, row.revision, row.changed_by, row.changed_at)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Known brackets give way to their values, once; a line that held nothing but an empty one goes. Other brackets stay."""
    lines = []
    for line in text.split("\n"):
        filled = _BRACKETS.sub(lambda found: values.get(found[1], found[0]), line)
        if filled.strip() or not line.strip():
            lines.append(filled)
    return "\n".join(lines)


def checked(kind: LetterKind, subject: str, body: str) -> Wording:
    """As it is stored. Raises Refusals that name `subject` and `body`."""
    subject, body = clean_text(subject), clean_lines(body)
    problems = []
    for field, text, longest, label in (
        ("subject", subject, LONGEST_SUBJECT, "件名"),
        ("body", body, LONGEST_BODY, "本文"),
    ):
        if not text:
            problems.append(Refusal("REQUIRED", f"{label}を入力してください。", field))
        if len(text) > longest:
            problems.append(Refusal("TOO_LONG", f"{label}は{longest:,}文字までで入力してください。", field))
    if kind not in _WITHOUT_LINK and f"【{_LINK}】" not in body:
        message = f"本文に【{_LINK}】を入れてください。これがないと、変更や取消のページをお知らせできません。"
        problems.append(Refusal("LINK_MISSING", message, "body"))
    if problems:
        raise Refusals(problems)
    return Wording(kind, subject, body)


def unknown_brackets(wording: Wording) -> list[str]:
    """Probably misspelt: they would be sent as they stand. 【参加確定】 in a subject is a mere mark."""
    found = [name for name in _BRACKETS.findall(wording.body) if name not in PLACEHOLDERS]
    return list(dict.fromkeys(found))


async def save(
    session: AsyncSession, *, actor: Actor, kind: LetterKind, subject: str, body: str, revision: int
) -> Wording:
    """For all letters from now on. Conflict when somebody else has changed it since `revision` was read."""
    wanted, row = checked(kind, subject, body), await _own(session, kind)
    if row is None and revision == 0:
        row = LetterWording(kind=kind.value, revision=0)
        session.add(row)
    elif row is None:
        raise Conflict("編集している間に、ほかの人が標準の文面に戻しました。画面を開き直してください。")
    else:
        await check_revision(session, row.id, current=row.revision, read=revision)
    row.subject, row.body = wanted.subject, wanted.body
    row.changed_by, row.changed_at, row.revision = actor.name, clock.now(), row.revision + 1
    await session.flush()
    _note(session, actor, "letter-wording.save", kind, row.id)
    return _view(row)


async def reset(session: AsyncSession, *, actor: Actor, kind: LetterKind) -> None:
    """The standard again; without own words nothing happens."""
    row = await _own(session, kind)
    if row is not None:
        await session.delete(row)
        _note(session, actor, "letter-wording.reset", kind, row.id)


async def _own(session: AsyncSession, kind: LetterKind) -> LetterWording | None:
    statement = select(LetterWording).where(
        LetterWording.tenant_id == tenant_of(session), LetterWording.kind == kind.value
    )
    return (await session.execute(statement.with_for_update())).scalar_one_or_none()


def _note(session: AsyncSession, actor: Actor, action: str, kind: LetterKind, row_id: UUID) -> None:
    audit.note(
        session,
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        object_id=row_id,
        summary=kind.value,
    )
