"""sitemap.xml: the pages that search engines may list."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from lxml import etree

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
STANDING = ("/", "/about", "/charter", "/news", "/events", "/organisations", "/join", "/accessibility", "/privacy")

Dated = Iterable[tuple[UUID, datetime]]


def site_map(base_url: str, **things: Dated) -> bytes:
    """Each by the name of its folder: `news`, `events`, `organisations`."""
    urls = etree.Element(f"{{{_NAMESPACE}}}urlset", nsmap={None: _NAMESPACE})
    for path in STANDING:
        _add(urls, base_url + path)
    for folder, dated in things.items():
        for thing_id, changed_at in dated:
            _add(urls, f"{base_url}/{folder}/{thing_id}", changed_at)
    content: bytes = etree.tostring(urls, xml_declaration=True, encoding="utf-8")
    return content


def _add(urls: etree._Element, address: str, changed_at: datetime | None = None) -> None:
    url = etree.SubElement(urls, f"{{{_NAMESPACE}}}url")
    etree.SubElement(url, f"{{{_NAMESPACE}}}loc").text = address
    if changed_at is not None:
        etree.SubElement(url, f"{{{_NAMESPACE}}}lastmod").text = changed_at.isoformat(timespec="seconds")
