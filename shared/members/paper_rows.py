"""The lines of a printed form, as shared/kit/paper/form.typ takes them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from shared.members.details import LABELS, REQUIRED, ApplicationDetails
from shared.members.models import CONTACT_COLUMNS, Channel
from shared.members.tags import KINDS
from shared.members.words import SOURCES, VISIBILITIES
from shared.tenants.queries import CategoryView, Profile

Data = dict[str, Any]
_DIGITS_OF_A_CORPORATE_NUMBER = 13
_YEAR_BLANK, _PEOPLE_BLANK = "　　　　　年", "　　　　　人"


def option(label: str, *, chosen: bool = False) -> Data:
    return {"label": label, "chosen": chosen}


def options(known: Mapping[Any, str], chosen: Iterable[str] = ()) -> list[Data]:
    marked = set(chosen)
    return [option(label, chosen=value in marked) for value, label in known.items()]


def part(value: str, *, caption: str = "", kind: str = "text", blank: str = "", count: int = 1) -> Data:
    return {"value": value, "caption": caption, "kind": kind, "blank": blank, "count": count}


def choice(choices: list[Data], caption: str = "") -> Data:
    return {"kind": "choices", "options": choices, "caption": caption, "value": ""}


def row(label: str, *parts: Data, needed: bool = False, beside: bool = False, shown: list[Data] | None = None) -> Data:
    return {"label": label, "parts": list(parts), "needed": needed, "beside": beside, "shown": shown or []}


def section(title: str, rows: list[Data], note: str = "") -> Data:
    return {"title": title, "rows": rows, "note": note}


def sections(details: ApplicationDetails, profile: Profile, municipality: str) -> list[Data]:
    visible = "、".join(VISIBILITIES.values())
    return [
        section("団体について", _about(details, profile, municipality)),
        section(
            "代表者と連絡先",
            _people(details),
            f"右の欄は、参加団体の一覧での公開の範囲です。{visible}のどれか一つに印を付けてください。"
            "印のない欄は「事務局のみ」として扱います。",
        ),
        section("活動について", _activities(details, profile)),
    ]


def _about(details: ApplicationDetails, profile: Profile, municipality: str) -> list[Data]:
    rows = [
        row(
            "団体名",
            part(details.kana, caption="フリガナ"),
            part(details.name, kind="name", blank="　"),
            needed=_needed("name"),
        ),
        row(
            LABELS["corporate_number"],
            part(details.corporate_number, kind="squares", count=_DIGITS_OF_A_CORPORATE_NUMBER),
        ),
    ]
    if profile.categories:
        rows.append(row(LABELS["category"], _groups(profile.categories, details.category)))
    town = [part(municipality, caption="市町村")] if municipality or not details.name else []
    postal = f"〒{details.postal_code}" if details.postal_code else ""
    address = (part(postal, blank="〒　　　　－"), part(details.address, blank="　"), *town)
    rows.append(row(LABELS["address"], *address, shown=_shown("address", details)))
    founded = part(_with_unit(details.founded_year, "年"), blank=_YEAR_BLANK)
    people = part(_with_unit(details.people, "人"), caption=LABELS["people"], blank=_PEOPLE_BLANK)
    rows.append(row(LABELS["founded_year"], founded, people, beside=True))
    return rows


def _people(details: ApplicationDetails) -> list[Data]:
    representative = _person(
        details.representative_title, "役職", details.representative_name, details.representative_kana
    )
    contact = _person(details.contact_department, "部署", details.contact_name, details.contact_kana)
    return [
        row("代表者", *representative, shown=_shown("representative_name", details)),
        row("連絡を担当する方", *contact, shown=_shown("contact_name", details)),
        *(
            row(LABELS[column], part(getattr(details, column), blank="　"), shown=_shown(column, details))
            for column in ("phone", "mobile", "fax", "email")
        ),
    ]


def _person(place: str, place_caption: str, name: str, kana: str) -> list[Data]:
    return [
        part(place, caption=place_caption),
        part(kana, caption="フリガナ"),
        part(name, caption="氏名", blank="　"),
    ]


def _activities(details: ApplicationDetails, profile: Profile) -> list[Data]:
    fields = {field.slug: field.name for field in profile.fields}
    chosen = [row(LABELS["fields"], choice(options(fields, details.fields)))] if fields else []
    return [
        *chosen,
        *(_lines(name, count, details) for name, count in {"purpose": 3, "activities": 4, "area": 1}.items()),
        row(LABELS["audiences"], choice(options(KINDS["audiences"], details.audiences))),
        _lines("audience", 1, details),
        row(LABELS["resources"], choice(options(KINDS["resources"], details.resources))),
        _lines("appeal", 2, details),
        row(LABELS["website"], part(details.website, blank="　")),
        row(LABELS["source"], choice(options(SOURCES, [details.source]))),
    ]


def _lines(name: str, count: int, details: ApplicationDetails) -> Data:
    return row(LABELS[name], part(getattr(details, name), kind="lines", count=count))


def _groups(categories: list[CategoryView], chosen: str) -> Data:
    """One line for each uppermost kind, and on it everything below."""
    tops = [each for each in categories if each.parent_id is None]
    groups = [
        {
            "head": option(top.name, chosen=top.slug == chosen),
            "options": [option(each.name, chosen=each.slug == chosen) for each in _below(categories, top.id)],
        }
        for top in tops
    ]
    return {"kind": "groups", "groups": groups, "caption": "", "value": ""}


def _below(categories: list[CategoryView], parent: UUID) -> list[CategoryView]:
    children = [each for each in categories if each.parent_id == parent]
    return [each for child in children for each in (child, *_below(categories, child.id))]


def _shown(column: str, details: ApplicationDetails) -> list[Data]:
    if column not in CONTACT_COLUMNS:
        raise KeyError(column)
    return options(VISIBILITIES, [details.visible(column)] if details.name else [])


def _needed(name: str) -> bool:
    return name in REQUIRED[Channel.FAX]


def _with_unit(value: str, unit: str) -> str:
    return value + unit if value else ""
