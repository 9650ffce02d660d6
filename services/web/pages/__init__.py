"""Every page's routes, in one list for the assembly."""

from services.web.pages import health, oauth, signin
from services.web.pages.public import fallback, home

ROUTES = [*health.ROUTES, *signin.ROUTES, *oauth.ROUTES, *home.ROUTES, *fallback.ROUTES]
