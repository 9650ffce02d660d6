"""How the fields of 様式1 are read: each reader gives the text to store, or raises Unreadable with what to do instead."""

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from shared.kit import clock
from shared.kit.japanese import Unreadable, eras, normalise

#: Most characters of a name, a line, an address, a text.
NAME_LENGTH, LINE_LENGTH, ADDRESS_LENGTH, TEXT_LENGTH = 200, 100, 300, 2000
Reader = Callable[[str], str]


def upto(reader: Reader, length: int) -> Reader:
    def read(text: str) -> str:
        if len(text) > length:
            raise Unreadable(f"{{label}}は{length}文字以内で入力してください（いまは{len(text)}文字です）。")
        return reader(text)

    return read


def one_of(known: Collection[str], message: str) -> Reader:
    def read(text: str) -> str:
        if text not in known:
            raise Unreadable(message)
        return text

    return read


def slug_of(known: Collection[Any], message: str) -> Reader:
    slugs = slugs_of(known)

    def read(text: str) -> str:
        return slugs[one_of(slugs, message)(text)]

    return read


def slugs_of(known: Collection[Any]) -> dict[str, str]:
    return {given: each.slug for each in known for given in (each.name, str(each.id), each.slug)}


def website(text: str) -> str:
    address = normalise.clean_text(text)
    address = address if "://" in address else f"https://{address}"
    problem = Unreadable("ウェブサイトのアドレスは https:// から入力してください。例：https://www.example.jp/")
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise problem from None
    if parts.scheme not in ("http", "https") or "." not in host or len(address) > ADDRESS_LENGTH or " " in address:
        raise problem
    return address


def people(text: str) -> str:
    number = normalise.digits(text).replace(",", "").replace("，", "").removesuffix("人").removesuffix("名").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 7):
        raise Unreadable("構成員の人数は、数字で入力してください。例：25")
    return str(int(number))


def year(text: str) -> str:
    problem = Unreadable("設立した年は、西暦か和暦で入力してください。例：平成10年、1998年")
    try:
        read = eras.read_partial_date(text[:LINE_LENGTH]).year
    except Unreadable:
        raise problem from None
    if read > clock.today().year:
        raise problem
    return str(read)
