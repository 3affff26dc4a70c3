"""What the user interface says, in the language that the user reads."""

from functools import cached_property
import re

from tests.user_interface import TRANSLATIONS, texts, user_interface

NAME = TRANSLATIONS["en"]["title"]
"""What the integration is called where Home Assistant does not translate it."""

# What is between two of these stands in one piece on the page.
_BREAKS = re.compile(r"\{[^}]*\}|\*\*|`|\n")
_SHORTEST_PIECE = 12  # letters; shorter ones are the same in many a text
_RAW_KEY = re.compile(
    r"\b(?:component|ui|panel|state|config|options|exceptions|issues|selector|services)"
    r"(?:\.\w+){2,}|\{\w+\}|^[a-z0-9]+(?:_[a-z0-9]+)+$"
)


class Words:
    """The texts of this integration and of Home Assistant in one language."""

    def __init__(self, language: str) -> None:
        """Look texts up in a language."""
        self.language = language
        self._ours = dict(texts(TRANSLATIONS[language]))
        self._home = user_interface(language)

    def ours(self, where: str, **placeholders: str) -> str:
        """Return a text of this integration, as the browser shows it."""
        return self._ours[where].format(**placeholders)

    def home(self, where: str) -> str:
        """Return a text of Home Assistant's frontend."""
        return self._home[where]

    @cached_property
    def _foreign(self) -> set[str]:
        """Return the texts of the frontend that are English, and not in this language.

        Some are the same in both.
        """
        english = user_interface("en")
        return {
            text
            for where, text in english.items()
            if self._home.get(where, text) != text
        } - {*self._home.values()}

    @cached_property
    def _foreign_pieces(self) -> set[str]:
        """Return the same of this integration, in the pieces that stand on a page."""
        english = _pieces(dict(texts(TRANSLATIONS["en"])))
        return english - _pieces(self._ours) - {NAME}

    def find_foreign(self, shown: list[str]) -> list[str]:
        """Return which of the shown texts are English, in another language."""
        return [
            text
            for text in shown
            if text in self._foreign
            or any(piece in text for piece in self._foreign_pieces)
        ]


def find_raw_keys(shown: list[str]) -> list[str]:
    """Return which of the shown texts are keys or have placeholders left."""
    return [text for text in shown if _RAW_KEY.search(text)]


def _pieces(all_texts: dict[str, str]) -> set[str]:
    return {
        piece
        for text in all_texts.values()
        for part in _BREAKS.split(text)
        if len(piece := part.strip(" .:,;()")) >= _SHORTEST_PIECE
    }
