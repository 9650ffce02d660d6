"""Every page's routes, in one list for the assembly."""

from services.web.pages import health
from services.web.pages.public import fallback, home

ROUTES = [*health.ROUTES, *home.ROUTES, *fallback.ROUTES]
