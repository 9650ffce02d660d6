"""A database in which nothing is due but what these tests record."""

from tests.databases import owner_connection, settings, web_database, worker_database

__all__ = ["owner_connection", "settings", "web_database", "worker_database"]
