"""Members as open data: what everybody may read anyway, in the shape of the Human Services Data Specification (HSDS 3)."""

from typing import Any
from uuid import UUID, uuid5

from shared.kit.spreadsheets.writing import Value
from shared.members.exports import member_headers, member_row
from shared.members.queries import OrganisationView

Data = dict[str, Any]
HEADERS = ("ID", *member_headers(), "URL")
#: Legal entities of Japan by their 法人番号.
_SCHEME = "JP-JCN"


def row_of(organisation: OrganisationView, base_url: str) -> list[Value]:
    """For HEADERS. The view is already what its audience may see."""
    return [str(organisation.id), *member_row(organisation), _address(organisation, base_url)]


def hsds_of(each: OrganisationView, base_url: str) -> Data:
    """With its one service, and its location where the address is public."""
    location = _location(each)
    return _told(
        {
            "id": str(each.id),
            "name": each.name,
            "alternate_name": each.kana,
            "description": each.appeal or each.purpose or each.summary or each.name,
            "email": each.email,
            "website": each.website,
            "uri": _address(each, base_url),
            "year_incorporated": each.founded_year,
            "legal_status": each.category.name if each.category else None,
            "organization_identifiers": _identifiers(each),
            "contacts": _contacts(each),
            "phones": _phones(each),
            "locations": [location] if location else [],
            "services": [_service(each, location)],
        }
    )


def _service(each: OrganisationView, location: Data | None) -> Data:
    areas = [{"id": _id(each, "area"), "name": each.area}] if each.area else []
    places = [{"id": _id(each, "service at location"), "location": location}] if location else []
    return _told(
        {
            "id": _id(each, "service"),
            "name": "、".join(field.name for field in each.fields) or each.name,
            "description": each.summary,
            "status": "active",
            "eligibility_description": each.audience,
            "service_areas": areas,
            "service_at_locations": places,
        }
    )


def _location(each: OrganisationView) -> Data | None:
    if not each.address:
        return None
    address = {
        "id": _id(each, "address"),
        "address_1": each.address,
        "city": each.municipality or "",
        "postal_code": each.postal_code or "",
        "country": "JP",
        "address_type": "physical",
    }
    return {
        "id": _id(each, "location"),
        "location_type": "physical",
        "name": each.name,
        "addresses": [address],
    }


def _identifiers(each: OrganisationView) -> list[Data]:
    if not each.corporate_number:
        return []
    known = {"identifier_scheme": _SCHEME, "identifier_type": "法人番号", "identifier": each.corporate_number}
    return [{"id": _id(each, "identifier"), **known}]


def _contacts(each: OrganisationView) -> list[Data]:
    people = {
        "representative": (each.representative_name, each.representative_title, None),
        "contact": (each.contact_name, None, each.contact_department),
    }
    return [
        _told({"id": _id(each, kind), "name": name, "title": title, "department": department})
        for kind, (name, title, department) in people.items()
        if name
    ]


def _phones(each: OrganisationView) -> list[Data]:
    numbers = {"voice": each.phone, "cell": each.mobile, "fax": each.fax}
    return [
        {
            "id": _id(each, kind),
            "number": number,
            "type": kind,
            "languages": [{"id": _id(each, f"{kind} ja"), "code": "ja"}],
        }
        for kind, number in numbers.items()
        if number
    ]


def _id(each: OrganisationView, kind: str) -> str:
    """The same in every export."""
    return str(uuid5(UUID(str(each.id)), kind))


def _told(data: Data) -> Data:
    """Without what is not known or not public."""
    return {name: value for name, value in data.items() if value not in (None, "", [])}


def _address(each: OrganisationView, base_url: str) -> str:
    return f"{base_url}/organisations/{each.id}"
