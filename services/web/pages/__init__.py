"""Every page's routes, in one list for the assembly."""

from services.web.pages import graphql, health, oauth, pledge, signin
from services.web.pages.member import access, invitation, overview, umbrella
from services.web.pages.member import events as member_events
from services.web.pages.member import name_use as member_name_use
from services.web.pages.member import news as member_news
from services.web.pages.member import notices as member_notices
from services.web.pages.member import people as member_people
from services.web.pages.member import profile as member_profile
from services.web.pages.member import registrations as member_registrations
from services.web.pages.national import figures
from services.web.pages.operator import tenants
from services.web.pages.public import (
    about,
    charter,
    events,
    fallback,
    feeds,
    home,
    join,
    ledger,
    media,
    news,
    open_data,
    organisations,
    own_registration,
    paper,
    preferences,
    registration,
    relay,
    search,
    standing,
    theme,
)
from services.web.pages.public import discussion as public_discussion
from services.web.pages.staff import (
    applications,
    check_in,
    check_in_sync,
    desk,
    discussion,
    event_changes,
    event_list,
    event_report,
    follow_ups,
    imports,
    intake,
    letters,
    member_drafts,
    name_use,
    name_use_entry,
    notice_entry,
    people,
    pictures,
    profile,
    profile_lists,
    record,
    registration_entry,
    registrations,
    roster,
    screening,
)
from services.web.pages.staff import events as staff_events
from services.web.pages.staff import exports as staff_exports
from services.web.pages.staff import ledger as staff_ledger
from services.web.pages.staff import news as staff_news
from services.web.pages.staff import notices as staff_notices
from services.web.pages.staff import organisations as staff_organisations
from services.web.pages.staff import paper as staff_paper
from services.web.pages.staff import umbrella as staff_umbrella

ROUTES = [
    *health.ROUTES,
    *signin.ROUTES,
    *pledge.ROUTES,
    *oauth.ROUTES,
    *graphql.ROUTES,
    *overview.ROUTES,
    *invitation.ROUTES,
    *access.ROUTES,
    *member_events.ROUTES,
    *member_news.ROUTES,
    *member_people.ROUTES,
    *member_profile.ROUTES,
    *member_drafts.ROUTES,
    *staff_organisations.ROUTES,
    *figures.ROUTES,
    *tenants.ROUTES,
    *desk.ROUTES,
    *staff_news.ROUTES,
    *staff_events.ROUTES,
    *registrations.ROUTES,
    *registration_entry.ROUTES,
    *member_registrations.ROUTES,
    *check_in.ROUTES,
    *check_in_sync.ROUTES,
    *event_changes.ROUTES,
    *event_list.ROUTES,
    *event_report.ROUTES,
    *pictures.ROUTES,
    *discussion.ROUTES,
    *follow_ups.ROUTES,
    *imports.ROUTES,
    *roster.ROUTES,
    *staff_exports.ROUTES,
    *letters.ROUTES,
    *people.ROUTES,
    *profile.ROUTES,
    *profile_lists.ROUTES,
    *record.ROUTES,
    *applications.ROUTES,
    *staff_umbrella.ROUTES,
    *umbrella.ROUTES,
    *intake.ROUTES,
    *screening.ROUTES,
    *staff_paper.ROUTES,
    *staff_notices.ROUTES,
    *notice_entry.ROUTES,
    *name_use.ROUTES,
    *name_use_entry.ROUTES,
    *member_name_use.ROUTES,
    *staff_ledger.ROUTES,
    *member_notices.ROUTES,
    *home.ROUTES,
    *about.ROUTES,
    *charter.ROUTES,
    *search.ROUTES,
    *standing.ROUTES,
    *ledger.ROUTES,
    *organisations.ROUTES,
    *open_data.ROUTES,
    *relay.ROUTES,
    *join.ROUTES,
    *paper.ROUTES,
    *preferences.ROUTES,
    *theme.ROUTES,
    *news.ROUTES,
    *events.ROUTES,
    *public_discussion.ROUTES,
    *registration.ROUTES,
    *own_registration.ROUTES,
    *media.ROUTES,
    *feeds.ROUTES,
    *fallback.ROUTES,
]
