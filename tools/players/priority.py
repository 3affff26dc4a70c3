"""Who runs with which rights, and before whom.

Sound is made in real time: where others keep the machine busy, a player stutters.
"""

import os


def first() -> tuple[str, ...]:
    """Return what lets a command run before others; only root can have that."""
    return ("nice", "-n", "-10") if os.getuid() == 0 else ()


def as_nobody() -> tuple[str, ...]:
    """Return what runs a command that refuses to be run by root."""
    if os.getuid() != 0:
        return ()
    ids = ("--reuid", "nobody", "--regid", "nogroup", "--clear-groups")
    return ("setpriv", *ids, "--pdeathsig", "TERM", "env", "HOME=/nonexistent")
