"""Contrast of colours as WCAG 2.2 defines it."""

import re

#: The least for text of normal size (success criterion 1.4.3).
ENOUGH = 4.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    return bool(_COLOUR.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Between two `#rrggbb` colours: 1 (equal) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
