"""The demo as a command: its arguments and what it does."""

import argparse

from .console import say, step
from .program import add_port, run_until_interrupted, temporary_system
from .programs import require_programs
from .stay import stay
from .steps import try_greetings, try_messages
from .user import add_pbx, add_player

_INTRODUCTION = """\
This is Yeastar Voicemail in a Home Assistant of its own, with a simulated PBX
and a real player. Everything runs on this machine and is gone at the end.\
"""


def parse(arguments: list[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Try a simulated PBX with Home Assistant and a real player: play a"
        " greeting, make a new one of text, receive a message, play it, turn it into"
        " text, and check what was heard.",
    )
    add_port(parser)
    parser.add_argument(
        "--once",
        action="store_true",
        help="stop after the check, with exit status 0 or 1",
    )
    return parser.parse_args(arguments)


async def run(arguments: list[str]) -> int:
    """Run the demo until it is done or interrupted and return the exit status."""
    options = parse(arguments)
    return await run_until_interrupted(demo(options.port, once=options.once))


async def demo(port: int, *, once: bool) -> None:
    """Try greetings and messages; then leave everything running unless ``once``."""
    require_programs()
    for line in _INTRODUCTION.splitlines():
        say(line)
    async with temporary_system(port) as parts:
        with step("add the player to Home Assistant"):
            entity_id = await add_player(parts.home, parts.player)
        with step("add the PBX and trust its certificate"):
            entry_id = await add_pbx(parts.home, parts.pbx)
        await try_greetings(parts, entity_id)
        mailbox = await try_messages(parts, entity_id, entry_id)
        if not once:
            await stay(parts, mailbox)
