"""Names of organisations as keys: under which spelling a list and the ledger speak of one."""

from functools import lru_cache

from shared.kit.japanese.folding import fold

_LEGAL_FORMS = (
    "特定非営利活動法人", "認定特定非営利活動法人", "認定npo法人", "npo法人", "社会福祉法人",
    "一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人", "株式会社", "有限会社", "合同会社", "学校法人", "医療法人",
    "宗教法人", "(株)", "(有)", "(福)", "(社福)", "(特非)", "(一社)", "(公社)", "(一財)", "(公財)", "(同)", "(学)", "(医)",
)  # fmt: skip

_FOLDED_FORMS = sorted(map(fold, _LEGAL_FORMS), key=len, reverse=True)


@lru_cache(maxsize=2_000)
def name_key(name: str) -> str:
    """NPO法人つなぐ会, 特定非営利活動法人 つなぐ会 and つなぐ会 are one organisation on a list."""
    key = folded = fold(name)
    for form in _FOLDED_FORMS:
        key = key.removeprefix(form).removesuffix(form)
    return key or folded
