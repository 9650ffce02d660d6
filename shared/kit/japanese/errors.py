"""The one way in which reading Japanese input fails."""


class Unreadable(ValueError):
    """Input that cannot be understood; its text is a polite Japanese sentence to be shown beside the field."""
