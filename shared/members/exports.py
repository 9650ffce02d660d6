"""Member lists that go out: the columns that an import understands again, address labels, the printed list."""

from collections.abc import Callable, Iterable

from shared.kit.spreadsheets.writing import Value
from shared.members.paper import AddressLabel, Column
from shared.members.queries import OrganisationView
from shared.members.tags import AUDIENCES, RESOURCES, words_of
from shared.members.words import SOURCES

_Reader = Callable[[OrganisationView], Value]

#: The standard columns. What the reader may not see is None in the view already, so it is empty in every file.
MEMBER_COLUMNS: dict[str, _Reader] = {
    "団体名": lambda each: each.name,
    "フリガナ": lambda each: each.kana,
    "法人番号": lambda each: each.corporate_number,
    "区分": lambda each: each.category.name if each.category else None,
    "分野": lambda each: "、".join(field.name for field in each.fields),
    "市町村": lambda each: each.municipality,
    "郵便番号": lambda each: each.postal_code,
    "住所": lambda each: each.address,
    "電話番号": lambda each: each.phone,
    "携帯電話": lambda each: each.mobile,
    "FAX番号": lambda each: each.fax,
    "メールアドレス": lambda each: each.email,
    "ウェブサイト": lambda each: each.website,
    "代表者役職": lambda each: each.representative_title,
    "代表者氏名": lambda each: each.representative_name,
    "代表者フリガナ": lambda each: each.representative_kana,
    "担当部署": lambda each: each.contact_department,
    "担当者氏名": lambda each: each.contact_name,
    "担当者フリガナ": lambda each: each.contact_kana,
    "設立年": lambda each: str(each.founded_year) if each.founded_year else None,
    "構成員数": lambda each: each.people,
    "団体の目的": lambda each: each.purpose,
    "主な活動": lambda each: each.summary,
    "活動エリア": lambda each: each.area,
    "対象者の区分": lambda each: words_of(each.audiences, AUDIENCES),
    "対象者": lambda each: each.audience,
    "提供できる資源": lambda each: words_of(each.resources, RESOURCES),
    "一言PR": lambda each: each.appeal,
    "加入日": lambda each: each.joined_on,
}
#: What stands behind them in the secretariat's own list; an import understands these, too.
LEDGER_COLUMNS: dict[str, _Reader] = {
    "退会日": lambda each: each.left_on,
    "募集経路": lambda each: SOURCES[each.source] if each.source else None,
    # Last, where it disturbs nobody: by it an edited list finds its organisations again, even when they are renamed.
    "台帳ID": lambda each: str(each.id),
}

NAME_LIST_COLUMNS = (
    Column("団体名", 3),
    Column("区分", 1.6),
    Column("市町村", 1),
    Column("代表者", 1.3),
    Column("電話番号", 1.4),
    Column("メールアドレス", 2.2),
    Column("加入日", 1.2),
)


def staff_headers() -> list[str]:
    return [*MEMBER_COLUMNS, *LEDGER_COLUMNS]


def staff_row(organisation: OrganisationView) -> list[Value]:
    """For the secretariat, which alone is told when somebody leaves and how it was won."""
    return [*member_row(organisation), *(read(organisation) for read in LEDGER_COLUMNS.values())]


def member_headers() -> list[str]:
    return list(MEMBER_COLUMNS)


def member_row(organisation: OrganisationView) -> list[Value]:
    return [read(organisation) for read in MEMBER_COLUMNS.values()]


def address_labels(organisations: Iterable[OrganisationView]) -> list[AddressLabel]:
    """Of those whose address may be seen; to the contact person where one is known."""
    return [
        AddressLabel(
            name=each.name,
            postal_code=each.postal_code or "",
            address=each.address,
            department=each.contact_department or "",
            person=each.contact_name or "",
        )
        for each in organisations
        if each.address
    ]


def name_list_rows(organisations: Iterable[OrganisationView]) -> list[list[str]]:
    """For `render_name_list` with NAME_LIST_COLUMNS."""
    return [
        [
            f"{each.name}\n{each.kana}" if each.kana else each.name,
            each.category.name if each.category else "",
            each.municipality or "",
            each.representative_name or "",
            each.phone or each.mobile or "",
            each.email or "",
            each.joined_on.strftime("%Y/%m/%d") if each.joined_on else "",
        ]
        for each in organisations
    ]
