"""変更届 between the browser and the domain: the fields of 様式1 filled with today's record, and what differs in people's words."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from services.web.forms import Form
from services.web.pages.public.join_form import LISTS, Choices
from shared.members.details import LABELS, ApplicationDetails
from shared.members.models import CONTACT_COLUMNS, Visibility
from shared.members.notices.queries import VersionView
from shared.members.versions import CHANGEABLE, differences
from shared.members.words import VISIBILITIES

Values = dict[str, Any]
_AREAS = frozenset({"activities", "purpose", "area", "audience", "appeal"})
_SELECTS = {"category": "categories", "municipality_code": "municipalities"}
#: Stands on every form, so that no mark at all is an answer, too.
_FIELDS_SHOWN = "fields_shown"
_HINTS = {
    "name": "登記や規約のとおりに入力してください。",
    "kana": "ひらがなや半角カナで入力しても、全角カナに直します。",
    "corporate_number": "13桁の数字です。",
    "founded_year": "例：平成10年、1998年",
}


class FieldRow(msgspec.Struct, frozen=True):
    """`kind`: text, area, select, checks or visibility; `options` for those that are chosen from."""

    name: str
    label: str
    kind: str
    options: list[tuple[str, str]] = []
    hint: str | None = None


class Difference(msgspec.Struct, frozen=True):
    """One line of before and after; `now` when the record has changed since the notice came."""

    label: str
    before: str
    after: str
    now: str | None = None


class Past(msgspec.Struct, frozen=True):
    """A former version, and what the change after it made different."""

    version: VersionView
    differences: list[Difference]


def rows(choices: Choices) -> list[FieldRow]:
    """In the order of 様式1, whatever it asks for."""
    return [row for name, label in LABELS.items() if name in CHANGEABLE for row in _rows(name, label, choices)]


def values_of(details: ApplicationDetails) -> Values:
    values: Values = {name: getattr(details, name) for name in CHANGEABLE if name not in (*LISTS, "visibility")}
    shown = {f"visibility_{column}": details.visible(column) for column in CONTACT_COLUMNS}
    return values | shown | {name: list(getattr(details, name)) for name in LISTS} | {"key": secrets.token_urlsafe(18)}


def typed(form: Form) -> Values:
    """What was sent; a field that did not stand on the form is not there."""
    names = (*CHANGEABLE, *(f"visibility_{column}" for column in CONTACT_COLUMNS), "key", _FIELDS_SHOWN)
    values: Values = {name: form.text(name) for name in names if form.has(name) and name not in LISTS}
    lists = (name for name in LISTS if form.has(_FIELDS_SHOWN) or form.has(name))
    values |= {name: form.texts(name)[:100] for name in lists}
    return values


def changes_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """For `notices.submit_change`."""
    changes = {name: values[name] for name in CHANGEABLE if name in values}
    shown = {column: values[f"visibility_{column}"] for column in CONTACT_COLUMNS if f"visibility_{column}" in values}
    return changes | ({"visibility": shown} if shown else {})


def carried(values: Values) -> list[tuple[str, str]]:
    """Hidden fields that carry the form through the confirmation page."""
    single = [(name, str(value)) for name, value in values.items() if name not in LISTS]
    return [*single, *((name, slug) for name in LISTS for slug in values.get(name, []))]


def in_words(changes: Iterable[tuple[str, Any, Any, Any]], choices: Choices) -> list[Difference]:
    """From (field, before, after, now); who sees what is told contact by contact."""
    return [line for name, before, after, now in changes for line in _lines(name, before, after, now, choices)]


def pasts(versions: list[VersionView], today: ApplicationDetails, choices: Choices) -> list[Past]:
    """The newest first; each with what was changed at its end."""
    later = [today, *(version.details for version in versions)]
    return [
        Past(
            version,
            in_words(
                [
                    (name, msgspec.to_builtins(old), msgspec.to_builtins(new), msgspec.to_builtins(old))
                    for name, (old, new) in differences(version.details, after).items()
                ],
                choices,
            ),
        )
        for version, after in zip(versions, later, strict=False)
    ]


def _rows(name: str, label: str, choices: Choices) -> list[FieldRow]:
    if name == "visibility":
        options = list(choices.visibilities)
        return [
            FieldRow(f"visibility_{column}", words, "visibility", options) for column, words in choices.contact_columns
        ]
    if name in LISTS:
        options = getattr(choices, name)
        return [FieldRow(name, label, "checks", options)] if options else []
    if name in _SELECTS:
        options = getattr(choices, _SELECTS[name])
        return [FieldRow(name, label, "select", options)] if options else []
    return [FieldRow(name, label, "area" if name in _AREAS else "text", hint=_HINTS.get(name))]


def _lines(name: str, before: Any, after: Any, now: Any, choices: Choices) -> list[Difference]:
    if name != "visibility":
        told = [_said(name, value, choices) for value in (before, after, now)]
        return [Difference(LABELS[name], told[0], told[1], told[2] if told[2] != told[0] else None)]
    lines = []
    for column in CONTACT_COLUMNS:
        old, new, current = (_shown(given, column) for given in (before, after, now))
        if old != new:
            label = f"{LABELS[column]}の公開の範囲"
            lines.append(Difference(label, old, new, current if current != old else None))
    return lines


def _shown(visibility: Mapping[str, str], column: str) -> str:
    return VISIBILITIES[Visibility(visibility.get(column, Visibility.SECRETARIAT))]


def _said(name: str, value: Any, choices: Choices) -> str:
    if name in LISTS:
        return "、".join(choices.label(name, slug) or slug for slug in value)
    if name in _SELECTS and value:
        return choices.label(_SELECTS[name], value) or str(value)
    return str(value)
