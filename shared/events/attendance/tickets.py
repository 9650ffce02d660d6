"""What a camera, a keyboard or a program hands in for a ticket, read down to what it names."""

import re
import unicodedata
from urllib.parse import parse_qs, urlsplit

import msgspec

_NUMBER = re.compile(r"\d{1,6}")
_OWN_PAGE = re.compile(r"/registrations/([^/]+)")
LONGEST = 500


class Ticket(msgspec.Struct, frozen=True):
    """One of the three is set; none for what is no ticket."""

    code: str | None = None
    number: int | None = None
    key: str | None = None


def read_ticket(given: str) -> Ticket:
    """The code as it stands on the ticket, in any width and case and with spaces; 受付番号; or the address of the person's page."""
    text = unicodedata.normalize("NFKC", given[:LONGEST]).strip()
    if "/" in text:
        return _read_address(text)
    bare = re.sub(r"[\s\-‐‑–—ー]", "", text)
    if _NUMBER.fullmatch(bare):
        return Ticket(number=int(bare))
    return Ticket(code=bare.upper()) if bare else Ticket()


def _read_address(text: str) -> Ticket:
    try:
        address = urlsplit(text)
    except ValueError:
        return Ticket()
    if code := parse_qs(address.query).get("code"):
        return Ticket(code=code[0].upper())
    found = _OWN_PAGE.search(address.path)
    return Ticket(key=found.group(1)) if found else Ticket(code=address.path.rsplit("/", 1)[-1].upper() or None)
