"""A database with the platforms of `tenants/` and no others."""

from tests.databases import owner_connection, settings, web_database, worker_database

__all__ = ["owner_connection", "settings", "web_database", "worker_database"]
