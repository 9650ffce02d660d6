"""Pictures, with the words that stand for them."""

import strawberry
from strawberry import ID, Parent

from services.web.graphql.policies import everyone
from services.web.graphql.types import Info
from shared.content.queries import MediaView


@strawberry.type(description="The PDF that a picture is the first page of")
@everyone
class PdfDocument:
    file_name: str
    byte_size: int
    pages: int


@strawberry.type(description="A picture")
@everyone
class Image:
    id: ID
    alt: str = strawberry.field(description="What a person who does not see it is told; empty for mere decoration")
    decorative: bool
    caption: str | None
    credit: str | None
    width: int
    height: int
    content_type: str
    document: PdfDocument | None

    @strawberry.field(description="Where the PDF can be had, if there is one")
    def document_url(parent: Parent[MediaView], info: Info) -> str | None:
        return info.context.tenant.base_url + parent.document_url if parent.document else None

    @strawberry.field(description="At most 1,200 pixels wide")
    def url(parent: Parent[MediaView], info: Info) -> str:
        return info.context.tenant.base_url + parent.url()

    @strawberry.field(description="A small one")
    def thumbnail_url(parent: Parent[MediaView], info: Info) -> str:
        return info.context.tenant.base_url + parent.url("thumb")
