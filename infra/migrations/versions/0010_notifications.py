"""Notifications: what somebody wants to be told, and what waits to be told together"""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
