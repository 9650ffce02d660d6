"""What a 変更届 says, and no more than that.

Of who sees what it holds the contacts that it speaks of; of a list (分野, tags) what it adds and what it takes away. So a notice
that has waited undoes nothing that was decided meanwhile.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from shared.members.details import ApplicationDetails
from shared.members.models import Visibility
from shared.members.tags import KINDS
from shared.members.versions import CHANGEABLE

_LISTS = frozenset({"fields", *KINDS})
Said = dict[str, Any]


def said(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Said, Said]:
    """Both as plain values by field, with nothing about contacts that stay as they are."""
    old, new = dict(before), dict(after)
    if "visibility" in after:
        columns = [
            column for column in {**before["visibility"], **after["visibility"]} if _differs(before, after, column)
        ]
        old["visibility"] = {column: _shown(before["visibility"], column) for column in sorted(columns)}
        new["visibility"] = {column: _shown(after["visibility"], column) for column in sorted(columns)}
    return old, new


def now_of(today: Mapping[str, Any], name: str, before: Any) -> Any:
    """The same contacts as the notice speaks of, as they are today."""
    if name == "visibility":
        return {column: _shown(today[name], column) for column in before}
    return today[name]


def outcome(today: Mapping[str, Any], name: str, before: Any, after: Any) -> Any:
    """What the field becomes when the notice is accepted now, as far as the notice speaks of it."""
    return _merged(name, today[name], before, after) if name in _LISTS else after


def applied(today: ApplicationDetails, before: Mapping[str, Any], after: Mapping[str, Any]) -> Said:
    """Values for `versions.change`, by field: today's record with what the notice says."""
    old, new = said(before, {name: value for name, value in after.items() if name in CHANGEABLE})
    merged = {name: _merged(name, getattr(today, name), old[name], value) for name, value in new.items()}
    cleaned = msgspec.convert({"name": "", **merged}, ApplicationDetails)
    return {name: getattr(cleaned, name) for name in merged}


def _merged(name: str, today: Any, before: Any, after: Any) -> Any:
    if name == "visibility":
        return {**today, **after}
    if name not in _LISTS:
        return after
    kept = {slug for slug in today if slug in after or slug not in before} | (set(after) - set(before))
    return [slug for slug in KINDS.get(name, sorted(kept)) if slug in kept]


def _differs(before: Mapping[str, Any], after: Mapping[str, Any], column: str) -> bool:
    return _shown(before["visibility"], column) != _shown(after["visibility"], column)


def _shown(visibility: Mapping[str, str], column: str) -> str:
    return str(visibility.get(column, Visibility.SECRETARIAT))
