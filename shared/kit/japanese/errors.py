"""The one way in which reading Japanese input fails."""


class Unreadable(ValueError):  # noqa: N818 - it says what happened to the input, not to the program
    """Input that cannot be understood; its text is a polite Japanese sentence to be shown beside the field."""
