"""Where engines are made: one address, one login role per kind of process."""

import hashlib
import hmac

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.kit.database import embedded, policies
from shared.kit.settings import Settings

#: Milliseconds. A page that needs longer than this is a defect; background work may take its time.
TIMEOUTS = {
    policies.WEB: {"statement_timeout": "2000", "lock_timeout": "2000"},
    policies.WORKER: {"statement_timeout": "30000", "lock_timeout": "5000"},
}


def admin_url(settings: Settings) -> str:
    """The address for migrations: given, or that of the embedded server in `.local/`."""
    return settings.database_url or embedded.url(settings.local)


def role_password(settings: Settings, role: str) -> str:
    """Derived from the secret key, so that no second secret has to be handed out; set when migrating."""
    return hmac.new(settings.secret_key.encode(), f"database role {role}".encode(), hashlib.sha256).hexdigest()


def url_for(settings: Settings, role: str) -> URL:
    """`DATABASE_URL` may already name a service role (then it is used as it is), or an administrator whose name is replaced."""
    url = make_url(admin_url(settings)).set(drivername="postgresql+asyncpg")
    if url.username in policies.SERVICES:
        return url
    return url.set(username=role, password=role_password(settings, role))


def create_engine(settings: Settings, role: str, *, pool_size: int | None = None) -> AsyncEngine:
    return create_async_engine(
        url_for(settings, role),
        pool_size=pool_size or settings.pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=False,
        # Errors are logged; what people wrote is not.
        hide_parameters=True,
        connect_args={
            "server_settings": {
                "application_name": f"tsunagari {role}",
                "jit": "off",
                "idle_in_transaction_session_timeout": "10000",
                **TIMEOUTS.get(role, {}),
            }
        },
    )


def without_driver(url: URL | str) -> str:
    """The address as asyncpg, psql and pg_dump want it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


__all__ = ["admin_url", "create_engine", "role_password", "url_for", "without_driver"]
