"""A database with the municipalities of Japan and none that other tests have made up."""

from tests.databases import owner_connection, settings, web_database, worker_database

__all__ = ["owner_connection", "settings", "web_database", "worker_database"]
