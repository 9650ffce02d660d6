"""Everything that an installation may set, read once from the environment."""

import os
import secrets
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

ROOT = Path(__file__).resolve().parents[2]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Absent addresses mean the embedded kind: PostgreSQL in `.local/`, the in-process broker, mail and files in folders."""

    port: int = 8000
    database_url: str | None = None
    broker_url: str | None = None
    smtp_url: str | None = None
    files_url: str | None = None
    base_url: str = "http://localhost:8000"
    rate_limits: bool = True
    development: bool = True
    introspection: bool = True
    demo_password: str = "tsunagari-demo"  # noqa: S105 - printed at every start
    metrics_token: str | None = None
    pool_size: int = 8
    local: Path = ROOT / ".local"
    tenants: Path = ROOT / "tenants"
    secret_key: str = ""

    @classmethod
    def from_environment(cls) -> Self:
        port = int(os.environ.get("PORT", "8000"))
        local = Path(os.environ.get("LOCAL_DIR", ROOT / ".local"))
        return cls(
            port=port,
            database_url=os.environ.get("DATABASE_URL") or None,
            broker_url=os.environ.get("BROKER_URL") or None,
            smtp_url=os.environ.get("SMTP_URL") or None,
            files_url=os.environ.get("FILES_URL") or None,
            base_url=os.environ.get("BASE_URL", f"http://localhost:{port}").rstrip("/"),
            rate_limits=os.environ.get("RATE_LIMITS", "on") != "off",
            development=os.environ.get("ENVIRONMENT", "development") != "production",
            introspection=_introspection(),
            demo_password=os.environ.get("DEMO_PASSWORD", "tsunagari-demo"),
            metrics_token=os.environ.get("METRICS_TOKEN") or None,
            pool_size=int(os.environ.get("POOL_SIZE", 4 * (os.cpu_count() or 2))),
            local=local,
            tenants=Path(os.environ.get("TENANTS_DIR", ROOT / "tenants")),
            secret_key=os.environ.get("SECRET_KEY") or _kept_secret(local),
        )

    @property
    def embedded(self) -> bool:
        """The demo: only here are demo people and demo sign-ins created."""
        return self.database_url is None

    @property
    def secure(self) -> bool:
        """Served over TLS: cookies are `Secure` and carry the `__Host-` prefix."""
        return self.base_url.startswith("https://")

    @property
    def domain(self) -> str:
        """The national platform's host name without port; every other tenant is a label below it."""
        return urlsplit(self.base_url).hostname or "localhost"

    def tenant_url(self, slug: str, custom_host: str | None = None) -> str:
        """The address under which a tenant is reached and which its letters carry; never taken from a request."""
        base = urlsplit(self.base_url)
        port = f":{base.port}" if base.port else ""
        if custom_host:
            return f"{base.scheme}://{custom_host}{port}"
        host = base.hostname if slug == "national" else f"{slug}.{base.hostname}"
        return f"{base.scheme}://{host}{port}"


def _introspection() -> bool:
    """Whether GraphQL tells its schema to everybody: in development, elsewhere only when it is set."""
    usual = "on" if os.environ.get("ENVIRONMENT", "development") != "production" else "off"
    return os.environ.get("GRAPHQL_INTROSPECTION", usual) == "on"


def _kept_secret(local: Path) -> str:
    """A random key, made on the first start and kept beside the data, so that sessions survive a restart."""
    file = local / "secret"
    if not file.exists():
        local.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48))
    return file.read_text().strip()
