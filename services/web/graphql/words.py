"""Names and values of 様式1 as GraphQL writes them."""

from typing import Any


def told(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{camel(name)}: {shown}" for name, shown in sorted(value.items()))
    return "、".join(value) if isinstance(value, list) else str(value)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
