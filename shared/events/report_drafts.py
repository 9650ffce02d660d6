"""What people write after an event, and what is checked before it is kept."""

from collections.abc import Iterator
from uuid import UUID

import msgspec

from shared.events.drafts import many_lines, one_line
from shared.kit.japanese.normalise import clean_lines, clean_text
from shared.kit.refusals import Refusal, Refusals


class PhotoDraft(msgspec.Struct, kw_only=True, frozen=True):
    """Without `alt` the picture keeps the words that it has. It is published once `consented` says that 撮影の同意 is confirmed."""

    media_id: UUID
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None
    consented: bool = False


class ReportDraft(msgspec.Struct, kw_only=True, frozen=True):
    """開催報告. Photos in their order; `caption` goes before the medium's own."""

    body: str
    body_easy: str | None = None
    photos: tuple[PhotoDraft, ...] = ()


def checked_report(draft: ReportDraft, *, unfinished: bool = False) -> ReportDraft:
    """An `unfinished` one may be empty. Raises Refusals that name `body` and fields such as `photos.0.alt`."""
    cleaned = msgspec.structs.replace(
        draft,
        body=clean_lines(draft.body),
        body_easy=many_lines(draft.body_easy),
        photos=tuple(_cleaned_photo(photo) for photo in draft.photos),
    )
    problems = [problem for place, photo in enumerate(cleaned.photos) for problem in _photo_problems(photo, place)]
    if not cleaned.body and not unfinished:
        problems.append(Refusal("REQUIRED", "開催報告の本文を入力してください。", "body"))
    for field in ("body", "body_easy"):
        if len(getattr(cleaned, field) or "") > 20_000:
            problems.append(Refusal("TOO_LONG", "開催報告は20,000文字までで入力してください。", field))
    if problems:
        raise Refusals(problems)
    return cleaned


def _cleaned_photo(photo: PhotoDraft) -> PhotoDraft:
    alt = None if photo.alt is None else clean_text(photo.alt)
    return msgspec.structs.replace(photo, alt=alt, caption=many_lines(photo.caption), credit=one_line(photo.credit))


def _photo_problems(photo: PhotoDraft, place: int) -> Iterator[Refusal]:
    if photo.alt == "":
        message = f"写真{place + 1}の説明（代替テキスト）を入力してください。"
        yield Refusal("ALT_MISSING", message, f"photos.{place}.alt")
    for field, label, longest in (("alt", "説明", 300), ("caption", "添える言葉", 500), ("credit", "撮影者", 100)):
        if len(getattr(photo, field) or "") > longest:
            message = f"写真{place + 1}の{label}は{longest}文字までで入力してください。"
            yield Refusal("TOO_LONG", message, f"photos.{place}.{field}")
