"""What people type, made storable (`clean_text`, `phone`, ...).

Two different wishes live here and must not be mixed up: stored text keeps what people typed, down to ㈱, 髙, 﨑 and 𠮷,
because it is their name; only `folding.fold` throws distinctions away, and its result is never shown.
"""

import re
import unicodedata

import jaconv
import phonenumbers
from stdnum.exceptions import ValidationError
from stdnum.jp import cn

from shared.kit.japanese.errors import Unreadable
from shared.kit.japanese.folding import fold

__all__ = [
    "clean_lines",
    "clean_text",
    "corporate_number",
    "digits",
    "email",
    "fold",
    "katakana",
    "local_government_code",
    "phone",
    "postal_code",
]

_LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
_LONGEST_LOCAL_PART = 64

# Controls, zero-width characters, direction marks, lone surrogates, tags. Variation selectors stay: they spell names.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|[\n\x0b\x0c\r\x85\u2028\u2029]")
# NFC would replace these by their unified twins, and 﨑 or 神 in a family register is not a slip of the pen.
_COMPATIBILITY_KANJI = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_DASH = re.compile("[-‐‑‒–—―−ー－ｰ─]")
_FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")

_SHORT_PHONE_CODE = re.compile(r"#[0-9]{4}|1[0-9]{2}")
_PHONE = re.compile(r"\+?[0-9\-() .]+(?:\(?内線[0-9]{1,6}\)?)?")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"([A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,{_LONGEST_LOCAL_PART}}})@((?:{_LABEL}\.)+(?![0-9]+$){_LABEL})"
)
_NOT_IN_A_READING = re.compile(r"[^\u30a1-\u30fa\u30fc-\u30fe・ A-Za-z0-9&'.,\-]")
_DASH_AFTER_KANA = re.compile("(?<=[\u30a1-\u30fa])[-‐‑‒–—―−─]")


def clean_text(text: str) -> str:
    """One stored line: composed, trimmed, line breaks made spaces, invisible characters gone, spelling untouched."""
    return _compose(_without_invisible(_LINE_BREAK.sub(" ", text))).replace("\t", " ").strip()


def clean_lines(text: str) -> str:
    """Stored text of several lines: as `clean_text`, with `\\n` between lines and at most one blank line in a row."""
    lines = [_compose(_without_invisible(line)).rstrip() for line in _LINE_BREAK.split(text)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def digits(text: str) -> str:
    """Full-width digits to ASCII; everything else stays, ① and 〇 included."""
    return text.translate(_FULL_WIDTH_DIGITS)


def phone(text: str) -> str:
    """`088ー621ー2179` in any spelling to `088-621-2179`; foreign numbers to `+1 212-...`; `#9110` and `110` stay."""
    plain = _plain_ascii(text).replace(" ", "")
    if _SHORT_PHONE_CODE.fullmatch(plain):
        return plain
    if not _PHONE.fullmatch(plain):
        raise Unreadable("電話番号は数字とハイフンで入力してください。例：088-621-2179")
    number, _, extension = plain.replace("(内線", "内線").removesuffix(")").partition("内線")
    return _formatted_phone(number) + (f"（内線{extension}）" if extension else "")


def postal_code(text: str) -> str:
    """`〒７７０ー８５７０` to `770-8570`: stored without the mark."""
    plain = re.sub(r"[〒\s-]", "", _plain_ascii(text))
    if not re.fullmatch(r"[0-9]{7}", plain):
        raise Unreadable("郵便番号は7桁の数字で入力してください。例：770-8570")
    return f"{plain[:3]}-{plain[3:]}"


def email(text: str) -> str:
    """A bare address, safe in a mail header; the domain in lower case, the local part as typed.

    Dots in a row or before the @ pass: old addresses of Japanese mobile carriers have them.
    """
    plain = unicodedata.normalize("NFKC", text.strip())
    match = _EMAIL.fullmatch(plain) if len(plain) <= _LONGEST_EMAIL else None
    if match is None:
        raise Unreadable("メールアドレスの形が正しくありません。例：name@example.jp")
    return f"{match[1]}@{match[2].lower()}"


def katakana(text: str) -> str:
    """A フリガナ in full-width katakana; Latin letters, digits, spaces and ・ & ' . , - may stand in a name."""
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", clean_text(text)))
    reading = _DASH_AFTER_KANA.sub("ー", jaconv.hira2kata(spaced))
    if unreadable := _NOT_IN_A_READING.search(reading):
        raise Unreadable(f"フリガナはカタカナで入力してください（「{unreadable[0]}」は使えません）。")
    return reading


def corporate_number(text: str) -> str:
    """A 法人番号 of 13 digits with its check digit; the T of an invoice registration number is taken off."""
    plain = re.sub(r"[\s-]", "", _plain_ascii(text)).removeprefix("T")
    if not re.fullmatch(r"[0-9]{13}", plain):
        raise Unreadable("法人番号は13桁の数字で入力してください。")
    try:
        return str(cn.validate(plain))
    except ValidationError:
        raise Unreadable("法人番号の数字が正しくありません。もう一度お確かめください。") from None


def local_government_code(text: str) -> str:
    """A 全国地方公共団体コード of 6 digits, the last of which is the check digit over the first five."""
    plain = re.sub(r"[\s-]", "", _plain_ascii(text))
    if not re.fullmatch(r"[0-9]{6}", plain):
        raise Unreadable("全国地方公共団体コードは6桁の数字で入力してください。例：360007")
    if int(plain[5]) != _check_digit(plain[:5]):
        raise Unreadable("全国地方公共団体コードの数字が正しくありません。もう一度お確かめください。")
    return plain


def _check_digit(code: str) -> int:
    weighted = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return (11 - weighted % 11) % 10


def _formatted_phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "JP")
    except phonenumbers.NumberParseException:
        number = phonenumbers.PhoneNumber()
    if not phonenumbers.is_valid_number(number):
        raise Unreadable("電話番号が正しくありません。市外局番から入力してください。例：088-621-2179")
    in_japan = number.country_code == 81
    style = phonenumbers.PhoneNumberFormat.NATIONAL if in_japan else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _plain_ascii(text: str) -> str:
    return _DASH.sub("-", unicodedata.normalize("NFKC", clean_text(text)))


def _without_invisible(text: str) -> str:
    return _INVISIBLE.sub("", text)


def _compose(text: str) -> str:
    parts = _COMPATIBILITY_KANJI.split(text)
    return "".join(part if odd else unicodedata.normalize("NFC", part) for odd, part in _alternating(parts))


def _alternating(parts: list[str]) -> list[tuple[bool, str]]:
    return [(index % 2 == 1, part) for index, part in enumerate(parts)]
