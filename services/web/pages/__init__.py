"""Every page's routes, in one list for the assembly."""

from services.web.pages import health, oauth, signin
from services.web.pages.member import overview
from services.web.pages.public import fallback, home, preferences, theme

ROUTES = [*health.ROUTES, *signin.ROUTES, *oauth.ROUTES, *overview.ROUTES, *home.ROUTES, *preferences.ROUTES, *theme.ROUTES, *fallback.ROUTES]
