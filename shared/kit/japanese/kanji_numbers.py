"""Numbers written in kanji: 九十五, 千九十七, 二〇二四."""

_DIGITS = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_TENS = {"十": 10, "百": 100, "千": 1000}
#: For use in a character class.
KANJI = "".join([*_DIGITS, *_TENS])


def kanji_number(text: str) -> int:
    """Of characters of KANJI alone: digit by digit, or with 十, 百, 千."""
    if not set(text) & set(_TENS):
        return int("".join(str(_DIGITS[kanji]) for kanji in text))
    total, waiting = 0, 0
    for kanji in text:
        if kanji in _TENS:
            total += (waiting or 1) * _TENS[kanji]
            waiting = 0
        else:
            waiting = waiting * 10 + _DIGITS[kanji]
    return total + waiting
