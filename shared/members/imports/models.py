"""Member lists that were sent: what was read, what is to be done with each row, and how far it is done."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base, TenantOwned, belongs_to


class ImportState(StrEnum):
    """列の確認 → 点検中 → 点検済み → 取り込み中 → 完了; 取りやめ."""

    UPLOADED = "UPLOADED"
    CHECKING = "CHECKING"
    CHECKED = "CHECKED"
    APPLYING = "APPLYING"
    DONE = "DONE"
    DISCARDED = "DISCARDED"


class Outcome(StrEnum):
    """新規, 変更, 変更なし, 誤り."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    FAULTY = "FAULTY"


class MemberImport(TenantOwned, Base):
    """One file, from its upload to the ledger. The two unique indexes are what refuses a second run beside the first."""

    __tablename__ = "member_import"
    __table_args__ = (
        Index(
            "uq_member_import_running_file",
            "tenant_id",
            "sha256",
            unique=True,
            postgresql_where=text("state IN ('CHECKING', 'APPLYING')"),
        ),
        Index("uq_member_import_applying", "tenant_id", unique=True, postgresql_where=text("state = 'APPLYING'")),
        Index("ix_member_import_created_at", "tenant_id", "created_at"),
    )

    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(comment="of the file's bytes")
    sheet: Mapped[str]
    state: Mapped[ImportState] = mapped_column(default=ImportState.UPLOADED)
    header: Mapped[int] = mapped_column(comment="number of the header's row")
    titles: Mapped[list[str]]
    meanings: Mapped[list[str]] = mapped_column(comment="columns.MEANINGS, empty for a column that is left out")
    signature: Mapped[str] = mapped_column(comment="of the titles: under it the meanings are remembered")
    file_notes: Mapped[list[dict[str, Any]]] = mapped_column(comment="what the reading of the file had to say")
    default_joined_on: Mapped[date | None] = mapped_column(comment="加入日 of rows that say none")
    visibility: Mapped[dict[str, Any]] = mapped_column(default=dict, comment="of new organisations' contact columns")
    rows: Mapped[int] = mapped_column(comment="below the header")
    unread: Mapped[dict[str, Any] | None] = mapped_column(comment="spreadsheets.table.Unread: rows beyond the limit")
    final: Mapped[dict[str, Any] | None] = mapped_column(comment="rows by outcome, and applied, when it ended")
    fact_id: Mapped[UUID | None] = mapped_column(comment="the outbox row of the batch that comes next")
    created_by: Mapped[str]
    account_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class ImportRow(TenantOwned, Base):
    """One row below the header. Cells and details go when the import ends; the remarks stay for who mends the list."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("tenant_id", "import_id", "number"),
        belongs_to("member_import", "import_id", cascade=True),
        Index("ix_import_row_keys", "keys", postgresql_using="gin"),
    )

    import_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(comment="as the spreadsheet shows it")
    cells: Mapped[list[Any] | None] = mapped_column(
        JSONB, comment='texts; {"day": "2026-04-01"} where the file had a date'
    )
    name: Mapped[str] = mapped_column(default="")
    keys: Mapped[list[str]] = mapped_column(
        default=list, comment="LedgerRow.keys: rows that share one are one organisation"
    )
    details: Mapped[dict[str, Any] | None] = mapped_column(comment="ApplicationDetails, clean")
    ledger_id: Mapped[UUID | None] = mapped_column(comment="the organisation that the list names by its 台帳ID")
    kana_guessed: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]
    outcome: Mapped[Outcome | None]
    changes: Mapped[list[str]] = mapped_column(default=list, comment="labels of what differs from the ledger")
    before: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB, comment="what the ledger said where the check has found a difference: only that is overwritten"
    )
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    applied: Mapped[bool] = mapped_column(default=False)


class ImportColumns(TenantOwned, Base):
    """What the columns of lists with these headers mean, as somebody has chosen it."""

    __tablename__ = "import_columns"
    __table_args__ = (UniqueConstraint("tenant_id", "signature"),)

    signature: Mapped[str]
    meanings: Mapped[list[str]]
    chosen_at: Mapped[datetime]
