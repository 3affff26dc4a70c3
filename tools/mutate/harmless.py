"""Changes after which the integration does the same: `harmless.toml` says why."""

from functools import cache
from pathlib import Path
import tomllib

from .changes import Change

FILE = Path(__file__).with_name("harmless.toml")


@cache
def harmless() -> list[dict[str, str]]:
    """Return the list: module, code, before, after, and why."""
    entries: list[dict[str, str]] = tomllib.loads(FILE.read_text("utf-8"))["change"]
    return entries


def is_harmless(change: Change) -> bool:
    """Return whether a change is in the list."""
    return any(describes(entry, change) for entry in harmless())


def describes(entry: dict[str, str], change: Change) -> bool:
    """Return whether an entry means a change."""
    return (
        entry["module"] == change.module
        and entry["code"] == change.code
        and entry["before"] == " ".join(change.before.split())
        and entry["after"] == change.after
    )
