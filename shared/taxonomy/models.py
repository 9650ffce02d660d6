"""National vocabularies: the municipalities of Japan, and the lists that tenants map their own words to."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.kit.database.base import Base

READ_ONLY = {"svc_web": "SELECT", "svc_worker": "SELECT, INSERT, UPDATE"}


class Municipality(Base):
    """Prefectures and municipalities by 全国地方公共団体コード (six digits, the last a check digit)."""

    __tablename__ = "municipality"
    __table_args__ = {"info": {"reference": True, "grants": READ_ONLY}}

    code: Mapped[str] = mapped_column(primary_key=True)
    prefecture_code: Mapped[str]
    prefecture: Mapped[str]
    name: Mapped[str]
    kana: Mapped[str]


class NationalField(Base):
    """分野 in the nation's words."""

    __tablename__ = "national_field"
    __table_args__ = {"info": {"reference": True, "grants": READ_ONLY}}

    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    ordinal: Mapped[int]


class NationalCategory(Base):
    """構成団体の区分 in the nation's words, as a tree."""

    __tablename__ = "national_category"
    __table_args__ = {"info": {"reference": True, "grants": READ_ONLY}}

    slug: Mapped[str] = mapped_column(primary_key=True)
    parent_slug: Mapped[str | None] = mapped_column(ForeignKey("national_category.slug"))
    name: Mapped[str]
    ordinal: Mapped[int]
