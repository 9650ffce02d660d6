"""The shades of a tenant's two colours, as custom properties of its style sheet. Text keeps a contrast of 4.5:1."""

from typing import Any

from shared.tenants.contrast import ENOUGH, contrast, is_colour

WHITE, BLACK = "#ffffff", "#000000"
#: A quiet blue-grey for rows whose theme cannot be read.
FALLBACK = "#31475e"


def theme_css(theme: dict[str, Any]) -> str:
    key, accent = _colour(theme.get("key")), _colour(theme.get("accent"))
    ground = _colour(theme["ground"]) if theme.get("ground") else key
    properties = {
        "key": key,
        "on-key": readable_on(key),
        "key-dark": darkened_for(mixed(key, BLACK, 0.12), WHITE),
        "key-deep": mixed(key, BLACK, 0.45),
        "key-soft": mixed(key, WHITE, 0.66),
        "key-light": mixed(key, WHITE, 0.9),
        "tint": mixed(key, WHITE, 0.95),
        "accent": accent,
        "accent-dark": darkened_for(accent, WHITE),
        "accent-light": mixed(accent, WHITE, 0.86),
        "ground": ground,
        "on-ground": max(
            (WHITE, darkened_for(mixed(key, BLACK, 0.45), ground)), key=lambda text: contrast(text, ground)
        ),
    }
    lines = [f"  --{name}: {value};" for name, value in properties.items()]
    if theme.get("pattern"):
        lines.append(f'  --pattern: url("/media/{theme["pattern"]}/original");')
    return ":root {\n" + "\n".join(lines) + "\n}\n"


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with `share` of `other` in it."""
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(colour), _rgb(other), strict=True))


def readable_on(ground: str) -> str:
    """White or black, whichever is seen better."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, ground))


def darkened_for(colour: str, ground: str) -> str:
    """The nearest darker shade that can be read as text on a light ground."""
    shades = (mixed(colour, BLACK, step / 20) for step in range(21))
    return next((shade for shade in shades if contrast(shade, ground) >= ENOUGH), BLACK)


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def _colour(given: object) -> str:
    return given if isinstance(given, str) and is_colour(given) else FALLBACK
