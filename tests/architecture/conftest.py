"""The web process also for the tests that walk all of it."""

from tests.services.web.conftest import app, client_for, site

__all__ = ["app", "client_for", "site"]
