"""様式1: the fields of the entry form, and everything that can be wrong with them."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from shared.kit.japanese import Unreadable, normalise
from shared.kit.refusals import Refusal, Refusals
from shared.members import tags
from shared.members.form_readers import (
    ADDRESS_LENGTH,
    LINE_LENGTH,
    NAME_LENGTH,
    TEXT_LENGTH,
    Reader,
    one_of,
    people,
    slug_of,
    slugs_of,
    upto,
    website,
    year,
)
from shared.members.models import CONTACT_COLUMNS, Channel, Source, Visibility
from shared.tenants.queries import Profile


class ApplicationDetails(msgspec.Struct, frozen=True, kw_only=True):
    """As typed before `check`, clean after it. Dates and numbers stay text here, so that whatever was typed can be shown again.

    `category` and `fields` are slugs of the tenant (ids and names are understood and made slugs), `audiences` and `resources` those of
    `tags` (words are understood); `visibility` maps a contact column to PUBLIC, MEMBERS or SECRETARIAT; `charter_version` is the 設置要綱 that the applicant has read and agreed to, `pledge` the 守秘義務の誓約.
    """

    name: str = ""
    kana: str = ""
    corporate_number: str = ""
    postal_code: str = ""
    address: str = ""
    municipality_code: str = ""
    representative_title: str = ""
    representative_name: str = ""
    representative_kana: str = ""
    contact_department: str = ""
    contact_name: str = ""
    contact_kana: str = ""
    phone: str = ""
    mobile: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    category: str = ""
    fields: tuple[str, ...] = ()
    people: str = ""
    founded_year: str = ""
    purpose: str = ""
    activities: str = ""
    area: str = ""
    audiences: tuple[str, ...] = ()
    audience: str = ""
    resources: tuple[str, ...] = ()
    appeal: str = ""
    source: str = ""
    visibility: dict[str, str] = {}
    charter_version: int | None = None
    consent: bool = False
    pledge: bool = False

    def visible(self, column: str) -> Visibility:
        return Visibility(self.visibility.get(column, Visibility.SECRETARIAT))


#: In the order of the form, in which its problems are listed, too.
LABELS: dict[str, str] = {
    "name": "団体名",
    "kana": "団体名（カナ）",
    "category": "団体の区分",
    "corporate_number": "法人番号",
    "founded_year": "設立した年",
    "people": "構成員の人数",
    "postal_code": "郵便番号",
    "address": "所在地",
    "municipality_code": "市町村",
    "representative_title": "代表者の役職",
    "representative_name": "代表者の氏名",
    "representative_kana": "代表者の氏名（カナ）",
    "contact_department": "連絡担当者の部署",
    "contact_name": "連絡担当者の氏名",
    "contact_kana": "連絡担当者の氏名（カナ）",
    "email": "メールアドレス",
    "phone": "電話番号",
    "mobile": "携帯電話",
    "fax": "FAX番号",
    "fields": "活動の分野",
    "activities": "主な活動",
    "purpose": "団体の目的",
    "area": "活動しているエリア",
    "audiences": "対象者の区分",
    "audience": "活動の対象となる方",
    "resources": "提供できる資源",
    "appeal": "団体からの一言",
    "website": "ウェブサイト・SNSのアドレス",
    "source": "参加のきっかけ",
    "visibility": "公開の範囲",
    "charter_version": "設置要綱の確認",
    "consent": "個人情報の取扱いへの同意",
    "pledge": "守秘義務の誓約",
}

#: What paper may leave open, the web form asks for. A receipt by mail needs the address on every electronic way.
_ALWAYS = ("name", "kana")
_ELECTRONIC = (*_ALWAYS, "contact_name", "email")
_ON_THE_WEB = (*_ELECTRONIC, "address", "representative_name", "representative_kana", "contact_kana", "activities")
REQUIRED: dict[Channel, tuple[str, ...]] = {
    Channel.WEB: _ON_THE_WEB,
    Channel.API: _ELECTRONIC,
    Channel.EMAIL: _ELECTRONIC,
    Channel.FAX: _ALWAYS,
    Channel.POST: _ALWAYS,
    Channel.PHONE: _ALWAYS,
}


def check(
    details: ApplicationDetails, profile: Profile, *, channel: Channel | None, municipalities: Collection[str]
) -> ApplicationDetails:
    """Cleaned for storing; Refusals with every problem at once, each beside its field.

    Without `channel` nothing but the name has to be there: so a change notice is read, which speaks of some fields only.
    `municipalities` are the codes that exist (at least those that could be meant).
    """
    desk = _Desk(details)
    cleaned: dict[str, Any] = {name: desk.read(name, reader) for name, reader in _readers(profile, municipalities)}
    cleaned["fields"] = desk.read_fields(profile)
    for name, known in tags.KINDS.items():
        cleaned[name] = desk.read_tags(name, known)
    cleaned["visibility"] = desk.read_visibility()
    cleaned["charter_version"] = desk.read_charter(profile, channel)
    cleaned["consent"], cleaned["pledge"] = details.consent, details.pledge
    desk.require(cleaned, channel, profile)
    desk.raise_problems()
    return ApplicationDetails(**cleaned)


def _readers(profile: Profile, municipalities: Collection[str]) -> list[tuple[str, Reader]]:
    line, text = upto(normalise.clean_text, LINE_LENGTH), upto(normalise.clean_lines, TEXT_LENGTH)
    kana = upto(normalise.katakana, NAME_LENGTH)
    return [
        ("name", upto(normalise.clean_text, NAME_LENGTH)),
        ("kana", kana),
        ("corporate_number", normalise.corporate_number),
        ("postal_code", normalise.postal_code),
        ("address", upto(normalise.clean_text, ADDRESS_LENGTH)),
        ("municipality_code", one_of(municipalities, "市町村を一覧から選んでください。")),
        ("representative_title", line),
        ("representative_name", line),
        ("representative_kana", kana),
        ("contact_department", line),
        ("contact_name", line),
        ("contact_kana", kana),
        ("phone", normalise.phone),
        ("mobile", normalise.phone),
        ("fax", normalise.phone),
        ("email", normalise.email),
        ("website", website),
        ("category", slug_of(profile.categories, "団体の区分を一覧から選んでください。")),
        ("people", people),
        ("founded_year", year),
        ("purpose", text),
        ("activities", text),
        ("area", text),
        ("audience", text),
        ("appeal", text),
        ("source", one_of(list(Source), "参加のきっかけを一覧から選んでください。")),
    ]


class _Desk:
    """Reads one form and remembers what was wrong."""

    def __init__(self, details: ApplicationDetails) -> None:
        self._details = details
        self._problems: dict[str, Refusal] = {}

    def read(self, name: str, reader: Reader) -> str:
        value = normalise.clean_lines(getattr(self._details, name)).strip()
        try:
            return reader(value) if value else ""
        except Unreadable as problem:
            self._refuse(name, str(problem).replace("{label}", LABELS[name]))
            return value

    def read_fields(self, profile: Profile) -> tuple[str, ...]:
        known = slugs_of(profile.fields)
        chosen = [known.get(given) for given in self._details.fields]
        if None in chosen:
            self._refuse("fields", "活動の分野を一覧から選んでください。")
        return tuple(field.slug for field in profile.fields if field.slug in chosen)

    def read_tags(self, name: str, known: Mapping[str, str]) -> tuple[str, ...]:
        chosen = tags.slugs(getattr(self._details, name), known)
        if not known.keys() >= set(chosen):
            self._refuse(name, f"{LABELS[name]}を一覧から選んでください。")
        return tuple(slug for slug in known if slug in chosen)

    def read_visibility(self) -> dict[str, str]:
        given = {name: value for name, value in self._details.visibility.items() if value and name in CONTACT_COLUMNS}
        for name, value in given.items():
            if value not in list(Visibility):
                self._refuse(f"visibility_{name}", f"{LABELS[name]}の公開の範囲を選んでください。")
        return given

    def read_charter(self, profile: Profile, channel: Channel | None) -> int | None:
        agreed, current = self._details.charter_version, profile.charter
        if agreed is not None and (current is None or agreed != current.version):
            self._refuse(
                "charter_version", "設置要綱が新しくなりました。お読みのうえ、もう一度確認の印を付けてください。"
            )
        if agreed is None and current is not None and channel is Channel.WEB:
            self._refuse("charter_version", "設置要綱をお読みのうえ、確認の印を付けてください。")
        return agreed

    def require(self, cleaned: dict[str, Any], channel: Channel | None, profile: Profile) -> None:
        for name in REQUIRED[channel] if channel else ("name",):
            if not cleaned[name]:
                self._refuse(name, f"{LABELS[name]}を入力してください。")
        if channel is Channel.WEB:
            self._require_choices(cleaned, profile)

    def _require_choices(self, cleaned: dict[str, Any], profile: Profile) -> None:
        if not cleaned["phone"] and not cleaned["mobile"]:
            self._refuse("phone", "電話番号か携帯電話の、どちらかを入力してください。")
        if profile.categories and not cleaned["category"]:
            self._refuse("category", "団体の区分を選んでください。")
        if profile.fields and not cleaned["fields"]:
            self._refuse("fields", "活動の分野を一つ以上選んでください。")
        if not cleaned["consent"]:
            self._refuse("consent", "個人情報の取扱いをお読みのうえ、同意の印を付けてください。")

    def raise_problems(self) -> None:
        if self._problems:
            places = {name: place for place, name in enumerate(LABELS)}
            raise Refusals(sorted(self._problems.values(), key=lambda each: places.get(each.field or "", len(places))))

    def _refuse(self, name: str, message: str) -> None:
        """The first problem of a field is the one to mend."""
        self._problems.setdefault(name, Refusal("INVALID_INPUT", message, name))
