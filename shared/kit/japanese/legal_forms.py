"""法人格: what half of all names begin or end with, and nobody means. One list, for whoever compares, sorts or offers names."""

#: As written in full, and as read aloud.
LEGAL_FORMS = {
    "認定特定非営利活動法人": "ニンテイトクテイヒエイリカツドウホウジン",
    "特定非営利活動法人": "トクテイヒエイリカツドウホウジン",
    "認定NPO法人": "ニンテイエヌピーオーホウジン",
    "NPO法人": "エヌピーオーホウジン",
    "社会福祉法人": "シャカイフクシホウジン",
    "一般社団法人": "イッパンシャダンホウジン",
    "公益社団法人": "コウエキシャダンホウジン",
    "一般財団法人": "イッパンザイダンホウジン",
    "公益財団法人": "コウエキザイダンホウジン",
    "株式会社": "カブシキガイシャ",
    "有限会社": "ユウゲンガイシャ",
    "合同会社": "ゴウドウガイシャ",
    "学校法人": "ガッコウホウジン",
    "医療法人": "イリョウホウジン",
    "宗教法人": "シュウキョウホウジン",
}
#: ㈱ and the like are these, once their width is folded.
ABBREVIATIONS = (
    "(株)", "(有)", "(福)", "(社福)", "(特非)", "(一社)", "(公社)", "(一財)", "(公財)", "(同)", "(学)", "(医)",
)  # fmt: skip
