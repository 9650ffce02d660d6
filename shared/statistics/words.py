"""What the counts are called on pages."""

NAMES = {
    "member_organisations": "参加団体",
    "events_held": "開いた行事",
    "events_upcoming": "これからの行事",
    "announcements_published": "公開中のお知らせ",
}
