"""What the user sees: a line for each step."""

from collections.abc import Iterator
from contextlib import contextmanager
import sys
import time


def say(text: str) -> None:
    """Print a line."""
    _print(f"demo: {text}\n")


def complain(text: str) -> None:
    """Print a line to the standard error output."""
    sys.stderr.write(f"demo: {text}\n")


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print a line that says what is being done and, at its end, how it went."""
    started = time.monotonic()
    _print(f"demo: {text} ... ")
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
