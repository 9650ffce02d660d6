"""記録: who did what on this platform, and when."""

from typing import Any

from litestar import get
from litestar.params import FromQuery
from litestar.response import Response

from services.web.context import Ctx
from services.web.rendering import page
from shared.identity.policy import Permission
from shared.kit.audit_queries import audit_entries
from shared.members.access_log import OF_LISTS

PAGE_SIZE = 50
LAST_PAGE = 10_000
NOUNS = {
    "announcement": "お知らせ",
    "application": "入会申請",
    "application-list": "入会申請の一覧",
    "checklist": "審査の基準と手順",
    "event": "行事",
    "import": "名簿の取り込み",
    "member-rules": "会員についての設定",
    "name-use": "後援名義",
    "notification": "通知の受け取り方",
    "organisation": "参加団体",
    "organisation-list": "参加団体の名簿",
    "pledge": "守秘義務の誓約",
    "profile": "プロフィール",
    "role": "役割",
    "session": "サインイン",
    "tenant": "プラットフォーム",
}
VERBS = {
    "accept": "受理",
    "approve": "承認",
    "assign": "割り当て",
    "cancel": "中止",
    "change": "変更",
    "check": "確認",
    "create": "作成",
    "discard": "取りやめ",
    "edit": "編集",
    "export": "Excel・CSVへの書き出し",
    "finish": "完了",
    "labels": "宛名ラベルの印刷",
    "launch": "開始",
    "logo": "ロゴの登録",
    "mark-held": "終了の記録",
    "mend": "修正の受け取り",
    "name-list": "名簿の印刷",
    "open": "開始",
    "postpone": "延期",
    "publish": "公開",
    "publish-report": "開催報告の公開",
    "refuse": "不受理",
    "reject": "不承認",
    "remove": "取り外し",
    "report": "結果報告",
    "resume": "再開",
    "return": "差戻し",
    "scan": "スキャンの保存",
    "set-sessions": "プログラムの編集",
    "sign": "署名",
    "start": "書き込みの開始",
    "submit": "受付",
    "suspend": "休止",
    "take-up": "確認の開始",
    "update": "編集",
    "view": "閲覧",
    "withdraw": "取り下げ",
}


def words_of(action: str) -> str:
    """`event.publish` → 行事: 公開. What has no words yet is shown as it is."""
    noun, _, verb = action.partition(".")
    return f"{NOUNS.get(noun, noun)}: {VERBS.get(verb, verb)}"


@get("/staff/record", policy=Permission.AUDIT_READ)
async def show_record(ctx: Ctx, page_number: FromQuery[int] = 1) -> Response[Any]:
    number = min(max(page_number, 1), LAST_PAGE)
    listed = await ctx.read(audit_entries, without=OF_LISTS, first=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return await page(
        ctx,
        "staff/record.html",
        listed=listed,
        number=number,
        more=number * PAGE_SIZE < listed.total,
        words_of=words_of,
    )


ROUTES = [show_record]
