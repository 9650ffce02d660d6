"""もしかして: names of people and organisations of the tenant that are nearly what was typed, when little was found."""

import re

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Text

from shared.kit.japanese.folding import fold
from shared.kit.japanese.legal_forms import ABBREVIATIONS, LEGAL_FORMS
from shared.kit.japanese.lookalikes import confusable_key, one_edit_apart
from shared.kit.japanese.search_text import pattern

#: With more hits than these nothing is offered.
FEW = 3
MOST = 3
_LONGEST = 40
#: Below, one character of difference is another word.
_SHORTEST_EDITED = 3
_FORMS = sorted(map(confusable_key, (*LEGAL_FORMS, *ABBREVIATIONS, "【デモ】")), key=len, reverse=True)
_FORM = re.compile(f"^({'|'.join(map(re.escape, _FORMS))})+")

#: With one character wrong, one half of what was typed is still right.
_NAMES = text(
    """
    SELECT DISTINCT n FROM search_document d, unnest(d.names) n WHERE n LIKE :first OR n LIKE :second LIMIT 500
    """
).bindparams(bindparam("first", type_=Text), bindparam("second", type_=Text))


def stored(name: str) -> str:
    """A name as `search_document.names` holds it."""
    return f"{confusable_key(name)}\n{name}"


async def did_you_mean(session: AsyncSession, typed: str, found: int) -> list[str]:
    key = confusable_key(typed)
    if found > FEW or not 2 <= len(key) <= _LONGEST:
        return []
    half = len(key) // 2
    values = {"first": pattern(key[:half]), "second": pattern(key[half:])}
    known = [row.n.split("\n", 1) for row in await session.execute(_NAMES, values)]
    plain = fold(typed)
    near = [
        (distance, name)
        for candidate, name in known
        if (distance := _distance(key, candidate)) is not None and plain not in fold(name)
    ]
    return [name for _, name in sorted(near)[:MOST]]


def _distance(key: str, candidate: str) -> int | None:
    spellings = {candidate, _FORM.sub("", candidate)}
    if key in spellings:
        return 0
    if len(key) >= _SHORTEST_EDITED and any(one_edit_apart(key, spelling) for spelling in spellings):
        return 1
    return None
