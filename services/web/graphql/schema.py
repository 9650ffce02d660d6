"""The schema: every noun's fields in one Query and one Mutation, each behind its policy."""

import inspect
from collections.abc import Awaitable, Callable
from operator import attrgetter
from pathlib import Path
from typing import Any, cast

import strawberry
from graphql import GraphQLField, GraphQLSchema, GraphQLUnionType
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.field import StrawberryField

from services.web.graphql.access_log import AccessLogQueries
from services.web.graphql.affiliates import AffiliateQueries
from services.web.graphql.announcements import AnnouncementMutations, AnnouncementQueries
from services.web.graphql.applications import ApplicationMutations, ApplicationQueries
from services.web.graphql.attendance import AttendanceMutations
from services.web.graphql.checklist import ChecklistMutations, ChecklistQueries
from services.web.graphql.confirmations import ConfirmationMutations
from services.web.graphql.event_reports import EventReportMutations
from services.web.graphql.events import EventMutations, EventQueries
from services.web.graphql.gains import GainsQueries
from services.web.graphql.inquiries import InquiryMutations
from services.web.graphql.invitations import InvitationMutations, InvitationQueries
from services.web.graphql.ledger import LedgerQueries
from services.web.graphql.member_drafts import MemberDraftMutations, MemberDraftQueries
from services.web.graphql.name_use import NameUseMutations, NameUseQueries
from services.web.graphql.notices import NoticeMutations, NoticeQueries
from services.web.graphql.notifications import NotificationMutations, NotificationQueries
from services.web.graphql.organisations import OrganisationQueries
from services.web.graphql.pledges import PledgeMutations, PledgeQueries
from services.web.graphql.policies import STRAWBERRY, fields_of, policy_of
from services.web.graphql.presence import PresenceMutations
from services.web.graphql.problems import ProblemView, problem
from services.web.graphql.registrations import RegistrationMutations, RegistrationQueries
from services.web.graphql.screening import ScreeningMutations
from services.web.graphql.search import SearchQueries
from services.web.graphql.tenants import TenantQueries
from services.web.graphql.types import SCALARS
from services.web.graphql.umbrellas import UmbrellaMutations, UmbrellaQueries
from services.web.graphql.viewer import ViewerQueries
from shared.identity.policy import Permission
from shared.kit.refusals import Forbidden, Refusal

PRINTED = Path(__file__).with_name("schema.graphql")
#: Where a field keeps its policy, and the plain function that reads it from its source, if there is one.
POLICY, READER = "policy", "reader"

Query = merge_types(
    "Query",
    (
        TenantQueries,
        AnnouncementQueries,
        OrganisationQueries,
        LedgerQueries,
        AffiliateQueries,
        EventQueries,
        SearchQueries,
        ViewerQueries,
        ApplicationQueries,
        ChecklistQueries,
        NoticeQueries,
        NameUseQueries,
        NotificationQueries,
        PledgeQueries,
        RegistrationQueries,
        UmbrellaQueries,
        InvitationQueries,
        MemberDraftQueries,
        GainsQueries,
        AccessLogQueries,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        ApplicationMutations,
        ScreeningMutations,
        ChecklistMutations,
        NoticeMutations,
        NameUseMutations,
        NotificationMutations,
        PledgeMutations,
        AnnouncementMutations,
        EventMutations,
        EventReportMutations,
        RegistrationMutations,
        AttendanceMutations,
        PresenceMutations,
        UmbrellaMutations,
        ConfirmationMutations,
        InvitationMutations,
        MemberDraftMutations,
        InquiryMutations,
    ),
)
Resolve = Callable[..., Any]


def _written() -> strawberry.Schema:
    return strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS))


def build() -> GraphQLSchema:
    """Raises PolicyMissing when a field does not say who may read it."""
    return guarded(_written()._schema)


def guarded(schema: GraphQLSchema) -> GraphQLSchema:
    """Put every field behind its policy. Fields of everybody stay as they are, because they are most of them."""
    for owner, name, field in fields_of(schema):
        policy = policy_of(owner, name, field)
        reader = _reader(field.extensions[STRAWBERRY])
        field.extensions |= {POLICY: policy, READER: reader}
        if reader is not None and not _takes_info(field.extensions[STRAWBERRY]):
            field.resolve = _read_plainly(reader)
        if owner is schema.mutation_type:
            field.resolve = _answering(_resolver(field), policy)
        elif policy is not Permission.PUBLIC:
            field.resolve = _behind(_resolver(field), policy)
    for named in schema.type_map.values():
        if isinstance(named, GraphQLUnionType):
            named.resolve_type = _thing_or_problem(named)
    return schema


def write_schema() -> str:
    """As it is printed in schema.graphql, for `tsunagari schema`."""
    text = _written().as_str() + "\n"
    PRINTED.write_text(text)
    return text


def _resolver(field: GraphQLField) -> Resolve:
    assert field.resolve is not None  # noqa: S101 - Strawberry always sets one
    return field.resolve


def _reader(field: StrawberryField) -> Resolve | None:
    """A function of the source (and `info`) that needs no arguments and no waiting."""
    resolver = field.base_resolver
    if resolver is None:
        return attrgetter(field.python_name)
    if resolver.is_async or resolver.arguments or inspect.iscoroutinefunction(resolver.wrapped_func):
        return None
    return cast(Resolve, resolver.wrapped_func)


def _takes_info(field: StrawberryField) -> bool:
    return field.base_resolver is not None and field.base_resolver.info_parameter is not None


def takes_info(field: GraphQLField) -> bool:
    return _takes_info(field.extensions[STRAWBERRY])


def _read_plainly(reader: Resolve) -> Resolve:
    return lambda source, _info: reader(source)


def _behind(resolve: Resolve, policy: Permission) -> Resolve:
    def checked(source: Any, info: Any, **arguments: Any) -> Any:
        if not info.context.actor.may(policy):
            raise Forbidden
        return resolve(source, info, **arguments)

    return checked


def _answering(resolve: Resolve, policy: Permission) -> Callable[..., Awaitable[Any]]:
    """A mutation: what is refused becomes a Problem, the refusal for want of rights too."""
    checked = _behind(resolve, policy)

    async def answer(source: Any, info: Any, **arguments: Any) -> Any:
        try:
            return await checked(source, info, **arguments)
        except Refusal as refusal:
            return problem(refusal)

    return answer


def _thing_or_problem(union: GraphQLUnionType) -> Callable[..., str]:
    thing = next(each.name for each in union.types if each.name != "Problem")
    return lambda value, _info, _type: "Problem" if isinstance(value, ProblemView) else thing
