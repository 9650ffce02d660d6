"""Compares decoded TOML with the classes of the manifest and names every difference, in Japanese, at its place."""

import difflib
import re
from collections.abc import Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from shared.tenants.manifest import Strict
from shared.tenants.manifest_lines import Path

Difference = tuple[Path, str]

_KINDS = {
    "str": '文字列（"…"）',
    "int": "整数",
    "bool": "true か false",
    "array": "一覧（[…]）",
    "object": "表（[…] または { … }）",
    "date": "日付（例: 2023-02-20）",
    "time": "時刻（例: 13:30:00）",
    "datetime": "日時（例: 2026-04-01T17:00:00+09:00）",
}


def differences(value: Any, kind: Any, place: Path = ()) -> Iterator[Difference]:
    kind = _without_none(kind)
    if isinstance(kind, type) and issubclass(kind, Strict):
        yield from _in_struct(value, kind, place)
    elif get_origin(kind) is tuple:
        yield from _in_array(value, get_args(kind)[0], place)
    else:
        yield from _in_leaf(value, kind, place)


def _in_struct(value: Any, kind: type[Strict], place: Path) -> Iterator[Difference]:
    if not isinstance(value, dict):
        yield place, f"「{_name(place)}」は{_KINDS['object']}で書いてください。"
        return
    hints = _hints(kind)
    for key in value.keys() - hints.keys():
        yield (*place, key), _unknown(key, hints)
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in value:
            yield place, f"必要な項目「{field.name}」がありません。"
    for key in value.keys() & hints.keys():
        yield from differences(value[key], hints[key], (*place, key))


@cache
def _hints(kind: type[Strict]) -> dict[str, Any]:
    return get_type_hints(kind)


def _in_array(value: Any, kind: Any, place: Path) -> Iterator[Difference]:
    if not isinstance(value, list):
        yield place, f"「{_name(place)}」は{_KINDS['array']}で書いてください。"
        return
    for index, entry in enumerate(value):
        yield from differences(entry, kind, (*place, index))


def _in_leaf(value: Any, kind: Any, place: Path) -> Iterator[Difference]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        yield place, _reason(str(error), _name(place))


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        return next(part for part in get_args(kind) if part is not NoneType)
    return kind


def _unknown(key: str, hints: dict[str, Any]) -> str:
    near = difflib.get_close_matches(key, hints, n=1)
    hint = f"「{near[0]}」のことではありませんか。" if near else f"ここに書けるのは {', '.join(sorted(hints))} です。"
    return f"「{key}」という項目はありません。{hint}"


def _reason(message: str, name: str) -> str:
    if value := re.search(r"Invalid enum value '(.+?)'", message):
        return f"「{name}」に「{value[1]}」という値は使えません。"
    if expected := re.search(r"Expected `(\w+)", message):
        return f"「{name}」は{_KINDS.get(expected[1], expected[1])}で書いてください。"
    if encoded := re.search(r"encoded (\w+)", message):
        return f"「{name}」は引用符を付けず、{_KINDS.get(encoded[1], encoded[1])}で書いてください。"
    return f"「{name}」の値が正しくありません（{message}）。"


def _name(place: Path) -> str:
    return next((step for step in reversed(place) if isinstance(step, str)), "")
