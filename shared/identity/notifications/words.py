"""How people call the kinds of 通知 and the ways of being told."""

from shared.identity.notifications.models import NotificationKind, NotificationManner

KINDS: dict[NotificationKind, str] = {
    NotificationKind.APPLICATION: "入会申請",
    NotificationKind.NOTICE: "変更届・退会届",
    NotificationKind.POST: "団体からの投稿",
    NotificationKind.NAME_USE: "後援名義",
    NotificationKind.POST_RESULT: "投稿の結果",
}
OCCASIONS: dict[NotificationKind, str] = {
    NotificationKind.APPLICATION: "申込みが届いたとき、申請者が直したとき",
    NotificationKind.NOTICE: "参加団体から届が出されたとき",
    NotificationKind.POST: "参加団体がお知らせや行事の確認を求めたとき",
    NotificationKind.NAME_USE: "申請や結果報告が届いたとき",
    NotificationKind.POST_RESULT: "投稿が公開されたとき、事務局から戻されたとき",
}
MANNERS: dict[NotificationManner, str] = {
    NotificationManner.GATHERED: "1件目はすぐ、続きは翌朝",
    NotificationManner.AT_ONCE: "1件ごとにすぐ",
    NotificationManner.DAILY: "翌朝にまとめて",
    NotificationManner.NEVER: "受け取らない",
}
