"""Events in the columns that Japanese municipalities publish theirs in: オープンデータの標準データセット「イベント一覧」."""

from shared.events.models import EventState
from shared.events.views import EventView
from shared.kit import clock
from shared.kit.spreadsheets.writing import Value
from shared.tenants.queries import Profile

HEADERS = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "イベント名", "イベント名_カナ", "イベント名_英語",
    "開始日", "終了日", "開始時間", "終了時間", "開始日時特記事項", "説明", "料金(基本)", "料金(詳細)", "連絡先名称",
    "連絡先電話番号", "連絡先内線番号", "主催者", "場所名称", "住所", "方書", "緯度", "経度", "アクセス方法", "駐車場情報",
    "定員", "参加申込終了日", "参加申込終了時間", "参加申込方法", "URL", "備考",
)  # fmt: skip

#: Words of ours where the standard has no column: an import understands them again.
ONLINE_TOO, ONLINE = "オンラインあり", "オンライン"
STANDING = {EventState.CANCELLED: "中止", EventState.POSTPONED: "延期"}
CARE = "参加への配慮："


def row_of(event: EventView, profile: Profile, prefecture: str, municipality: str, base_url: str) -> list[Value]:
    """One row for HEADERS; what is not recorded stays empty."""
    begins = event.starts_at.astimezone(clock.JST)
    ends = event.ends_at.astimezone(clock.JST) if event.ends_at else None
    closes = event.registration_deadline.astimezone(clock.JST) if event.registration_deadline else None
    known: dict[str, Value] = {
        "都道府県コード又は市区町村コード": profile.code,
        "NO": str(event.id),
        "都道府県名": prefecture,
        "市区町村名": municipality,
        "イベント名": event.title,
        "開始日": begins.date().isoformat(),
        "終了日": (ends or begins).date().isoformat(),
        "開始時間": None if event.all_day else f"{begins:%H:%M}",
        "終了時間": f"{ends:%H:%M}" if ends and not event.all_day else None,
        "開始日時特記事項": _remark(event),
        "説明": event.description,
        "連絡先名称": event.organiser or profile.name,
        "連絡先電話番号": event.contact_phone,
        "主催者": event.organiser,
        "場所名称": event.venue or (ONLINE if event.online else None),
        "定員": event.capacity,
        "参加申込終了日": closes.date().isoformat() if closes else None,
        "参加申込終了時間": f"{closes:%H:%M}" if closes else None,
        "参加申込方法": event.how_to_apply,
        "URL": f"{base_url}/events/{event.id}",
        "備考": f"{CARE}{event.accessibility}" if event.accessibility else None,
    }
    return [known.get(header) for header in HEADERS]


def _remark(event: EventView) -> str | None:
    """The standard has no column for what was called off, and nobody should travel to it."""
    words = (STANDING.get(event.state), ONLINE_TOO if event.online and event.venue else None)
    return "、".join(word for word in words if word) or None
