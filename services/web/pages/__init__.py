"""Every page's routes, in one list for the assembly."""

from services.web.pages import health, oauth, signin
from services.web.pages.member import overview
from services.web.pages.public import events, fallback, feeds, home, media, news, preferences, theme
from services.web.pages.staff import desk, letters, people
from services.web.pages.staff import news as staff_news

ROUTES = [
    *health.ROUTES,
    *signin.ROUTES,
    *oauth.ROUTES,
    *overview.ROUTES,
    *desk.ROUTES,
    *staff_news.ROUTES,
    *letters.ROUTES,
    *people.ROUTES,
    *home.ROUTES,
    *preferences.ROUTES,
    *theme.ROUTES,
    *news.ROUTES,
    *events.ROUTES,
    *media.ROUTES,
    *feeds.ROUTES,
    *fallback.ROUTES,
]
