"""Names of organisations as keys: under which spelling a list and the ledger speak of one."""

from functools import lru_cache

from shared.kit.japanese.folding import fold
from shared.kit.japanese.legal_forms import ABBREVIATIONS, LEGAL_FORMS

_FOLDED_FORMS = sorted(map(fold, (*LEGAL_FORMS, *ABBREVIATIONS)), key=len, reverse=True)


@lru_cache(maxsize=2_000)
def name_key(name: str) -> str:
    """NPO法人つなぐ会, 特定非営利活動法人 つなぐ会 and つなぐ会 are one organisation on a list."""
    key = folded = fold(name)
    for form in _FOLDED_FORMS:
        key = key.removeprefix(form).removesuffix(form)
    return key or folded
