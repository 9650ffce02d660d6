"""How a reader wants the pages: kept in a cookie of the host, changed by a plain form."""

from typing import Literal, Self
from urllib.parse import parse_qs, urlencode

import msgspec

COOKIE = "preferences"
Size = Literal["standard", "large", "largest"]


class Preferences(msgspec.Struct, frozen=True):
    """文字サイズ, ふりがな, やさしい日本語, 高コントラスト."""

    size: Size = "standard"
    ruby: bool = False
    easy: bool = False
    contrast: bool = False

    @classmethod
    def from_cookie(cls, value: str | None) -> Self:
        given = {name: values[-1] for name, values in parse_qs(value or "").items()}
        size = given.get("size")
        return cls(
            size=size if size in ("large", "largest") else "standard",  # type: ignore[arg-type]
            ruby=given.get("ruby") == "1",
            easy=given.get("easy") == "1",
            contrast=given.get("contrast") == "1",
        )

    def to_cookie(self) -> str:
        return urlencode(
            {"size": self.size, "ruby": int(self.ruby), "easy": int(self.easy), "contrast": int(self.contrast)}
        )


def cookies_of(header: bytes | None) -> dict[str, str]:
    """Cookies by name; a part without `=` is passed over."""
    parts = (header or b"").decode("latin-1").split(";")
    pairs = (part.strip().partition("=") for part in parts)
    return {name: value.strip('"') for name, found, value in pairs if found and name}
