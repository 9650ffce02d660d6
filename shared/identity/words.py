"""The Japanese words of this slice's enums, as pages use them."""

from shared.identity.models import Role

ROLES: dict[Role, str] = {
    Role.SECRETARIAT_ADMIN: "事務局（管理者）",
    Role.SECRETARIAT: "事務局",
    Role.ORGANISATION_MANAGER: "参加団体（責任者）",
    Role.ORGANISATION_USER: "参加団体",
    Role.CASEWORKER: "相談支援の担当者",
    Role.NATIONAL_VIEWER: "全国の数字の閲覧",
    Role.OPERATOR: "システムの運用",
}
