"""The words of a letter: a text file of its slice, first line the subject, closed by the platform's own footer."""

import re
from functools import lru_cache
from typing import Any

import jinja2
import msgspec

from shared.kit.settings import ROOT

_NAME = re.compile(r"[a-z_]+/[a-z_0-9]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
#: Loose on purpose: Japanese carriers gave out addresses such as "a..b.@docomo.ne.jp".
_ADDRESS = re.compile(r"[\x21-\x7e]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_FORBIDDEN_IN_LOCAL_PART = frozenset('<>()[]\\,;:"@')


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """The platform in whose name a letter goes out. `base_url` comes from the settings, never from a request."""

    name: str
    email: str
    base_url: str
    #: 窓口: department, telephone … one line each.
    desk: tuple[str, ...] = ()
    #: A suspended or closed platform sends nothing.
    silent: bool = False


class LetterText(msgspec.Struct, frozen=True):
    subject: str
    body: str


def compose(template: str, sender: Sender, values: dict[str, Any]) -> LetterText:
    """Fill the template; every name it uses must be given. `sender` and `base_url` are always there.

    `choice_path`: the page on which the recipient decides about such letters; the frame names it.
    """
    subject, body = _template(template)
    names = {"sender": sender, "base_url": sender.base_url, "choice_path": None, **values}
    frame = _template("kit/frame")[1]
    text = frame.render(names | {"body": body.render(names).strip()})
    return LetterText(check_header(subject.render(names).strip()), text.strip() + "\n")


def check_header(value: str) -> str:
    """ValueError where a header would end early."""
    if _CONTROL.search(value):
        raise ValueError("a control character cannot stand in a mail header")
    return value


def check_address(address: str) -> str:
    """ValueError for what could not be one plain recipient. Whether it exists, its own server must say."""
    local, _, _ = address.rpartition("@")
    if not _ADDRESS.fullmatch(address) or _FORBIDDEN_IN_LOCAL_PART & set(local) or len(address) > 254:
        raise ValueError("not a mail address")
    return address


@lru_cache(maxsize=256)
def _template(name: str) -> tuple[jinja2.Template, jinja2.Template]:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of a letter: {name!r}")
    slice_name, letter = name.split("/")
    source = (ROOT / "shared" / slice_name / "mail" / f"{letter}.txt").read_text(encoding="utf-8")
    # Split before filling: no value can move the border between subject and body.
    subject, _, body = source.partition("\n")
    return _environment.from_string(subject), _environment.from_string(body)


_environment = jinja2.Environment(
    autoescape=False,  # noqa: S701 - plain text
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
