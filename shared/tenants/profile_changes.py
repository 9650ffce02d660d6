"""An edit of a platform's profile: which columns, made storable or refused one by one."""

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from shared.kit.japanese import Unreadable
from shared.kit.japanese.normalise import clean_lines, clean_text, email, phone
from shared.kit.refusals import Refusal, Refusals
from shared.tenants.contrast import ENOUGH, contrast, is_colour

_LONGEST_LINE = 200
_LONGEST_TEXT = 2000


class ProfileChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Absent fields stay as they are; an empty text takes an optional one away. Colours are `#rrggbb`."""

    name: str | UnsetType = UNSET
    short_name: str | UnsetType = UNSET
    aliases: list[str] | UnsetType = UNSET
    slogan: str | UnsetType = UNSET
    vision: str | UnsetType = UNSET
    lead: str | UnsetType = UNSET
    lead_easy: str | UnsetType = UNSET
    founded_on: date | UnsetType | None = UNSET
    sender_email: str | UnsetType = UNSET
    key: str | UnsetType = UNSET
    accent: str | UnsetType = UNSET
    help_line_title: str | UnsetType = UNSET
    help_line_body: str | UnsetType = UNSET
    help_line_phone: str | UnsetType = UNSET
    help_line_url: str | UnsetType = UNSET


_HELP_LINE = ("title", "body", "phone", "url")
_REQUIRED = {"name": "名称", "short_name": "略称", "lead": "紹介文"}
_OPTIONAL = ("slogan", "vision", "lead_easy")


def columns_of(changes: ProfileChanges, *, theme: dict[str, Any], help_line: dict[str, Any] | None) -> dict[str, Any]:
    """The columns to write, given what stands there now; every wrong field is refused at once."""
    given = {name: getattr(changes, name) for name in changes.__struct_fields__}
    given = {name: value for name, value in given.items() if value is not UNSET}
    problems: list[Refusal] = []
    columns: dict[str, Any] = {}

    def keep(name: str, read: Callable[[], Any]) -> None:
        try:
            columns[name] = read()
        except Unreadable as error:
            problems.append(Refusal("INVALID", str(error), name))

    for name, label in _REQUIRED.items():
        if name in given:
            keep(name, lambda name=name, label=label: _required(given[name], label, _length(name)))  # type: ignore[misc]
    for name in _OPTIONAL:
        if name in given:
            keep(name, lambda name=name: _optional(given[name], _length(name)))  # type: ignore[misc]
    if "aliases" in given:
        keep("aliases", lambda: [_short(alias, _LONGEST_LINE) for alias in given["aliases"] if alias.strip()][:20])
    if "founded_on" in given:
        columns["founded_on"] = given["founded_on"]
    if "sender_email" in given:
        keep("sender_email", lambda: email(given["sender_email"]))
    problems += _theme(given, theme, columns)
    problems += _help_line(given, help_line, columns)
    if problems:
        raise Refusals(problems)
    return columns


def _theme(given: dict[str, Any], theme: dict[str, Any], columns: dict[str, Any]) -> list[Refusal]:
    colours = {name: given[name].strip().lower() for name in ("key", "accent") if name in given}
    problems = [
        Refusal("INVALID_COLOUR", "色は #1a3a6c のように、# と6桁の16進数で入力してください。", name)
        for name, colour in colours.items()
        if not is_colour(colour)
    ]
    if not problems and "key" in colours and (ratio := contrast(colours["key"], "#ffffff")) < ENOUGH:
        message = f"白い文字とのコントラスト比が {ratio:.1f} です。{ENOUGH} 以上になる、濃い色を選んでください。"
        problems.append(Refusal("LOW_CONTRAST", message, "key"))
    if colours and not problems:
        columns["theme"] = theme | colours
    return problems


def _help_line(given: dict[str, Any], now: dict[str, Any] | None, columns: dict[str, Any]) -> list[Refusal]:
    parts = {name: given[f"help_line_{name}"].strip() for name in _HELP_LINE if f"help_line_{name}" in given}
    if not parts:
        return []
    line = {name: value or None for name, value in ((now or {}) | parts).items()}
    columns["help_line"] = line if line.get("title") else None
    problems = []
    if columns["help_line"] is None and any(line.values()):
        problems.append(Refusal("REQUIRED", "相談先の見出しを入力してください。", "help_line_title"))
    if line.get("url") and not str(line["url"]).startswith(("https://", "http://")):
        problems.append(Refusal("INVALID", "アドレスは https:// から入力してください。", "help_line_url"))
    try:
        line["phone"] = phone(str(line["phone"])) if line.get("phone") else None
    except Unreadable as error:
        problems.append(Refusal("INVALID", str(error), "help_line_phone"))
    return problems


def _length(name: str) -> int:
    return _LONGEST_TEXT if name in ("lead", "lead_easy", "vision") else _LONGEST_LINE


def _required(text: str, label: str, longest: int) -> str:
    kept = _short(text, longest)
    if not kept:
        raise Unreadable(f"{label}を入力してください。")
    return kept


def _optional(text: str, longest: int) -> str | None:
    return _short(text, longest) or None


def _short(text: str, longest: int) -> str:
    kept = clean_lines(text).strip() if longest == _LONGEST_TEXT else clean_text(text)
    if len(kept) > longest:
        raise Unreadable(f"{longest}字までで入力してください（いまは{len(kept)}字）。")
    return kept
