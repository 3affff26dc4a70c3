"""What the user sees: a line for each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
import sys
import time

PROGRAM: ContextVar[str] = ContextVar("PROGRAM", default="demo")
"""What each line begins with."""


def say(text: str) -> None:
    """Print a line."""
    _print(f"{PROGRAM.get()}: {text}\n")


def complain(text: str) -> None:
    """Print a line to the standard error output."""
    sys.stderr.write(f"{PROGRAM.get()}: {text}\n")


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print a line that says what is being done and, at its end, how it went."""
    started = time.monotonic()
    _print(f"{PROGRAM.get()}: {text} ... ")
    try:
        yield
    except Exception:
        _print("failed\n")
        raise
    except BaseException:
        _print("interrupted\n")
        raise
    _print(f"ok ({time.monotonic() - started:.1f} s)\n")


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
