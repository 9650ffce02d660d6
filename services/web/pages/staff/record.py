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
    "certificate": "参加証明書",
    "change-notice": "変更届",
    "check-in": "当日の受付",
    "checklist": "審査の基準と手順",
    "event": "行事",
    "follow-up": "意見のその後",
    "import": "名簿の取り込み",
    "invitation": "招待",
    "letter-wording": "手紙の文面",
    "member-rules": "会員についての設定",
    "name-use": "後援名義",
    "notification": "通知の受け取り方",
    "online": "オンラインの参加",
    "organisation": "参加団体",
    "organisation-list": "参加団体の名簿",
    "password": "パスワード",
    "pledge": "守秘義務の誓約",
    "profile": "プロフィール",
    "registration": "行事の申込",
    "role": "役割",
    "session": "サインイン",
    "tables": "班分け",
    "tenant": "プラットフォーム",
    "umbrella": "傘下の団体",
    "viewing": "視聴のご案内",
    "withdrawal-notice": "退会届",
}
VERBS = {
    "accept": "受理",
    "approve": "承認",
    "assign": "割り当て",
    "cancel": "中止",
    "change": "変更",
    "check": "確認",
    "companions": "同行者の記入",
    "compose": "編成",
    "confirm": "最終確認",
    "count": "人数の記録",
    "create": "作成",
    "declare": "傘下の数の記録",
    "discard": "取りやめ",
    "edit": "編集",
    "export": "Excel・CSVへの書き出し",
    "finish": "完了",
    "hide-address": "所在地を伏せる",
    "import": "取り込み",
    "inquire": "問い合わせの取り次ぎ",
    "inquiries": "問い合わせの受付の変更",
    "issue": "発行",
    "labels": "宛名ラベルの印刷",
    "launch": "開始",
    "logo": "ロゴの登録",
    "make": "送付",
    "mark-held": "終了の記録",
    "take-back-held": "終了の取り消し",
    "mend": "修正の受け取り",
    "move": "席の移動",
    "name-list": "名簿の印刷",
    "name-use-paper": "後援名義の書面の閲覧",
    "notice-view": "届の閲覧",
    "open": "開始",
    "postpone": "延期",
    "print": "印刷",
    "propose": "公開の依頼",
    "publish": "公開",
    "publish-report": "開催報告の公開",
    "record": "記録",
    "refuse": "不受理",
    "register": "登録",
    "reissue": "再発行",
    "reject": "不承認",
    "relay": "お知らせの送付",
    "remove": "取り外し",
    "renew": "再設定",
    "report": "結果報告",
    "reset": "もとの文面に戻す",
    "resume": "再開",
    "return": "差戻し",
    "revoke": "取り消し",
    "rule": "内容の設定",
    "save": "保存",
    "save-report": "開催報告の保存",
    "scan": "スキャンの保存",
    "send-back": "差戻し",
    "set": "設定",
    "set-discussion": "意見交換の設定",
    "set-measures": "成果の数の記録",
    "set-sessions": "プログラムの編集",
    "show-address": "所在地を伏せるのをやめる",
    "sign": "署名",
    "start": "書き込みの開始",
    "submit": "受付",
    "suspend": "休止",
    "take-up": "確認の開始",
    "undo": "取り消し",
    "update": "編集",
    "view": "閲覧",
    "viewers": "視聴者数の記録",
    "withdraw": "取り下げ",
}
#: Where the verb means something else than elsewhere.
OWN_VERBS = {
    "announcement.withdraw": "公開の終了",
    "application.check": "確認項目の記録",
    "invitation.accept": "承諾",
    "registration.cancel": "取り消し",
    "registration.export": "名簿のExcel・CSVへの書き出し",
    "registration.print": "名簿の印刷",
}


def words_of(action: str) -> str:
    """`event.publish` → 行事: 公開. What has no words yet is shown as it is."""
    noun, _, verb = action.partition(".")
    return f"{NOUNS.get(noun, noun)}: {OWN_VERBS.get(action) or VERBS.get(verb, verb)}"


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
