"""Host -> tenant, by exact look-up. An unknown host is 421, a doubtful one 400; forwarded headers are ignored."""

import msgspec
from litestar.types import Scope

from shared.kit.settings import Settings
from shared.tenants.models import TenantState
from shared.tenants.queries import Host


class TenantRef(msgspec.Struct, frozen=True):
    """The tenant of a request. `base_url` is the stored address, not what the client sent."""

    id: int
    slug: str
    state: TenantState
    base_url: str

    @property
    def national(self) -> bool:
        return self.slug == "national"


class HostRefused(Exception):
    """421 for a host that nobody here owns, 400 for none or several."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HostMap:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._by_name: dict[str, TenantRef] = {}
        self.by_id: dict[int, TenantRef] = {}

    def replace(self, hosts: list[Host]) -> None:
        by_name: dict[str, TenantRef] = {}
        for host in hosts:
            url = self._settings.tenant_url(host.slug, host.host)
            ref = TenantRef(host.id, host.slug, host.state, url)
            for name in self._names(host):
                by_name[name] = ref
        self._by_name = by_name
        self.by_id = {ref.id: ref for ref in by_name.values()}

    def _names(self, host: Host) -> list[str]:
        domain = self._settings.domain
        own = domain if host.slug == "national" else f"{host.slug}.{domain}"
        return [own, host.host] if host.host else [own]

    def knows(self, name: str) -> bool:
        return name.lower() in self._by_name

    def resolve(self, scope: Scope) -> TenantRef:
        given = [value for name, value in scope["headers"] if name == b"host"]
        if len(given) != 1:
            raise HostRefused(400)
        name = given[0].decode("latin-1").rsplit(":", 1)[0].lower().rstrip(".")
        tenant = self._by_name.get(name)
        if tenant is None or tenant.state in (TenantState.DRAFT, TenantState.CLOSED):
            raise HostRefused(421)
        return tenant
