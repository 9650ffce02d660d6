"""What may be done with a platform, whoever asks."""

from shared.kit.database.session import NATIONAL
from shared.tenants.models import TenantState


def may_be_suspended(tenant_id: int, state: TenantState) -> bool:
    """The national platform stays: it is where a suspension is taken back."""
    return tenant_id != NATIONAL and state is TenantState.LIVE


def may_be_resumed(state: TenantState) -> bool:
    return state is TenantState.SUSPENDED
