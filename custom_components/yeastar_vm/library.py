"""The base of the errors that the libraries raise: `audio/` and `pbx/`."""

from typing import ClassVar, override


class LibraryError(Exception):
    """An error with the `key` of its text, and the `details` that the text shows."""

    key: str
    text: ClassVar[str]

    @property
    def details(self) -> dict[str, str]:
        """Return what the text of this error shows."""
        return {}

    @override
    def __str__(self) -> str:
        """Return what happened, in words for the log."""
        return super().__str__() or self.text
