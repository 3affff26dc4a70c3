"""Which greeting of a box a user means."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..errors.invalid_input import FileNotFound, FileRequired, NoGreetings
from ..pbx import Greeting, comparable

MAX_FILES: Final = 20  # that an error lists


def find_greeting(
    number: str, greetings: Sequence[Greeting], file: str | None
) -> Greeting:
    """Return the greeting of a box that has a file name; the only one if none is named.

    Raise InvalidInput if there is no such greeting.
    """
    if not greetings:
        raise NoGreetings(number=number)
    if file is None:
        if len(greetings) > 1:
            raise FileRequired(number=number, files=_listed(greetings))
        return greetings[0]
    if greeting := match_greeting(greetings, file):
        return greeting
    raise FileNotFound(number=number, file=file, files=_listed(greetings))


def match_greeting(greetings: Iterable[Greeting], file: str) -> Greeting | None:
    """Return the greeting with a file name, or the only one that looks the same.

    Texts that differ only in their white space or in how Unicode writes them look the
    same to a user.
    """
    alike = [each for each in greetings if comparable(each.file) == comparable(file)]
    for greeting in alike:
        if greeting.file == file:
            return greeting
    return alike[0] if len(alike) == 1 else None


def _listed(greetings: Sequence[Greeting]) -> str:
    """Return the files of greetings as an error lists them."""
    files = [f'"{greeting.file}"' for greeting in greetings[:MAX_FILES]]
    return ", ".join([*files, "…"] if len(greetings) > MAX_FILES else files)
