"""What happened to platforms. Recorded under the tenant that acted: the national one for launches and suspensions."""

from shared.kit.outbox import Fact


class TenantLaunched(Fact, frozen=True):
    launched_tenant_id: int
    slug: str


class TenantSuspended(Fact, frozen=True):
    suspended_tenant_id: int
    slug: str


class TenantResumed(Fact, frozen=True):
    resumed_tenant_id: int
    slug: str


class ProfileEdited(Fact, frozen=True):
    """`columns` are names only: what changed, not from what to what."""

    edited_tenant_id: int
    columns: list[str]
