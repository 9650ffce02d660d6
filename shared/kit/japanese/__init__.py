"""Japanese text, dates, furigana and search: everything the platform knows about the language.

`normalise` makes typed text storable and comparable, `eras` reads and writes dates, `ruby` adds furigana to pages,
`search_text` builds what PostgreSQL searches. What cannot be read raises `Unreadable`, whose text is fit for a form.
"""

from shared.kit.japanese.errors import Unreadable

__all__ = ["Unreadable"]
