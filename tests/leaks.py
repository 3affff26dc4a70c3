"""Look for secrets in what is left behind."""

import logging
import re
import traceback

import pytest

from simulator import tokens

_random_text = tokens.random_text


class Recorder:
    """Remembers the random texts that the PBX makes."""

    def __init__(self) -> None:
        """Begin with none."""
        self.texts: list[str] = []

    def __call__(self, length: int) -> str:
        """Make one."""
        text = _random_text(length)
        self.texts.append(text)
        return text


def logged(caplog: pytest.LogCaptureFixture, level: int = logging.DEBUG) -> list[str]:
    """Return every log record in every form that a handler could give it.

    That is those of all loggers from a level on.
    """
    formatter = logging.Formatter("%(name)s %(message)s")
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    return [
        f"{formatter.format(record)} {record.msg!r} {record.args!r} {record.exc_text}"
        for record in records
        # The storage of the tests logs what it stores; that of Home Assistant does not.
        if record.levelno >= level
        and record.name != "pytest_homeassistant_custom_component.common"
    ]


def raised(err: BaseException) -> list[str]:
    """Return an exception in every form that a handler could give it."""
    texts = ["".join(traceback.format_exception(err, limit=0))]
    seen: BaseException | None = err
    while seen:
        texts.append(f"{seen} {seen!r} {seen.args!r} {vars(seen)!r}")
        seen = seen.__cause__ or (
            None if seen.__suppress_context__ else seen.__context__
        )
    return texts


def bytes_of(err: BaseException) -> list[bytes]:
    """Return the bytes that an exception keeps in the frames that it went through."""
    found: list[bytes] = []
    seen: BaseException | None = err
    while seen:
        for frame, _ in traceback.walk_tb(seen.__traceback__):
            values = frame.f_locals.values()
            found += [value for value in values if isinstance(value, bytes)]
        seen = seen.__cause__ or seen.__context__
    return found


def find_leaks(texts: list[str], secrets: set[str]) -> list[str]:
    """Return the texts that have a secret, or a parameter that would carry one."""
    pattern = re.compile(
        "|".join([*map(re.escape, secrets), r"(access|refresh)_token=(?!\*)"])
    )
    return [text[:2000] for text in texts if pattern.search(text)]
